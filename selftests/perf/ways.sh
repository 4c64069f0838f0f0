# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The ways that packets can go in a machine that measures. Each has gateways of
# its own, so that nothing that one needs (policies of XFRM, netfilter's hooks)
# costs another; its number n is in its addresses.
#
#          10.1.n.0/24          10.3.n.0/24          10.2.n.0/24
#      src ----------- WAY-a ================= WAY-b ----------- dst
#         .1         .254   .1   10.4.n.0/24  .2    .254        .1
#                             (in the tunnel)
#
# All links take MTU bytes inside, so a packet is the same on each way.

declare -A WAY=([plain]=1 [dmvpn]=2 [mgre-xfrm]=3 [gre-xfrm]=4 [wireguard]=5)
# shellcheck disable=SC2034
WAYS=(plain dmvpn mgre-xfrm gre-xfrm wireguard)
TOOLS=/usr/libexec/dmvpn-perf
MTU=1428
SPI=(0xd0000100 0xd0000200)
XFRM_KEY=0x$(printf '%02x' {1..20})

in_ns() {
	ip netns exec "$@"
}

# ns_add NAME...: namespaces that forward, with IPv4 alone.
ns_add() {
	local ns
	for ns in "$@"; do
		ip netns add "$ns"
		ip -n "$ns" link set lo up
		in_ns "$ns" sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv4.conf.all.send_redirects=0 \
			net.ipv4.conf.default.send_redirects=0 \
			net.ipv6.conf.default.disable_ipv6=1
	done
}

# cable NS1 DEV1 ADDRESS1 NS2 DEV2 ADDRESS2: a link that needs no ARP.
CABLES=0
cable() {
	local mac1 mac2
	CABLES=$((CABLES + 1))
	printf -v mac1 '02:00:00:00:01:%02x' "$CABLES"
	printf -v mac2 '02:00:00:00:02:%02x' "$CABLES"
	ip link add "$2" netns "$1" address "$mac1" type veth \
		peer name "$5" netns "$4" address "$mac2"
	cable_end "$1" "$2" "$3" "$6" "$mac2"
	cable_end "$4" "$5" "$6" "$3" "$mac1"
}

cable_end() { # NS DEV ADDRESS OTHER MAC
	ip -n "$1" addr add "$3/24" dev "$2"
	ip -n "$1" link set "$2" up
	ip -n "$1" neigh add "$4" lladdr "$5" dev "$2" nud permanent
}

# way_add WAY: its gateways and the tunnel between them.
way_add() {
	local a=$1-a b=$1-b n=${WAY[$1]} dev=tunnel
	ns_add "$a" "$b"
	cable src "$1" "10.1.$n.1" "$a" lan "10.1.$n.254"
	cable "$b" lan "10.2.$n.254" dst "$1" "10.2.$n.1"
	cable "$a" wire "10.3.$n.1" "$b" wire "10.3.$n.2"
	ip -n src link set "$1" mtu "$MTU"
	ip -n dst link set "$1" mtu "$MTU"
	ip -n src route add "10.2.$n.0/24" via "10.1.$n.254"
	ip -n dst route add "10.1.$n.0/24" via "10.2.$n.254"
	if [ "$1" = plain ]; then
		dev=wire
	else
		tunnel_add "$1"
	fi
	ip -n "$a" link set "$dev" mtu "$MTU"
	ip -n "$b" link set "$dev" mtu "$MTU"
	ip -n "$a" route add "10.2.$n.0/24" via "$(way_local "$1" 2)"
	ip -n "$b" route add "10.1.$n.0/24" via "$(way_local "$1" 1)"
	in_ns src ping -q -c 2 -i 0.2 -W 5 "10.2.$n.1" >/dev/null ||
		{ echo "nothing goes the way $1" >&2 && return 1; }
}

# way_local WAY END: the address of a gateway on the link to the other.
way_local() {
	if [ "$1" = plain ]; then
		echo "10.3.${WAY[$1]}.$2"
	else
		echo "10.4.${WAY[$1]}.$2"
	fi
}

