#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# Whatever becomes of IKE, the cloud sends nothing in clear: charon stopped and
# killed, SAs deleted under traffic, nhrpd killed. The underlay is captured from
# before the first daemon starts.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

at_end() {
	cloud_keep
}

report_failure() {
	cloud_log
	diag "$(tcpdump -n -r "$TMP/wire.pcap" \
		'not esp and not port 500 and not port 4500' 2>/dev/null |
		head -n 5)"
	cloud_keep
}

# talk FROM TO: the canary, until it is stopped.
talk() {
	while :; do
		in_ns "$1" ping -n -q -c 40 -i 0.05 -W 1 -p "$CANARY_HEX" \
			"$(overlay "$2")" >/dev/null 2>&1 || true
	done
}

no_sa() {
	[ -z "$(genl "$1" dump sa-get)" ]
}

lost() {
	genl_field "$1" '.drops | ."tx-no-sa" + ."tx-pending"' \
		device-get dev=dmvpn0
}

lost_more_than() {
	[ "$(lost R6)" -gt "$1" ]
}

# More than may wait for an SA.
burst_is_dropped() {
	local before
	before=$(lost R6)
	in_ns R6 "$SELFTESTS/udp.py" send "$(overlay R7)" 9 200 "$CANARY"
	lost_more_than "$before"
}

unreachable() {
	! ping_ok R6 "$(overlay R7)"
}

need_module
plan 13
IKE=$(oldest_ike)
cloud_prepare "$IKE"
capture net any "$TMP/wire.pcap" not arp
TALKERS=()
for pair in "R6 R7" "R7 R6" "R8 R1" "R1 R8"; do
	# shellcheck disable=SC2086
	background talk $pair
	TALKERS+=("$BG")
done
cloud_start "$IKE"
check "the cloud comes up under traffic" wait_for -t 60 registered 3
check "R6 reaches R7" wait_for ping_ok R6 "$(overlay R7)"

daemon_stop R6 charon
check "charon stopped: its SAs go" wait_for no_sa R6
check "charon stopped: R6 is cut off" wait_for unreachable
check "charon stopped: drops are counted" burst_is_dropped
charon_start R6
check "charon started: R6 reaches R7 again" \
	wait_for -t 60 ping_ok R6 "$(overlay R7)"

for _ in 1 2 3; do
	for r in "${ROUTERS[@]}"; do
		genl "$r" sa-flush
		sleep 0.2
	done
done
check "SAs deleted everywhere: the cloud recovers" \
	wait_for -t 90 ping_ok R6 "$(overlay R1)"
daemon_stop R8 charon KILL
genl R8 sa-flush
daemon_stop R1 nhrpd KILL
sleep 1
nhrpd_start R1
charon_start R8
check "charon killed and without its SAs: R8 comes back" \
	wait_for -t 90 ping_ok R8 "$(overlay R1)"

for pid in "${TALKERS[@]}"; do
	stop "$pid"
done
capture_end
ESP=$(packets "$TMP/wire.pcap" esp)
check "ESP was on the wire ($ESP)" test "$ESP" -gt 500
check_eq "nothing was but ESP and IKE" "$(packets "$TMP/wire.pcap" \
	'not esp and not udp port 500 and not udp port 4500 and
		not icmp[icmptype] == icmp-unreach')" 0
check "no byte of the canary was" silent_on "$CANARY" "$TMP/wire.pcap"
check_eq "no clear GRE was" "$(packets "$TMP/wire.pcap" 'proto 47')" 0
check_eq "none arrived either" "$(drops R1 dmvpn0 rx-clear)" 0
finish
