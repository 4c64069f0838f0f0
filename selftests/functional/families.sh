#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long
# IPv4 and IPv6 inside and outside in all combinations, both underlay families
# on one device, tunnel mode, and MPLS.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

report_failure() {
	diag "$(genl a dump device-get; genl a dump sa-get; genl b dump sa-get
		genl b dump device-get)"
}

# both_ways [name=value ...]: SAs between a and b.
both_ways() {
	sa_one_way a b gcm128 "$@"
	sa_one_way b a gcm128 "$@"
}

# wire_holds_only FILTER: all that the router sees of three pings and what they
# carry.
wire_holds_only() {
	local file=$TMP/wire-$RANDOM.pcap all
	capture mid to_b "$file" 'ip or ip6 and not icmp6'
	in_ns a ping -n -q -c 3 -i 0.05 -p "$CANARY_HEX" "${OVERLAY[b]}" ||
		return 1
	capture_end
	all=$(packets "$file")
	echo "$all packets"
	[ "$all" -ge 6 ] && [ "$(packets "$file" "$@")" -eq "$all" ] || return 1
	! grep -aq "$CANARY" "$file"
}

# One combination, in clear, in transport and in tunnel mode. What XFRM makes of
# the same packets is in interop/xfrm-matrix.sh.
combination() {
	local out=$1 in=$2 name="IPv$2 over IPv$1" mode esp
	pair -o "$out" -i "$in"
	check "$name, plain: ping" wait_for ping_ok a "${OVERLAY[b]}"
	check "$name, plain: UDP of many sizes" udp_echo a b 0,1,1001,3000
	ip -n a link set dmvpn0 down
	ip -n b link set dmvpn0 down
	ip -n a link change dmvpn0 type dmvpn protection DMVPN
	ip -n b link change dmvpn0 type dmvpn protection DMVPN
	tunnel_up a
	tunnel_up b
	peer a b
	peer b a
	esp='ip proto 50'
	[ "$out" = 4 ] || esp='ip6 proto 50'
	for mode in transport tunnel; do
		both_ways mode="$mode"
		check "$name, $mode: ping" wait_for ping_ok a "${OVERLAY[b]}"
		check "$name, $mode: only ESP on the wire" \
			wire_holds_only "$esp"
		unprotect a b
	done
	ns_del a b mid
}

# IPv6 addresses go when a device goes down.
tunnel_up() {
	ip -n "$1" addr replace "$(subnet "${OVERLAY[$1]}")" dev dmvpn0
	ip -n "$1" link set dmvpn0 up
}

mpls_nodes() {
	modprobe -a mpls_router mpls_iptunnel
	for node in a b; do
		in_ns "$node" sysctl -qw net.mpls.platform_labels=1000 \
			net.mpls.conf.dmvpn0.input=1
		ip -n "$node" addr add "10.77.0.${OVERLAY[$node]##*.}/32" dev lo
	done
	in_ns a ip route add 10.77.0.2/32 encap mpls 200 \
		via inet "${OVERLAY[b]}" dev dmvpn0 src 10.77.0.1
	in_ns b ip route add 10.77.0.1/32 encap mpls 100 \
		via inet "${OVERLAY[a]}" dev dmvpn0 src 10.77.0.2
	ip -n a -f mpls route add 100 dev lo
	ip -n b -f mpls route add 200 dev lo
}

# a has an address of either family, b IPv4 and c IPv6.
two_underlays() {
	local four=${NBMA[a]} six=fd09:1::2
	NBMA[c]=fd09:3::2
	underlay a b c
	ip -n a addr add "$six/64" dev eth0
	ip -n mid addr add fd09:1::1/64 dev to_a
	ip -n a route add default via fd09:1::1
	tunnel a local "$six" protection DMVPN
	tunnel b protection DMVPN
	tunnel c protection DMVPN
	peer a b multicast
	peer b a nhs
	sa_one_way a b gcm128
	sa_one_way b a gcm128
	NBMA[a]=$six
	peer a c multicast
	peer c a nhs
	sa_one_way a c gcm128
	sa_one_way c a gcm128
	NBMA[a]=$four
}

multicast_reaches() {
	local node
	for node in b c; do
		background ip netns exec "$node" timeout 10 tcpdump -ni dmvpn0 \
			-c 1 -w "$TMP/mcast-$node" dst 224.0.0.99
	done
	wait_for -t 8 multicast_seen
}

multicast_seen() {
	ping_ok a 224.0.0.99 -t 1 -I dmvpn0 || true
	[ -s "$TMP/mcast-b" ] && [ -s "$TMP/mcast-c" ] &&
		[ "$(packets "$TMP/mcast-b")" -gt 0 ] &&
		[ "$(packets "$TMP/mcast-c")" -gt 0 ]
}

need_module
plan 32
for outer in 4 6; do
	for inner in 4 6; do
		combination "$outer" "$inner"
	done
done

outside 4
inside 4
two_underlays
check "two underlays: the IPv4 spoke" wait_for ping_ok a "${OVERLAY[b]}"
check "two underlays: the IPv6 spoke" wait_for ping_ok a "${OVERLAY[c]}"
check "two underlays: from spoke to spoke through the hub" \
	wait_for ping_ok b "${OVERLAY[c]}"
check "two underlays: multicast reaches both" multicast_reaches
ns_del a b c mid

outside 4
pair
mpls_nodes
check "MPLS: labelled packets both ways" wait_for ping_ok a 10.77.0.2
check "MPLS: they are what went through the device" \
	test "$(genl_field a '."tx-packets"' peer-get dev=dmvpn0 \
		remote="${NBMA[b]}")" -ge 1
# GRE with key 9, protocol MPLS unicast, label 200.
capture mid to_b "$TMP/mpls.pcap" 'ip proto 47 and ip[22:2] = 0x8847 and
	ip[24:4] = 9 and ip[28:4] & 0xfffff000 = 0xc8000'
check "MPLS: a capture shows the label" ping_ok a 10.77.0.2
capture_end
check_eq "MPLS: one labelled request" "$(packets "$TMP/mpls.pcap")" 1
finish
