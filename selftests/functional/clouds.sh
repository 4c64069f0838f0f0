#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# Two clouds of the same routers, from the same addresses: each of R1, R6 and R7
# has two devices with a key each, which share the sessions. Each cloud has its
# own registrations and direct paths, and one that goes away does nothing to the
# other.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

SPOKES=(R6 R7)
ROUTERS=(R1 "${SPOKES[@]}")
RATE=50

report_failure() {
	local r
	cloud_log 25
	for r in "${ROUTERS[@]}"; do
		diag "$r: $(genl "$r" dump session-get; genl "$r" dump peer-get
			genl "$r" dump nexthop-get)"
	done
	cloud_keep
}

# second ROUTER: its tunnel address in the other cloud.
second() {
	echo "192.168.2.${1#R}"
}

second_device() {
	ip -n "$1" -batch - <<-EOF
		link add dmvpn1 type dmvpn local $(nbma "$1") key 2 protection DMVPN
		addr add $(second "$1")/24 dev dmvpn1
		link set dmvpn1 up
	EOF
}

# second_conf ROUTER: nhrpd has the same for both.
second_conf() {
	local conf
	conf=$(sed 's/dmvpn0/dmvpn1/; s/network-id = 1/network-id = 2/
		s/192\.168\.1\./192.168.2./g' "$CLOUD/$1/nhrpd.conf")
	echo "$conf" >>"$CLOUD/$1/nhrpd.conf"
}

# has ROUTER DEVICE ADDRESS NBMA: a next hop of its own.
has() {
	[ "$(genl_field "$1" .remote nexthop-get dev="$2" address="$3")" = "$4" ]
}

both_registered() {
	local r
	for r in "${SPOKES[@]}"; do
		has R1 dmvpn0 "$(overlay "$r")" "$(nbma "$r")" &&
			has R1 dmvpn1 "$(second "$r")" "$(nbma "$r")" || return 1
	done
}

# sessions ROUTER: peer, state and the number of devices' peers in it.
sessions() {
	genl "$1" dump session-get |
		jq -s -c 'map([.remote, .state, .peers]) | sort'
}

# received DEVICE: packets that have come to R7 through it.
received() {
	in_ns R7 cat "/sys/class/net/$1/statistics/rx_packets"
}

need_module
plan 11
cloud_prepare 2
for r in "${ROUTERS[@]}"; do
	second_device "$r"
	second_conf "$r"
done
cloud_start 2
check "spokes register in both clouds" wait_for -t 60 both_registered
check_eq "the hub has a session with each, for both" "$(sessions R1)" \
	'[["6.6.6.6","up",2],["7.7.7.7","up",2]]'
check "R6 finds R7 in the first" wait_for eval \
	'ping_ok R6 "$(overlay R7)" && has R6 dmvpn0 "$(overlay R7)" 7.7.7.7'
check "R6 finds R7 in the second" wait_for eval \
	'ping_ok R6 "$(second R7)" && has R6 dmvpn1 "$(second R7)" 7.7.7.7'
check "over one session" wait_for eval \
	'[ "$(sessions R6)" = "[[\"1.1.1.1\",\"up\",2],[\"7.7.7.7\",\"up\",2]]" ]'

before=$(received dmvpn0)
check "packets of the second" in_ns R6 ping -q -c 20 -i 0.05 -W 5 "$(second R7)"
check "are not those of the first" test $(($(received dmvpn0) - before)) -lt 10

flows_start R6 R1 R7
on R6 swanctl --list-sas --raw | grep -o 'uniqueid=[0-9]*' >"$TMP/before"
ip -n R6 link del dmvpn1
daemon_stop R7 nhrpd KILL
ip -n R7 link del dmvpn1
nhrpd_start R7
nap 2
check_flows "the second goes: nothing of the first is lost"
check_eq "nor any session" "$(sessions R6)" \
	'[["1.1.1.1","up",1],["7.7.7.7","up",1]]'
on R6 swanctl --list-sas --raw | grep -o 'uniqueid=[0-9]*' >"$TMP/after"
check "nor any IKE_SA" cmp "$TMP/before" "$TMP/after"
second_device R6
check "it comes back" wait_for ping_ok R6 "$(second R1)"
finish
