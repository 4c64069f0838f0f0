#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The reference cloud with IPv6 beside IPv4 in the overlay, and then in the
# underlay too: a hub that has both, one spoke with IPv4, two with IPv6.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud-checks.sh"

lan6() {
	echo "2001:db8:a${1#R}"
}

nbma6() {
	echo "fd01::${1#R}"
}

# link_local ROUTER: what the kernel has given its device.
link_local() {
	ip -j -n "$1" -6 addr show dev dmvpn0 scope link |
		jq -er '[.[].addr_info[]?.local? // empty][0]'
}

# overlay6_up ROUTER: its IPv6 addresses, and the way to the others' LANs.
overlay6_up() {
	ip -n "$1" -batch - <<-EOF2
		addr add $(overlay6 "$1")/64 dev dmvpn0
		addr add $(lan6 "$1")::1/64 dev lan0 nodad
	EOF2
	[ "$1" = "$HUB" ] ||
		ip -n "$1" route add 2001:db8::/32 via "$(overlay6 "$HUB")"
}

# A hub that is known by its NBMA address only.
dynamic_nhs() {
	local r
	for r in "${SPOKES[@]}"; do
		sed "s/nbma = .*/nbma = $(hub_of "$r")/" \
			"$EXAMPLES/nhrpd-spoke-ipv6.conf" \
			>"$CLOUD/$r/nhrpd.conf"
	done
}

hub_of() {
	nbma "$HUB"
}

# leads NODE ADDRESS NBMA: so it stands in its kernel.
leads() {
	[ "$(genl_field "$1" .remote nexthop-get dev=dmvpn0 address="$2")" \
		= "$3" ]
}

# leads_nowhere NODE ADDRESS: its kernel may have asked, but has no answer.
leads_nowhere() {
	local state
	state=$(genl_field "$1" .state nexthop-get dev=dmvpn0 address="$2")
	[ -z "$state" ] || [ "$state" = incomplete ] || [ "$state" = negative ]
}

shortcut_route6() {
	on R6 ip -6 route show proto nhrp | grep "$(lan6 R7)::/64"
}

# A routing protocol's next hops are addresses on the link.
link_local_route() {
	ip -n R6 route add "$(lan6 R8)::/64" via "$(link_local R8)" dev dmvpn0
	ping_ok R6 "$(lan6 R8)::1" || true
	wait_for -t 40 leads R6 "$(link_local R8)" 8.8.8.8
}

restart_nhrpd() {
	daemon_stop R6 nhrpd KILL
	# The hub has probes of the other spokes to answer, too.
	wait_for goes_direct "$(lan6 R7)::1" -I "$(lan6 R6)::1" || return 1
	nhrpd_start R6
	shortcut_route6
}

is_negative() {
	on "$1" dmvpnctl -j show nhrp | jq -e --arg p "$2" \
		'[.. | objects | select(.prefix? == $p)][0].state == "negative"'
}

stays_on_hub() {
	hub_moves on "$1" ping -n -c 20 -i 0.05 -W 5 "$2" &&
		[ "$HUB_MOVED" -ge 20 ] && ! grep -q 'ttl=64' "$TMP/moved"
}

dual_stack() {
	local r
	cloud_prepare 2
	with_ipv6 "${ROUTERS[@]}"
	dynamic_nhs
	for r in "${ROUTERS[@]}"; do
		overlay6_up "$r"
	done
	cloud_start 2
	check "three spokes register three addresses each" \
		wait_for -t 90 registered 9
	check "R6's first packet to R7 goes over the hub" \
		hub_ping "$(overlay6 R7)"
	check "R6 resolves R7" wait_for -t 40 leads R6 "$(overlay6 R7)" 7.7.7.7
	check "then packets go directly" \
		wait_for goes_direct "$(overlay6 R7)"
	check "IPv4 finds its own way" wait_for -t 40 ipv4_direct
	ip -n "$HUB" route add "$(lan6 R7)::/64" via "$(overlay6 R7)"
	ip -n "$HUB" route add "$(lan6 R6)::/64" via "$(overlay6 R6)"
	on R6 ping -n -c 3 -i 0.3 -I "$(lan6 R6)::1" "$(lan6 R7)::1" \
		>/dev/null || true
	check "redirect: R6 gets a shortcut for R7's LAN" \
		wait_for shortcut_route6
	check "LAN to LAN goes directly" \
		wait_for goes_direct "$(lan6 R7)::1" -I "$(lan6 R6)::1"
	check "a next hop on the link is resolved" link_local_route
	check "and leads there directly" wait_for goes_direct "$(lan6 R8)::1"
	check "nhrpd may be killed and started again" restart_nhrpd
	check "show dmvpn detail has both families" shows '192\.168\.1\.6/32
		2001:db8:1::6/128
		fe80::[0-9a-f:]+/128
		192\.168\.1\.1, 2001:db8:1::1' \
		on "$HUB" dmvpnctl show dmvpn detail
	ip -n R8 addr del "$(overlay6 R8)/64" dev dmvpn0
	check "an address that is removed is purged" \
		wait_for leads_nowhere "$HUB" "$(overlay6 R8)"
	check "IPv4 stays registered" leads "$HUB" "$(overlay R8)" 8.8.8.8
	ip -n R8 addr add "$(overlay6 R8)/64" dev dmvpn0
	check "one that is added registers at once" \
		wait_for leads "$HUB" "$(overlay6 R8)" 8.8.8.8
	cloud_keep
	cloud_down
}

