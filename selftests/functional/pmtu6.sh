#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long
# As pmtu.sh, with IPv6 inside, outside or both: the path gets narrower behind
# the first hop, and later so narrow that IPv6 does not fit into it. For a while
# there is none.
#
#   host ---1500--- a ===1500=== mid ===1400=== b
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

declare -A HOST=([4]=192.168.50.2 [6]=fd50::2)

report_failure() {
	diag "$(genl a dump device-get; genl a dump peer-get
		ip -n host route show cache; ip -n host -6 route show cache)"
}

narrow() { # MTU
	ip -n mid link set to_b mtu "$1"
	ip -n b link set eth0 mtu "$1"
}

host() { # FAMILY
	local h=${HOST[$1]}
	ns_add host
	[ "$1" = 4 ] || with_ipv6 host
	veth host eth0 a to_host
	ip -n host addr add "$(subnet "$h")" dev eth0
	ip -n a addr add "$(subnet "${h%2}1")" dev to_host
	ip -n host route add default via "${h%2}1"
	ip -n b route add "${h%2}0/$([ "$1" = 4 ] && echo 24 || echo 64)" \
		via "${OVERLAY[a]}"
}

# big_ping SIZE: a packet of that many bytes from the host to b.
big_ping() {
	in_ns host ping -n -c 1 -W 1 -M 'do' -s $(($1 - HEADERS)) \
		"${OVERLAY[b]}"
}

host_is_told() {
	local said
	said=$(big_ping "$2" 2>&1) || true
	grep -qi "mtu[ =]*$1\b" <<<"$said"
}

# fragments_outside: fragmented packets on the narrow link.
fragments_outside() {
	packets "$1" '(ip[6:2] & 0x3fff != 0) or (ip6[6] = 44)'
}

host_hears_of_no_way() {
	local said
	said=$(in_ns host ping -n -c 2 -i 0.2 -W 1 "${OVERLAY[b]}" 2>&1) || true
	grep -qi "from ${HOST[$1]%2}1.* unreachable" <<<"$said"
}

no_way() { # NAME IN
	ip -n mid route add unreachable "${NBMA[b]}"
	check "$1: no way to b: the host is told" \
		wait_for host_hears_of_no_way "$2"
	ip -n mid route del unreachable "${NBMA[b]}"
}

path() { # OUT IN WANT
	local name="IPv$2 over IPv$1" file=$TMP/narrow-$1$2.pcap
	HEADERS=28
	[ "$2" = 4 ] || HEADERS=48
	pair -o "$1" -i "$2" protection DMVPN
	protect a b gcm128
	host "$2"
	narrow 1400
	wait_for ping_ok host "${OVERLAY[b]}"
	capture mid to_b "$file" 'ip or ip6'
	check "$name: the host is told an MTU of $3" \
		wait_for host_is_told "$3" 1400
	check "$name: a packet of $3 bytes passes" wait_for big_ping "$3"
	check "$name: TCP completes" transfer
	capture_end
	no_way "$name" "$2"
	check_eq "$name: no fragments outside" "$(fragments_outside "$file")" 0
}

transfer() {
	background ip netns exec b iperf3 -s -1 --forceflush \
		>"$TMP/iperf3.server"
	wait_for grep -q listening "$TMP/iperf3.server" || return 1
	timeout 60 ip netns exec host iperf3 -c "${OVERLAY[b]}" -n 2M ||
		return 1
	stop "$BG"
}

too_narrow() {
	local file=$TMP/narrowest.pcap
	narrow 1300
	ip -n host -6 route flush cache
	ip -n a route flush cache
	capture mid to_b "$file" 'ip or ip6'
	check "1280 bytes of IPv6 pass where they do not fit" \
		wait_for big_ping 1280
	check "TCP over IPv6 completes there" transfer
	capture_end
	check "by fragments outside" test "$(fragments_outside "$file")" -gt 0
}

need_module
plan 18
# 8 ESP, 8 IV, 16 ICV, 8 GRE and 2 trailer padded to 4, and the outer header.
path 4 6 1338
too_narrow
ns_del a b mid host
path 6 4 1318
ns_del a b mid host
path 6 6 1318
finish
