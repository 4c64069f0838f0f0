#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The cloud in a VRF of each router, and a spoke whose underlay is in another
# one: NHRP looks where the device is, and puts shortcuts there.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

TABLE=1000

report_failure() {
	cloud_log
	diag "$(for r in R1 R6 R7; do
		ip -n "$r" route show table all proto nhrp
		ip -n "$r" route show vrf red
	done)"
	cloud_keep
}

# overlay_vrf ROUTER: device and LAN into a VRF, routes over the hub.
overlay_vrf() {
	ip -n "$1" -batch - <<-EOF
		link add red type vrf table $TABLE
		link set red up
		link set dmvpn0 master red
		link set lan0 master red
	EOF
}

# underlay_vrf ROUTER: what leads to the provider.
underlay_vrf() {
	ip -n "$1" -batch - <<-EOF
		link add blue type vrf table 2000
		link set blue up
		link set loop1 master blue
		link set eth0 master blue
		route add default via 10.0.${1#R}.1 src $(nbma "$1") vrf blue
		link set dmvpn0 down
		link change dmvpn0 type dmvpn dev blue
		link set dmvpn0 up
	EOF
}

# shortcut WHERE: R6 has R7's LAN there.
shortcut() {
	# shellcheck disable=SC2086
	ip -n R6 route show $1 proto nhrp | grep "$(lan R7).0/24"
}

lan_ping() {
	on R6 ping -n -c 1 -W 2 -I red -I "$(lan R6).1" "$(lan R7).1" \
		>"$TMP/ping" && cat "$TMP/ping"
}

direct_ping() {
	lan_ping && grep ttl=64 "$TMP/ping"
}

# R1 tells of the same path once in five seconds: who goes on pinging hears of it.
main_shortcut() {
	ping_ok R6 "$(lan R7).1" -I "$(lan R6).1" && shortcut "table main"
}

no_shortcut() {
	! shortcut "table $TABLE"
}

need_module
plan 9
cloud_prepare 0
for r in R1 R6 R7; do
	overlay_vrf "$r"
done
underlay_vrf R6
cloud_start 0
check "spokes register" wait_for -t 60 registered 3
for r in R6 R7; do
	ip -n R1 route add "$(lan "$r").0/24" via "$(overlay "$r")" vrf red
	ip -n "$r" route add 172.16.0.0/16 via "$(overlay R1)" vrf red
done
check "LAN to LAN" wait_for lan_ping
check "gets a shortcut in the VRF" wait_for shortcut "table $TABLE"
check "and not in the main table" eval '! shortcut "table main"'
check "which leads there directly" wait_for direct_ping
daemon_stop R6 nhrpd KILL
check "it stays when nhrpd is killed" shortcut "table $TABLE"
nhrpd_start R6
check "the next one knows it: clear removes it" eval \
	'on R6 dmvpnctl clear nhrp && wait_for no_shortcut'
ip -n R6 link set dmvpn0 nomaster
check "out of the VRF it registers again" wait_for -t 60 registered 3
ip -n R6 route add 172.16.0.0/16 via "$(overlay R1)"
ip -n R6 link set lan0 nomaster
check "and finds its shortcuts in the main table" wait_for main_shortcut
finish