tunnel_add() { # WAY
	local n=${WAY[$1]}
	tunnel_"${1//-/_}" "$1-a" "10.3.$n.1" "10.3.$n.2" "10.4.$n.2" 0 1
	tunnel_"${1//-/_}" "$1-b" "10.3.$n.2" "10.3.$n.1" "10.4.$n.1" 1 0
	ip -n "$1-a" addr add "10.4.$n.1/24" dev tunnel
	ip -n "$1-b" addr add "10.4.$n.2/24" dev tunnel
	ip -n "$1-a" link set tunnel up
	ip -n "$1-b" link set tunnel up
	[ "$1" != mgre-xfrm ] || mgre_neighbours
}

# One end of each kind: NS LOCAL REMOTE OVERLAY OUT IN, where OVERLAY is the
# address of the other end, and OUT and IN count in SPI.

tunnel_dmvpn() {
	ip -n "$1" link add tunnel type dmvpn local "$2" key 9 ttl 64 \
		protection BENCH
	crowd "$1" sas tunnel "$2" "$3" "$4" "${SPI[$5]}" "${SPI[$6]}" \
		>/dev/null
	crowd "$1" peers tunnel "$2" "$3" "$4" "${SPI[$5]}" "${SPI[$6]}" \
		>/dev/null
}

tunnel_mgre_xfrm() {
	ip -n "$1" link add tunnel type gre local "$2" key 9 ttl 64
	xfrm "$@"
}

tunnel_gre_xfrm() {
	ip -n "$1" link add tunnel type gre local "$2" remote "$3" key 9 ttl 64
	xfrm "$@"
}

mgre_neighbours() {
	local n=${WAY[mgre-xfrm]}
	ip -n mgre-xfrm-a neigh add "10.4.$n.2" lladdr "10.3.$n.2" dev tunnel \
		nud permanent
	ip -n mgre-xfrm-b neigh add "10.4.$n.1" lladdr "10.3.$n.1" dev tunnel \
		nud permanent
}

xfrm() { # NS LOCAL REMOTE OVERLAY OUT IN
	xfrm_state "$1" "$2" "$3" "${SPI[$5]}"
	xfrm_state "$1" "$3" "$2" "${SPI[$6]}"
	xfrm_policy "$1" out "$2" "$3"
	xfrm_policy "$1" in "$3" "$2"
}

xfrm_state() { # NS FROM TO SPI
	ip -n "$1" xfrm state add src "$2" dst "$3" proto esp spi "$4" reqid 1 \
		mode transport replay-window 32 \
		aead 'rfc4106(gcm(aes))' "$XFRM_KEY" 128
}

xfrm_policy() { # NS DIRECTION FROM TO
	ip -n "$1" xfrm policy add src "$3" dst "$4" proto gre dir "$2" \
		tmpl src "$3" dst "$4" proto esp reqid 1 mode transport
}

# The first end cannot know the other's key yet: the second tells both.
tunnel_wireguard() {
	local key=/tmp/key-$5 other=/tmp/key-$6
	(umask 077 && wg genkey >"$key")
	ip -n "$1" link add tunnel type wireguard
	in_ns "$1" wg set tunnel listen-port 51820 private-key "$key"
	[ -e "$other" ] || return 0
	in_ns "$1" wg set tunnel peer "$(wg pubkey <"$other")" \
		allowed-ips 0.0.0.0/0 endpoint "$3:51820"
	in_ns wireguard-a wg set tunnel peer "$(wg pubkey <"$key")" \
		allowed-ips 0.0.0.0/0 endpoint "$2:51820"
}

# blind WAY on|off: whether packets end where they leave the tunnel's wire.
blind() {
	if [ "$2" = on ]; then
		tc -n "$1-b" qdisc add dev wire clsact
		tc -n "$1-b" filter add dev wire ingress matchall action drop
	else
		tc -n "$1-b" qdisc del dev wire clsact
	fi
}

crowd() { # NS ARGUMENT...
	local ns=$1
	shift
	in_ns "$ns" "$TOOLS/crowd" "$@"
}
