# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What becomes of ESP that comes late, twice or in another order: a router holds
# a's packets and passes them on as it likes. Sourced by functional/replay*.sh
# after pair.sh.

report_failure() {
	diag "$(genl b dump sa-get)"
}

# sum FIELD: over b's inbound SAs.
sum() {
	local line sum=0
	while read -r line; do
		[[ $line == *'"dir": "in"'* ]] || continue
		[[ $line =~ \"$1\":\ ([0-9]+) ]]
		sum=$((sum + BASH_REMATCH[1]))
	done < <(genl b dump sa-get)
	echo "$sum"
}

# grows FIELD BY COMMAND...
grows() {
	local field=$1 by=$2 before
	shift 2
	before=$(sum "$field")
	"$@" || return 1
	wait_for grown "$field" $((before + by)) || return 1
	nap 0.2
	echo "$field was $before"
	grown "$field" $((before + by))
}

grown() {
	[ "$(sum "$1")" -eq "$2" ]
}

forge() {
	in_ns mid "$SELFTESTS/functional/forge.py" "$@"
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

# What a flow of so many packets says.
flow() {
	in_ns a ping -n -q -f -c "$1" "${OVERLAY[b]}" |
		grep -o '[0-9]* received'
}
