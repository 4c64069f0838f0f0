#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# FRR's bgpd over the cloud, with a hub that knows no spoke: default route and
# summary on the spokes, whose own networks NHRP finds.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"
. "$SELFTESTS/frr.sh"

OUTSIDE=203.0.113.1

report_failure() {
	cloud_log
	diag "$(frr_show R1 show bgp summary
		frr_show R1 show bgp ipv4 unicast
		frr_show R6 show ip route)"
	cloud_keep
}

# The underlay's routes of a spoke whose default route is the cloud's.
underlay_routes() {
	local n=${1#R} r
	for r in "${ROUTERS[@]}"; do
		[ "$r" = "$1" ] || echo "route add $(nbma "$r")/32 via" \
			"10.0.$n.1 src $(nbma "$1")"
	done | ip -n "$1" -batch -
	ip -n "$1" route del default
}

established() {
	frr_show R1 show bgp ipv4 unicast summary json |
		jq -e --arg peer "$(overlay "$1")" \
			'.peers[$peer].state == "Established"'
}

specific() {
	frr_routed R6 bgp "$(lan R7).0/24"
}

shortcut_route() {
	frr_routed R6 nhrp "$(lan R7).0/24"
}

# The hub is a router on the way: it takes one from the TTL of 64.
direct_ping() {
	on R6 ping -n -c 1 -W 2 -I "$(lan R6).1" "$(lan R7).1" | grep ttl=64
}

need_module
plan 11
cloud_prepare 2
for r in R6 R7; do
	underlay_routes "$r"
done
ip -n R1 addr add "$OUTSIDE/32" dev lan0
cloud_start 2
wait_for -t 60 registered 3
frr_conf R1 <"$EXAMPLES/frr-bgp-hub.conf"
frr_start R1 bgpd
for r in R6 R7; do
	sed "s/172\.16\.6\./$(lan "$r")./" "$EXAMPLES/frr-bgp-spoke.conf" |
		frr_conf "$r"
	frr_start "$r" bgpd
done
check "the hub has a session with R6" wait_for -t 60 established R6
check "the hub has a session with R7" wait_for -t 60 established R7
check "the hub learns R6's LAN" \
	wait_for -t 40 frr_routed R1 bgp "$(lan R6).0/24" "$(overlay R6)"
check "R6 learns the business LAN" \
	wait_for -t 40 frr_routed R6 bgp 11.11.11.0/24 "$(overlay R1)"
check "R6 learns the summary" \
	wait_for -t 40 frr_routed R6 bgp 172.16.0.0/16 "$(overlay R1)"
check "R6 learns the default route" \
	wait_for -t 40 frr_routed R6 bgp default "$(overlay R1)"
check "which leads outside, through the hub" \
	wait_for ping_ok R6 "$OUTSIDE" -I "$(lan R6).1"
check "LAN to LAN" wait_for ping_ok R6 "$(lan R7).1" -I "$(lan R6).1"
check "gets a shortcut" wait_for -t 40 shortcut_route
check "which leads there directly" wait_for direct_ping
check "and no routing daemon knew of it" eval '! specific'
finish
