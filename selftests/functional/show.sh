#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# What dmvpnctl shows of a running cloud: each command in each of its forms, and
# whether it is true.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

VIEWS=(dmvpn nhrp "nhrp brief" "nhrp nhs" "nhrp summary" "nhrp multicast"
	"nhrp stats" "nhrp traffic" "nhrp group-map" "crypto session"
	"crypto isakmp sa" "crypto ipsec sa" interface topology policy-map
	"policy-map interface" "policy-map multipoint")

report_failure() {
	diag "$(on R1 dmvpnctl show dmvpn detail; on R1 dmvpnctl show nhrp stats)"
	cloud_keep
}

# ctl ROUTER ARGUMENT...
ctl() {
	on "$1" dmvpnctl "${@:2}"
}

# collect ROUTER DIR: each view in each form, by the names of unit/samples.
collect() {
	local view
	mkdir -p "$2"
	for view in "${VIEWS[@]}"; do
		# shellcheck disable=SC2086
		ctl "$1" show $view >"$2/${view// /-}.txt"
		# shellcheck disable=SC2086
		ctl "$1" -j show $view >"$2/${view// /-}.json"
	done
	ctl "$1" -j policy list >"$2/policy-list.json"
	ctl "$1" -j show dmvpn detail >"$2/dmvpn-detail.json"
	ctl "$1" --openmetrics show >"$2/dmvpn.om"
	for view in interface multipoint; do
		ctl "$1" show policy-map "$view" --openmetrics \
			>"$2/policy-map-$view.om"
	done
	ctl "$1" show topology --dot >"$2/topology.dot"
	ctl "$1" -j trace "$(overlay R7)" >"$2/trace.json"
	# What it finds is doctor.sh's matter.
	ctl "$1" -j doctor >"$2/doctor.json" || true
	ctl "$1" -j import ios "$SELFTESTS/unit/ios/hub.ios" -o "$2/imported" \
		>"$2/import-ios.json"
}

# says FILE PATTERN
says() {
	grep -Eq -- "$2" "$1"
}

# metric FILE SERIES: its value
metric() {
	sed -n "s/^$2 //p" "$1"
}

changed() {
	ctl "$1" -j show nhrp stats | jq ".interfaces[0].changed.\"$2\""
}

more_sessions() {
	[ "$(changed R6 sessions-up)" -gt "$1" ]
}

need_module
plan 24
cloud_up 2
wait_for ping_ok R6 "$(overlay R7)"
check "R6 reaches R7 directly" wait_for direct R6 R7
PROGRAM=$(command -v dmvpnctl)
for r in R1 R6; do
	check "$r: each view in each form" collect "$r" "$TMP/$r"
	check "$r: JSON as its schema says, OpenMetrics by the book" \
		"$SELFTESTS/show.py" "$TMP/$r" "$PROGRAM"
done

# The hub
HUB_METRICS=$TMP/R1/dmvpn.om
check_eq "three clients" "$(metric "$HUB_METRICS" \
	'dmvpn_nhrp_clients{interface="dmvpn0"}')" 3
check_eq "three sessions" \
	"$(metric "$HUB_METRICS" 'dmvpn_sessions{state="up"}')" 3
check "a series for each peer" says "$HUB_METRICS" \
	"^dmvpn_peer_receive_bytes_total\{interface=\"dmvpn0\",nbma=\"$(nbma R6)\"\} [1-9]"
check_eq "--peers: two of three" \
	"$(ctl R1 --openmetrics --peers 2 show | grep -c '^dmvpn_peer_up{')" 2
check "summary" says "$TMP/R1/nhrp-summary.txt" \
	'^IP NHRP cache 3 entries, [1-9][0-9]* bytes'
check_eq "multicast goes to all" \
	"$(grep -c '(Enabled)' "$TMP/R1/nhrp-multicast.txt")" 3
check "sessions were counted as they came" \
	test "$(changed R1 sessions-up)" -ge 3
check "so were peers" test "$(changed R1 peers-added)" -ge 3
check_eq "topology: three clients" \
	"$(grep -c '^  client ' "$TMP/R1/topology.txt")" 3

# A spoke
check "its server" says "$TMP/R6/nhrp-nhs.txt" \
	"^$(overlay R1)  RE  NBMA Address: $(nbma R1)  priority = "
check "it has asked" says "$TMP/R6/nhrp-traffic.txt" \
	'^        [1-9][0-9]* Resolution Request '
check "the limit of what it sends" says "$TMP/R6/nhrp-traffic.txt" \
	'^dmvpn0: Max-send limit:[1-9][0-9]*Pkts/[1-9][0-9]*Sec, Usage:[0-9]+%$'
check "topology has the direct path" says "$TMP/R6/topology.txt" \
	"^  shortcut $(overlay R7) +$(nbma R7) +UP"
check "the path's MTU is that of the underlay, but for a block" says \
	"$TMP/R6/crypto-ipsec-sa.txt" 'path mtu (149[0-9]|148[4-9]|1500), '
check_eq "with ip, the same, as it is all IPv4" \
	"$(ctl R6 show ip nhrp brief)" "$(ctl R6 show nhrp brief)"
check_eq "with ipv6, nothing" "$(ctl R6 show ipv6 nhrp)" ""
check_fails "a form that there is not" 'no form of it for dot' \
	ctl R6 show nhrp --dot
BEFORE=$(changed R6 sessions-up)
check "clear session" ctl R6 clear session "$(nbma R1)"
check "it comes up again, and is counted" \
	wait_for -t 40 more_sessions "$BEFORE"
finish
