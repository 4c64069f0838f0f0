#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ESP that was seen before, comes late, is not authentic or is cut short: its
# fate is exact for each packet and window, and what is not authentic moves no
# window. Extended sequence numbers go over 2^32.
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

held_all() {
	[ "$(packets "$TMP/held.pcap")" -eq "$1" ]
}

# held COUNT: a sends datagrams that mid keeps, to pass them on as it likes. The
# capture has room for more small packets than for large ones.
held() {
	in_ns mid sysctl -qw net.ipv4.ip_forward=0
	capture mid to_a "$TMP/held.pcap" -s 1000 esp and src "${NBMA[a]}"
	in_ns a "$SELFTESTS/udp.py" send "${OVERLAY[b]}" 9 "$1"
	wait_for held_all "$1" || bail "$(packets "$TMP/held.pcap") of $1 held"
	capture_end
	in_ns mid sysctl -qw net.ipv4.ip_forward=1
}

# taken COUNT NUMBER..., late COUNT NUMBER...: the fate of what is passed on.
taken() {
	grows packets "$1" forge order "$TMP/held.pcap" "${@:2}"
}

late() {
	grows replayed "$1" forge order "$TMP/held.pcap" "${@:2}"
}

# fresh SUITE [name=value ...]: new SAs, and no others.
fresh() {
	unprotect a b
	protect a b "$@"
}

# window W SUITE [name=value ...]: its inside, its edge and what is beyond. With
# extended numbers what is beyond would be that of the next lap.
window() {
	local w=$1 name="window $1, ${*:2}" beyond=replayed
	[[ $name != *esn=1* ]] || beyond=auth-failed
	fresh "${@:2}" replay-window="$w"
	held $((w + 40))
	check "$name: the first packet is number $w" taken 1 "$w"
	check "$name: number 1, at the edge" taken 1 1
	check "$name: 8 duplicates of it" late 8 1 1 1 1 1 1 1 1
	check "$name: all but two inside, in reverse" \
		taken $((w - 4)) $((w - 1))-42 39-2
	check "$name: and again" late $((w - 3)) 1-39 42-$((w - 1))
	check "$name: a jump" taken 1 $((w + 40))
	check "$name: the two: one at the edge" taken 1 41
	check "$name: and one beyond" \
		grows "$beyond" 1 forge order "$TMP/held.pcap" 40
	check "$name: 17 forged ones far ahead" \
		grows auth-failed 17 forge flip "$TMP/held.pcap" 17
	check "$name: they moved nothing" taken 39 $((w + 1))-$((w + 39))
}

# Numbers go from 2^32 - 100 to 2^32 + 39; the wire shows the lower half.
wrap() {
	fresh "$1" esn=1 replay-window=64 insecure=1 seq=4294967195
	held 140
	check "$1: over 2^32" taken 1 20
	check "$1: the last ones before it, late" taken 2 4294967295 4294967294
	check "$1: 2^32 itself" taken 1 0
	check "$1: all these again" late 4 20 4294967294-4294967295 0
	check "$1: at the edge" taken 1 4294967253
	check "$1: beyond it, which is 2^32 later and not authentic" \
		grows auth-failed 1 forge order "$TMP/held.pcap" 4294967252
}

# What a flow of so many packets says.
flow() {
	in_ns a ping -n -q -f -c "$1" "${OVERLAY[b]}" |
		grep -o '[0-9]* received'
}

need_module
plan 44
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
window 1024 gcm128 esn=1
wrap cbc-sha256
for suite in cbc256-sha512 gcm256; do
	fresh "$suite" esn=1 insecure=1 seq=4294967195
	check_eq "$suite: no packet of a flow is lost over 2^32" \
		"$(flow 300)" "300 received"
done
fresh gcm128 replay-window=0
held 5
check "no window: everything is taken, in any order" taken 7 5 1 1 2 5 4 3
check_eq "which no flow minds" "$(flow 100)" "100 received"
finish
