#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long
# Nobody's bytes are encrypted or decrypted in place: files that are sent from
# the page cache and memory that is lent to the kernel are what they were, and
# so are the copies of a packet that somebody else still holds.
#
#   host --- a ===== mid ===== b
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

PATIENCE=$((60 * SLOW))	# seconds for an answer
ROUNDS=${DMVPN_SENDS:-1}
FILES=(sendfile splice udp-sendfile udp-splice udp-fragments-splice)
MEMORY=(vmsplice zerocopy udp-zerocopy udp-fragments-zerocopy
	udp-segments-zerocopy)
ESP_PORT=4500

report_failure() {
	diag "$(tail -n 30 "$TMP/own.err"; genl a dump device-get
		genl b dump sa-get)"
}

# own COMMAND WORD...: the program's answer.
own() {
	local answer
	echo "$*" >&"${OWN[1]}"
	read -r -t "$PATIENCE" answer <&"${OWN[0]}" || answer="no answer"
	[ "$answer" = ok ] || echo "$*: $answer"
	[ "$answer" = ok ]
}

# send_all FROM METHOD...: to b.
send_all() {
	local from=$1 method
	shift
	for _ in $(seq "$ROUNDS"); do
		for method in "$@"; do
			own send "$from" "$method" b "${OVERLAY[b]}" || return 1
		done
	done
}

# mirror NODE DEV WAY: all packets of DEV go to another device, too.
mirror() {
	ip -n "$1" link add mirror type dummy
	ip -n "$1" link set mirror up
	in_ns "$1" tc qdisc add dev "$2" clsact
	in_ns "$1" tc filter add dev "$2" "$3" matchall \
		action mirred egress mirror dev mirror
}

# A host whose packets come one by one, for GRO to merge.
add_host() {
	ns_add host
	veth host eth0 a to_host
	ip -n host link set eth0 mtu 1400
	ip -n host addr add 192.168.50.2/24 dev eth0
	ip -n a addr add 192.168.50.1/24 dev to_host
	ip -n host route add default via 192.168.50.1
	ip -n b route add 192.168.50.0/24 via "${OVERLAY[a]}"
	in_ns host ethtool -K eth0 tso off gso off tx-udp-segmentation off
	in_ns a ethtool -K to_host gro on
}

nodes() {
	pair "$@"
	add_host
	mirror a dmvpn0 egress
	mirror b eth0 ingress
}

others_see() {
	own watch a dmvpn0 clear
	own watch a mirror clear
	[ "$1" = plain ] || own watch b eth0 cipher
	[ "$1" = plain ] || own watch b mirror cipher
}

# forwarded on|off: and merged by GRO on the way, as lists of packets or not.
forwarded() {
	local status=0
	in_ns a ethtool -K to_host rx-gro-list "$1"
	own watch a dmvpn0 clear
	send_all host "${FILES[@]}" "${MEMORY[@]}" && own merged || status=1
	own unwatch
	return "$status"
}

while_others_see() {
	others_see "$1"
	check "$1: while others see the packets: files" \
		send_all a "${FILES[@]}"
	check "$1: while others see the packets: memory" \
		send_all a "${MEMORY[@]}"
	own unwatch
}

each_way() {
	check "$1: files" send_all a "${FILES[@]}"
	check "$1: memory" send_all a "${MEMORY[@]}"
	while_others_see "$1"
	check "$1: forwarded, merged by GRO" forwarded off
	check "$1: forwarded, merged by GRO as lists" forwarded on
}

# hold: packets of ESP in UDP from a to b, which do not get there.
hold() {
	local status=0
	in_ns mid nft "add table ip hold; add chain ip hold forward {
		type filter hook forward priority 0; policy drop; }"
	own hold mid to_a a "${OVERLAY[b]}" 7 8 || status=1
	in_ns mid nft delete table ip hold
	return "$status"
}

# inject FROM: what was held, in a file, to b's IKE daemon.
inject() {
	hold && own inject "$1" "${NBMA[b]}" "$ESP_PORT" b "${OVERLAY[b]}" 7
}

need_module
plan 20
coproc OWN { exec "$SELFTESTS/functional/ownership.py" 3>&- 2>"$TMP/own.err"; }
PIDS+=("$OWN_PID")

nodes
while_others_see plain
ns_del a b mid host
nodes protection DMVPN
for suite in gcm128 cbc-sha256; do
	protect a b "$suite"
	wait_for ping_ok a "${OVERLAY[b]}"
	each_way "$suite"
	unprotect a b
done
ns_del a b mid host

# With ports, and no NAT.
NAT_PORT=([a]=$ESP_PORT) NAT_ADDRESS=${NBMA[a]}
pair protection DMVPN
encap a b
for suite in gcm128 cbc-sha256; do
	protect a b "$suite"
	wait_for ping_ok a "${OVERLAY[b]}"
	check "$suite: ESP in UDP from a file, on the same host" inject b
	check "$suite: ESP in UDP from a file, over a cable" inject mid
	check "$suite: and not authentic" \
		own forge mid "${NBMA[b]}" "$ESP_PORT"
	unprotect a b
done
finish
