#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The path gets narrower behind the first hop:
#
#   host ---1500--- a ===1500=== mid ===1300=== b
#
# The host hears the right value, DF is honoured, transfers complete. It hears
# too when the router in between has no way to b, and when the way there is in a
# VRF.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

report_failure() {
	diag "$(genl a dump device-get; genl a dump peer-get)"
}

narrow() {
	ip -n mid link set to_b mtu 1300
	ip -n b link set eth0 mtu 1300
	ns_add host
	veth host eth0 a to_host
	ip -n host addr add 192.168.50.2/24 dev eth0
	ip -n a addr add 192.168.50.1/24 dev to_host
	ip -n host route add default via 192.168.50.1
	ip -n b route add 192.168.50.0/24 via "${OVERLAY[a]}"
}

# big_ping SIZE: a DF packet of that many bytes from the host to b.
big_ping() {
	in_ns host ping -n -c 1 -W 1 -M 'do' -s $(($1 - 28)) "${OVERLAY[b]}"
}

host_is_told() {
	local said
	said=$(big_ping 1400 2>&1) || true
	grep -q "mtu = $1)" <<<"$said"
}

forget() {
	ip -n host route flush cache
	ip -n a route flush cache
}

# One suite: WANT is the largest inner packet that fits.
narrow_path() {
	local name=$1 want=$2
	check "$name: the host is told an MTU of $want" \
		wait_for host_is_told "$want"
	check "$name: a DF packet of $want bytes passes" \
		wait_for big_ping "$want"
	check_fails "$name: one of $((want + 1)) does not" \
		'100% packet loss|too long|Frag needed' \
		big_ping $((want + 1))
	check "$name: one of 1400 without DF passes" \
		in_ns host "$SELFTESTS/udp.py" ask "${OVERLAY[b]}" 7 1400
	check "$name: one of 5000 without DF passes" \
		in_ns host "$SELFTESTS/udp.py" ask "${OVERLAY[b]}" 7 5000
	forget
	check "$name: TCP from the host completes" transfer host
	check "$name: TCP from the router completes" transfer a
}

transfer() {
	background ip netns exec b iperf3 -s -1 --forceflush \
		>"$TMP/iperf3.server"
	wait_for grep -q listening "$TMP/iperf3.server" || return 1
	timeout 60 ip netns exec "$1" iperf3 -c "${OVERLAY[b]}" -n 3M ||
		return 1
	stop "$BG"
}

# ICMP of a router, told to who sends the next packet, for a while.
no_way() {
	ip -n mid route add unreachable "${NBMA[b]}"
	check "$1: no way to b: the host is told" wait_for host_hears_that
	ip -n mid route del unreachable "${NBMA[b]}"
	check "$1: a way to b: the host reaches it" wait_for big_ping 100
}

host_hears_that() {
	local said
	said=$(in_ns host ping -n -c 2 -i 0.2 -W 1 "${OVERLAY[b]}" 2>&1) || true
	grep -q "From 192.168.50.1 .*Destination Host Unreachable" <<<"$said"
}

# below: the way to b is in a VRF of a alone.
below() {
	ip -n a -batch - <<-EOF
		link add below type vrf table 78
		link set below up
		link set eth0 master below
		route add default via 10.9.1.1 vrf below
		link change dmvpn0 type dmvpn dev below
	EOF
	forget
	peer a b
}

# in_vrf NAME WANT
in_vrf() {
	check "$1 in a VRF: the host is told an MTU of $2" \
		wait_for host_is_told "$2"
	check "$1 in a VRF: TCP from the host completes" transfer host
}

start() {
	pair "$@"
	narrow
	background ip netns exec b "$SELFTESTS/udp.py" serve 0.0.0.0 7
	wait_for udp_listens b
}

need_module
plan 28

start
narrow_path "plain GRE with key" 1272
check_eq "the peer shows it" "$(genl_field a .mtu peer-get dev=dmvpn0 \
	remote="${NBMA[b]}")" 1272
ns_del a b mid host
start
below
in_vrf "plain GRE with key" 1272
ns_del a b mid host

# 20 IP, 8 ESP, 8 IV, 16 ICV; 8 GRE and 2 trailer padded to 4.
start protection DMVPN
protect a b gcm128
narrow_path gcm128 1238
no_way gcm128
below
protect a b gcm128
in_vrf gcm128 1238
ns_del a b mid host

# 20 IP, 8 ESP, 16 IV, 12 ICV; 8 GRE and 2 trailer padded to 16.
start protection DMVPN
protect a b cbc-sha1
narrow_path cbc-sha1 1222
finish
