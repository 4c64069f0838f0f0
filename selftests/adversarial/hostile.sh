#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long
# A peer that has its keys sends what no honest one would, DMVPN_PACKETS with a
# valid ICV and as many without. Each packet is counted once, under its reason.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

report_failure() {
	diag "$(genl b dump sa-get; genl b dump device-get)"
}

# What c sends: SPI and CIPHER_KEY are those of its SA with b.
hostile() { # SEQ KIND COUNT
	in_ns mid "$TMP/hostile" to_b "$MAC" "${NBMA[c]}" "${NBMA[b]}" "$SPI" \
		"$CIPHER_KEY" 9 "${OVERLAY[c]}" "${OVERLAY[b]}" "$@"
}

inbound() {
	genl b sa-get spi="$SPI" dir=in local="${NBMA[b]}"
}

# All that counts what b receives, as one JSON object.
counters() {
	{
		inbound | jq '{packets, malformed, replayed, errors,
			"auth-failed": ."auth-failed"}'
		genl b device-get dev=dmvpn0 |
			jq '.drops | with_entries(select(.key | test("^rx")))'
		ip -n b -s -j link show dmvpn0 |
			jq '{device: .[0].stats64.rx.packets}'
	} | jq -s add
}

# What the counters must grow by, from what hostile says of its packets. What
# the device drops it has counted as received.
wanted() { # BEFORE
	jq --argjson before "$1" '. as $f |
		($f.delivered + $f.nhrp + $f."rx-malformed" +
			$f."rx-protocol") as $device |
		($before | map_values(0)) + {
			device: $device,
			packets: ($device + $f.dummy + $f.malformed),
			malformed: ($f.malformed + $f.short),
			replayed: $f.replayed,
			"auth-failed": $f."auth-failed",
			"rx-malformed": $f."rx-malformed",
			"rx-protocol": $f."rx-protocol",
			"rx-no-nhrp": $f.nhrp}'
}

# differ BEFORE WANTED: names of the counters that did not grow as they must.
differ() {
	counters | jq -r --argjson before "$1" --argjson wanted "$2" \
		'to_entries | map(select(.value - $before[.key] !=
			$wanted[.key]) | "\(.key): \(.value - $before[.key]), " +
			"not \($wanted[.key])") | .[]'
}

as_wanted() {
	[ -z "$(differ "$@")" ]
}

# attack KIND COUNT: every packet has the fate it should have.
attack() {
	local before wanted
	before=$(counters)
	hostile "$(($(inbound | jq .seq) + 1))" "$1" "$2" >"$TMP/fates" || return 1
	sed "s/^/$1: /" "$TMP/fates" >>"$TMP/all"
	cat "$TMP/fates"
	[ "$(jq 'del(.sent) | add' "$TMP/fates")" = "$2" ] || return 1
	wanted=$(wanted "$before" <"$TMP/fates")
	wait_for as_wanted "$before" "$wanted" && return
	differ "$before" "$wanted"
	return 1
}

# nhrpd gets what it keeps up with; the rest is counted.
attack_nhrpd() {
	local before after
	before=$(counters | jq .packets)
	hostile "$(($(inbound | jq .seq) + 1))" nhrp "$1" || return 1
	wait_for eval "[ \$(counters | jq .packets) = $((before + $1)) ]"
	after=$(counters | jq '."rx-no-nhrp"')
	echo "$after were dropped"
	nhrpd_answers
}

nhrpd_answers() {
	in_ns b dmvpnctl show nhrp
}

need_module
N=${DMVPN_PACKETS:-3000}
plan 16
gcc -O2 -Wall -Werror -maes -o "$TMP/hostile" \
	"$SELFTESTS/adversarial/hostile.c"
underlay a b c
tunnel a protection DMVPN
tunnel b protection DMVPN
peer a b
peer b a
peer b c
protect a b gcm256
sa_one_way b c gcm128
sa_one_way c b gcm128
ip -n mid link set to_b mtu 65535
ip -n b link set eth0 mtu 65535
MAC=$(ip -n b -j link show eth0 | jq -r '.[0].address')
wait_for ping_ok a "${OVERLAY[b]}"

check "valid ICV: honest packets" attack good $((N / 100))
check "valid ICV: GRE's flags, version and protocol" attack words $((N * 3 / 10))
check "valid ICV: padding" attack pad $((N / 7))
check "valid ICV: next header" attack next $((N / 10))
check "valid ICV: runts" attack runt $((N / 7))
check "valid ICV: inner headers" attack inner $((N / 5))
check "valid ICV: NHRP that nobody reads" attack nhrp $((N / 20))
check "valid ICV: up to 65535 bytes" attack big $((N / 200))
check "valid ICV: the same in fragments" attack fragments $((N / 200))
check "honest packets get through" ping_ok a "${OVERLAY[b]}"

check "valid ICV, but replayed" attack replayed $((N / 3))
check "invalid ICV: one bit wrong" attack flipped $((N / 3))
check "invalid ICV: noise" attack noise $((N / 3))
check "honest packets get through" ping_ok a "${OVERLAY[b]}"

printf 'interface dmvpn0 {\n\tholdtime = 600\n}\n' >"$TMP/nhrpd.conf"
background in_ns b nhrpd -f -c "$TMP/nhrpd.conf" >"$TMP/nhrpd.log" 2>&1
wait_for nhrpd_answers
check "valid ICV: NHRP noise to nhrpd, which survives it" \
	attack_nhrpd $((N / 10))
check_eq "and learns nothing from it" "$(genl b dump nexthop-get |
	jq -s 'map(select(.kind != "static")) | length')" 0
diag "$(cat "$TMP/all")"
finish
