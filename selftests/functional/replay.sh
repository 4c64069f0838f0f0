#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ESP that was seen before, comes late, is not authentic or is cut short: its
# fate is exact for each packet and window, and what is not authentic moves no
# window. replay-esn.sh has more.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"
. "$SELFTESTS/replay-checks.sh"

taken_last() {
	capture mid to_b "$TMP/esp.pcap" esp and dst "${NBMA[b]}"
	in_ns a ping -n -q -c 3 -i 0.05 "${OVERLAY[b]}" >/dev/null
	capture_end
}

need_module
plan 26
pair protection DMVPN
for suite in cbc-sha1 gcm128; do
	fresh "$suite"
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
	check_eq "$suite: no honest packet is lost" "$(flow 1200)" \
		"1200 received"
	check "$suite: a duplicate older than the window is replayed, too" \
		grows replayed 1 forge replay "$TMP/esp.pcap" 1
done
window 64 cbc-sha1
fresh gcm128 replay-window=0
held 5
check "no window: everything is taken, in any order" taken 7 5 1 1 2 5 4 3
check_eq "which no flow minds" "$(flow 100)" "100 received"
finish
