#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long
# SAs end at their limits, to the packet, the byte and the moment, and lose
# nothing where there is another one.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

report_failure() {
	diag "$(genl a dump sa-get; genl b dump sa-get
		genl a dump device-get; in_ns mid nft list ruleset
		cat "$TMP"/events.*)"
}

# new [name=value ...]: another SA from a to b, whose packets mid counts.
new() {
	sa_one_way a b gcm128 owner=1 "$@"
	watch "$SPI"
}

# start [name=value ...]: the same, and it is the only one. Packets that wait
# for it since the last one ended are dropped when the session fails.
start() {
	genl a sa-flush owner=1
	genl b sa-flush owner=1
	genl a session-set local="${NBMA[a]}" remote="${NBMA[b]}" state=failed
	new "$@"
}

watch() {
	in_ns mid nft -f - <<-END
		table ip watch {
			chain $(printf 'spi%x' "$1") {
				type filter hook prerouting priority 0;
				esp spi $1 counter
			}
			chain $(printf 'zero%x' "$1") {
				type filter hook prerouting priority 0;
				esp spi $1 esp sequence 0 counter
			}
		}
	END
}

# seen CHAIN: packets counted.
seen() {
	in_ns mid nft -j list chain ip watch "$1" |
		jq '.nftables[].rule.expr // empty | .[].counter.packets // empty'
}

wire() {
	seen "$(printf 'spi%x' "$SPI")"
}

zero() {
	seen "$(printf 'zero%x' "$SPI")"
}

# send COUNT [TEXT]: datagrams from a to b.
send() {
	in_ns a "$SELFTESTS/udp.py" send "${OVERLAY[b]}" 9 "$@"
}

# event NODE EXPRESSION: did NODE hear that of the SA from a to b?
event() {
	jq -se "any(.[]; .spi == $((SPI)) and $2)" "$TMP/events.$1"
}

# ended NODE: the SA from a to b reached a hard limit there.
ended() {
	event "$1" ".event == \"sa-expire-ntf\" and .hard == 1" &&
		event "$1" ".event == \"sa-del-ntf\""
}

# asked NODE: how often another one was asked for.
asked() {
	jq -s "map(select(.event == \"sa-expire-ntf\" and .spi == $((SPI)) and
		.hard == 0)) | length" "$TMP/events.$1"
}

asked_once() {
	[ "$(asked "$1")" -eq 1 ]
}

# last NODE FIELD: what the SA from a to b had when it was deleted.
last() {
	jq -s "map(select(.event == \"sa-del-ntf\" and .spi == $((SPI)))) |
		.[-1].\"$2\"" "$TMP/events.$1"
}

field() {
	genl_field "$1" ".\"$2\"" sa-get spi="$SPI" dir="$3" \
		local="${NBMA[$1]}" remote="${NBMA[$4]}"
}

is_field() {
	[ "$(field "$2" "$3" "$4" "$5")" = "$1" ]
}

no_session() {
	[ "$(genl_field a .state session-get local="${NBMA[a]}" \
		remote="${NBMA[b]}")" != up ]
}

# An older SA without limits and a newer one with them: what the newer one may
# not carry goes through the older one.
two() {
	start
	OLD=$SPI
	new "$@"
	DROPPED=$(dropped)
}

dropped() {
	genl_field a '.drops | ."tx-expired" + ."tx-pending" + ."tx-no-sa"' \
		device-get dev=dmvpn0
}

retransmits() {
	jq .end.sum_sent.retransmits "$TMP/tcp.json"
}

tcp_json() {
	tcp a b "$@" -J >"$TMP/tcp.json"
}

# took NODE LOW HIGH: age of the SA in milliseconds when it ended.
took() {
	local age
	age=$(last "$1" age-ms)
	echo "$age ms"
	[ "$age" -ge "$2" ] && [ "$age" -lt "$3" ]
}

need_module
plan 42
pair protection DMVPN
sa_one_way b a gcm128
listen a "$TMP/events.a" control
listen b "$TMP/events.b" control

start soft-packets=20 hard-packets=50
send 19
check "below the soft limit in packets: silence" \
	wait_for is_field 19 b packets in a
check_eq "nothing was asked for" "$(asked a) $(asked b)" "0 0"
send 1
check "at the soft limit the sender asks" wait_for asked_once a
check "and the receiver" wait_for asked_once b
send 200
check "the hard limit in packets: the sender's SA ends" wait_for ended a
check "and the receiver's" wait_for ended b
check_eq "exactly so many packets left" "$(wire)" 50
check_eq "the sender says so" "$(last a packets)" 50
check_eq "the receiver took them all" "$(last b packets)" 50
check_eq "both asked once" "$(asked a) $(asked b)" "1 1"
check "the session is down" wait_for no_session

two hard-packets=101
check "TCP over the end of an SA" tcp_json 1M
check "it ended" wait_for ended a
check_eq "within super-packets, too, exactly so many packets left" "$(wire)" 101
check_eq "none was lost" "$(dropped)" "$DROPPED"
check_eq "none was sent again" "$(retransmits)" 0
SPI=$OLD
check "the rest went through the other SA" test "$(wire)" -gt 500

# 28 bytes of headers, 100 of text, and 8 of GRE: 136.
start soft-bytes=6800 hard-bytes=13735
send 49 "$(printf 'x%.0s' {1..100})"
check "below the soft limit in bytes" wait_for is_field 6664 a bytes out b
check_eq "nothing was asked for" "$(asked a)" 0
send 60 "$(printf 'x%.0s' {1..100})"
check "the hard limit in bytes" wait_for ended a
check_eq "no packet went over it" "$(wire)" 100
check_eq "the sender has not used the last bytes" "$(last a bytes)" 13600
check_eq "it asked once" "$(asked a)" 1

two hard-bytes=100000
check "TCP over the end of an SA in bytes" tcp_json 1M
check "it ended" wait_for ended a
check "just before the limit" test "$(last a bytes)" -gt 98000
check "and not behind it" test "$(last a bytes)" -le 100000
check_eq "none was lost" "$(dropped)" "$DROPPED"

start
genl b sa-del spi="$SPI" dir=in local="${NBMA[b]}" remote="${NBMA[a]}"
genl b sa-new spi="$SPI" dir=in local="${NBMA[b]}" remote="${NBMA[a]}" \
	mode=transport cipher="$CIPHER" cipher-key="$CIPHER_KEY" \
	icv-len="$ICV" owner=1 hard-packets=30
send 60
check "the receiver's own hard limit" wait_for ended b
check_eq "it took exactly so many" "$(last b packets)" 30

start soft-seconds=1 hard-seconds=2
check "the soft limit in seconds" wait_for asked_once a
check "the hard limit in seconds" wait_for ended b
check "the sender's was in time" wait_for took a 2000 2200
check "the receiver's was in time" wait_for took b 2000 2200

start insecure=1 seq=$((0xffffffff - 70))
send 5
check "near the last number another SA is asked for" wait_for asked_once a
send 100
check "there is no number behind the last one" wait_for ended a
check_eq "exactly as many packets as numbers left" "$(wire)" 70
check_eq "none with number 0" "$(zero)" 0
check_eq "the highest number was the last" "$(last a seq)" 4294967295

start esn=1 insecure=1 seq=$((0xffffffff - 70))
send 100
check "with extended numbers it goes on" wait_for is_field 100 b packets in a
check_eq "number 0 of the second lap was there" "$(zero)" 1
check_eq "nobody asked" "$(asked a)" 0
finish
