#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long
# smp
# A protected device sends nothing in clear and takes nothing in clear, with
# SAs put in and taken away by hand.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

report_failure() {
	diag "$(genl a dump device-get; genl b dump device-get)"
}

# Traffic of all kinds that carries the canary, for ever.
talk() {
	while :; do
		in_ns a ping -n -q -c 20 -i 0.002 -W 1 -p "$CANARY_HEX" \
			"${OVERLAY[b]}" >/dev/null 2>&1 || true
		in_ns a "$SELFTESTS/udp.py" send "${OVERLAY[b]}" 9 50 \
			"$CANARY" 2>/dev/null || true
	done
}

lost_more_than() {
	[ "$(lost)" -gt "$1" ]
}

# drops_more: as many packets come as the device keeps, and more.
drops_more() {
	local before
	before=$(lost)
	wait_for lost_more_than "$before"
}

flush_under_traffic() {
	for _ in $(seq 4); do
		sleep 0.3
		unprotect a
		drops_more || return 1
		unprotect b
		protect a b gcm128
	done
	unprotect a b
	drops_more
}

acquire_is_raised() {
	listen a "$TMP/events" control || return 1
	in_ns a "$SELFTESTS/udp.py" send "${OVERLAY[b]}" 9 3 "$CANARY"
	wait_for grep -q acquire-ntf "$TMP/events" || return 1
	stop "$BG"
}

# What mid sends to b looks like what a would send without protection.
forge_clear() {
	in_ns mid "$SELFTESTS/functional/forge.py" clear-gre "${NBMA[a]}" \
		"${NBMA[b]}" 9 "${OVERLAY[a]}" "${OVERLAY[b]}" 7
}

# Sum of what the device says it dropped and what it still keeps.
lost() {
	genl_field a '.drops | ."tx-no-sa" + ."tx-pending" + ."tx-expired"' \
		device-get dev=dmvpn0
}

# expires LIMIT: an SA that reaches it under traffic passes nothing more.
expires() {
	unprotect a b
	sa_one_way b a gcm128
	sa_one_way a b gcm128 "$1"
	drops_more
}

need_module
plan 17
pair protection DMVPN
capture mid to_b "$TMP/wire.pcap" ip
WIRE=$CAPTURE

# No SA ever: a bounded queue, then counted drops.
check "no SA: acquire is raised" acquire_is_raised
check_eq "acquire names the profile and both addresses" \
	"$(grep acquire-ntf "$TMP/events" | head -n 1 |
		jq -r '"\(.profile) \(.local) \(.remote)"')" \
	"DMVPN ${NBMA[a]} ${NBMA[b]}"
in_ns a "$SELFTESTS/udp.py" send "${OVERLAY[b]}" 9 500 "$CANARY"
PENDING=$(genl_field a .pending peer-get dev=dmvpn0 remote="${NBMA[b]}")
check "no SA: at most 64 packets wait (here $PENDING)" test "$PENDING" -le 64
check "no SA: the others are counted" test "$(lost)" -ge 430

# SAs come and go under traffic.
protect a b gcm128
background talk
TALKER=$BG
check "packets that waited arrive when the SA comes" \
	wait_for ping_ok a "${OVERLAY[b]}"
check "SAs deleted under traffic: drops are counted" flush_under_traffic
check "an SA at its hard limit of packets: drops are counted" \
	expires hard-packets=20
check "an SA at its hard limit of time: drops are counted" \
	expires hard-seconds=1
unprotect a b
stop "$TALKER"
check "the capture holds ESP ($(packets "$TMP/wire.pcap" esp))" \
	test "$(packets "$TMP/wire.pcap" esp)" -gt 100
capture_end "$WIRE"
# b may say that it has no SA for what is still on its way.
check_eq "and nothing else" "$(packets "$TMP/wire.pcap" \
	'not esp and not icmp[icmptype] == icmp-unreach')" 0
check "no byte of the canary is on the wire" \
	silent_on "$CANARY" "$TMP/wire.pcap"

# And inwards.
protect a b gcm128
wait_for ping_ok a "${OVERLAY[b]}"
capture b dmvpn0 "$TMP/inner.pcap" udp port 7
BEFORE=$(drops b dmvpn0 rx-clear)
forge_clear
check_eq "clear GRE is counted" "$(drops b dmvpn0 rx-clear)" \
	$((BEFORE + 10))
capture_end
check_eq "clear GRE is not delivered" "$(packets "$TMP/inner.pcap")" 0
check "ESP goes on" ping_ok a "${OVERLAY[b]}"

# And not for ever, if no daemon is there to say that there is no use.
unprotect a b
echo 3 >/sys/module/dmvpn/parameters/pending_timeout
BEFORE=$(drops a dmvpn0 tx-pending)
in_ns a "$SELFTESTS/udp.py" send "${OVERLAY[b]}" 9 5
waiting() {
	[ "$(genl_field a .pending peer-get dev=dmvpn0 \
		remote="${NBMA[b]}")" = "$1" ]
}
check "no SA: packets wait" waiting 5
check "for as long as was said, and not for 30 s" wait_for waiting 0
check_eq "and are counted" "$(drops a dmvpn0 tx-pending)" $((BEFORE + 5))
finish
