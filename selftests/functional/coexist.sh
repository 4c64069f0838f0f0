#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Beside the kernel's own: ip_gre in either order of loading, and at the other end
# with checksums; and ESP whose SPI is not ours.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

# gre NODE: the kernel's own mGRE with key 8, on the same address.
gre() {
	local other=a
	[ "$1" = b ] || other=b
	ip -n "$1" link add gre8 type gre local "${NBMA[$1]}" key 8 ttl 64
	ip -n "$1" addr add "${GRE8[$1]}/24" dev gre8
	ip -n "$1" link set gre8 up
	ip -n "$1" neigh add "${GRE8[$other]}" lladdr "${NBMA[$other]}" \
		dev gre8 nud permanent
}

both_work() {
	wait_for ping_ok a "${OVERLAY[b]}" && wait_for ping_ok a "${GRE8[b]}"
}

# summed KEY: TCP from ip_gre of b, with checksums outside. Those inside are only
# begun, as of all that does not leave the machine, and a merges packets (GRO),
# which keeps the checksum of the first.
summed() {
	local key
	read -r -a key <<<"$1"
	ip -n a link change dmvpn0 type dmvpn csum "${key[@]}"
	[ "$1" != nokey ] || key=()
	ip -n b link add gre9 type gre local "${NBMA[b]}" remote "${NBMA[a]}" \
		csum "${key[@]}" ttl 64
	ip -n b addr add "${OVERLAY[b]}/24" dev gre9
	ip -n b link set gre9 up
	check "checksums, $1: TCP from ip_gre" tcp b a 2M
	check_eq "none is wrong" "$(drops a dmvpn0 rx-checksum)" 0
	ip -n b link del gre9
}

unload() {
	ns_del a b mid
	wait_for modprobe -r dmvpn
	wait_for modprobe -r ip_gre
}

# xfrm NODE: UDP to the other node under an ordinary XFRM SA.
xfrm() {
	local local_nbma=${NBMA[$1]} other=a
	[ "$1" = b ] || other=b
	local remote=${NBMA[$other]} way
	for way in "$local_nbma $remote" "$remote $local_nbma"; do
		# shellcheck disable=SC2086
		set -- $way
		ip netns exec "$NODE" ip xfrm state add src "$1" dst "$2" \
			proto esp spi 0x4711 reqid 1 mode transport \
			aead 'rfc4106(gcm(aes))' "0x$(printf '42%.0s' {1..20})" 128
	done
	ip netns exec "$NODE" ip xfrm policy add src "$local_nbma" \
		dst "$remote" proto icmp dir out \
		tmpl proto esp reqid 1 mode transport
	ip netns exec "$NODE" ip xfrm policy add src "$remote" \
		dst "$local_nbma" proto icmp dir in \
		tmpl proto esp reqid 1 mode transport
}

xfrm_counts() {
	ip netns exec b ip -s xfrm state | grep -E '[1-9][0-9]*\(packets\)'
}

declare -A GRE8=([a]=192.168.8.1 [b]=192.168.8.2)
plan 10

modprobe -r dmvpn ip_gre 2>/dev/null || true
modprobe dmvpn
modprobe ip_gre
pair
gre a
gre b
check "dmvpn loaded first: it and ip_gre work on one address" both_work
unload

modprobe ip_gre
modprobe dmvpn
pair
gre a
gre b
check "ip_gre loaded first: both work" both_work
unload

modprobe dmvpn
modprobe ip_gre
pair
ip -n b link del dmvpn0
in_ns a ethtool -K eth0 gro on
summed "key 9"
summed nokey
unload

modprobe dmvpn
pair protection DMVPN
for NODE in a b; do
	xfrm "$NODE"
done
protect a b gcm256
check "our ESP" wait_for ping_ok a "${OVERLAY[b]}"
check "ESP of XFRM between the same hosts" wait_for ping_ok a "${NBMA[b]}"
check "it was XFRM that did it" xfrm_counts
check "ours still works" ping_ok a "${OVERLAY[b]}"
finish