hub_ping() {
	hub_moves on R6 ping -n -c 1 -W 5 "$1" && [ "$HUB_MOVED" -ge 1 ] &&
		grep -q 'ttl=63' "$TMP/moved"
}

ipv4_direct() {
	ping_ok R6 "$(overlay R7)" && direct R6 R7
}

# underlay6 ROUTER: an IPv6 NBMA address on its loopback, and routes to it.
underlay6() {
	local n=${1#R}
	ip -n net -batch - <<-EOF2
		addr add fd00:$n::1/64 dev to_$1 nodad
		route add $(nbma6 "$1")/128 via fd00:$n::2
	EOF2
	ip -n "$1" -batch - <<-EOF2
		addr add fd00:$n::2/64 dev eth0 nodad
		addr add $(nbma6 "$1")/128 dev loop1 nodad
		route add default via fd00:$n::1 src $(nbma6 "$1")
	EOF2
}

# device6 ROUTER LOCAL...: its device anew, with those NBMA addresses.
device6() {
	local r=$1 a locals=()
	shift
	for a in "$@"; do
		locals+=(local "$a")
	done
	ip -n "$r" link del dmvpn0
	ip -n "$r" -batch - <<-EOF2
		link add dmvpn0 type dmvpn ${locals[*]} key 1 ttl 64
		link set dmvpn0 up
		addr add $(overlay "$r")/24 dev dmvpn0
	EOF2
}

two_underlays() {
	local r
	cloud_prepare 0
	with_ipv6 net "${ROUTERS[@]}"
	for r in "${ROUTERS[@]}"; do
		underlay6 "$r"
	done
	device6 "$HUB" "$(nbma "$HUB")" "$(nbma6 "$HUB")"
	device6 R7 "$(nbma6 R7)"
	device6 R8 "$(nbma6 R8)"
	hub_of() {
		if [ "$1" = R6 ]; then
			nbma "$HUB"
		else
			nbma6 "$HUB"
		fi
	}
	dynamic_nhs
	for r in "${ROUTERS[@]}"; do
		overlay6_up "$r"
	done
	cloud_start 0
	check "both underlays: all register" wait_for -t 60 registered 9
	check "R7 is in one" leads "$HUB" "$(overlay R7)" "$(nbma6 R7)"
	check "R6 is in the other" leads "$HUB" "$(overlay6 R6)" "$(nbma R6)"
	ping_ok R7 "$(overlay R8)" || true
	check "IPv4 over IPv6 from R7 to R8 becomes direct" \
		wait_for -t 40 leads R7 "$(overlay R8)" "$(nbma6 R8)"
	ping_ok R7 "$(overlay6 R8)" || true
	check "and IPv6 over IPv6" \
		wait_for -t 40 leads R7 "$(overlay6 R8)" "$(nbma6 R8)"
	check "packets arrive" ping_ok R7 "$(overlay6 R8)"
	check "R6 reaches R7 through the hub" ping_ok R6 "$(overlay R7)"
	check "there is no direct path, and R6 knows" \
		wait_for is_negative R6 "$(overlay R7)/32"
	check "it goes on through the hub" stays_on_hub R6 "$(overlay R7)"
	check "and so does IPv6" stays_on_hub R6 "$(overlay6 R7)"
	check "nor does R7 have a path of its own" \
		leads_nowhere R7 "$(overlay R6)"
}

need_module
plan 25
dual_stack
two_underlays
finish
