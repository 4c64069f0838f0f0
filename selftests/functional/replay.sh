#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ESP that was seen before, is not authentic or is cut short: dropped and
# counted, and it moves no window.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

report_failure() {
	diag "$(genl b dump sa-get)"
}

# sum FIELD: over b's inbound SAs.
sum() {
	genl b dump sa-get | jq -s "map(select(.dir == \"in\").\"$1\") | add"
}

# grows FIELD BY COMMAND...
grows() {
	local field=$1 by=$2 before
	shift 2
	before=$(sum "$field")
	"$@" || return 1
	wait_for grown "$field" $((before + by)) || return 1
	sleep 0.2
	echo "$field was $before, is $(sum "$field")"
	grown "$field" $((before + by))
}

grown() {
	[ "$(sum "$1")" -eq "$2" ]
}

forge() {
	in_ns mid "$SELFTESTS/functional/forge.py" "$@"
}

taken_last() {
	capture mid to_b "$TMP/esp.pcap" esp and dst "${NBMA[b]}"
	in_ns a ping -n -q -c 3 -i 0.05 "${OVERLAY[b]}" >/dev/null
	capture_end
}

need_module
plan 14
for suite in cbc-sha1 gcm128; do
	pair protection DMVPN
	protect a b "$suite"
	wait_for ping_ok a "${OVERLAY[b]}"
	taken_last
	capture b dmvpn0 "$TMP/inner.pcap" icmp
	check "$suite: 8 duplicates are counted as replayed" \
		grows replayed 8 forge replay "$TMP/esp.pcap" 8
	check "$suite: 17 forged packets are counted as not authentic" \
		grows auth-failed 17 forge flip "$TMP/esp.pcap" 17
	check "$suite: truncated packets" forge short "$TMP/esp.pcap"
	capture_end
	check_eq "$suite: none of them came through" \
		"$(packets "$TMP/inner.pcap")" 0
	check "$suite: the forged sequence numbers moved no window" \
		ping_ok a "${OVERLAY[b]}"
	in_ns a ping -n -q -f -c 1200 "${OVERLAY[b]}" >/dev/null
	check "$suite: a duplicate older than the window is replayed, too" \
		grows replayed 1 forge replay "$TMP/esp.pcap" 1
	check_eq "$suite: no honest packet was lost" \
		"$(in_ns a ping -n -q -f -c 500 "${OVERLAY[b]}" |
			grep -o '[0-9]* received')" "500 received"
	ns_del a b mid
done
finish
