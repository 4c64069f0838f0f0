#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# IPv6 in the tunnel: FRR's nhrpd on the kernel's gre, R8, is a spoke of our hub,
# beside one of ours. FRR knows NBMA addresses of IPv4 only.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"
. "$SELFTESTS/frr.sh"

at_end() {
	cloud_keep
}

report_failure() {
	cloud_log
	diag "$(frr_show R8 show ipv6 nhrp cache; frr_show R8 show ipv6 nhrp nhs
		genl R1 dump nexthop-get; genl R6 dump nexthop-get)"
}

# frr_gre6 ROUTER: with an address of the link FRR would register that alone.
frr_gre6() {
	ip -n "$1" link add gre1 type gre \
		local "$(nbma "$1")" key 1 ttl 64
	ip -n "$1" link set gre1 addrgenmode none up
	ip -n "$1" -6 addr flush dev gre1 scope link
}

ours() {
	router_files "$1"
	cloud_device "$1"
	ip -n "$1" addr add "$(overlay6 "$1")/64" dev dmvpn0
	if [ "$1" = R1 ]; then
		nhrpd_conf "$1"
	else
		cp "$EXAMPLES/nhrpd-spoke-ipv6.conf" "$CLOUD/$1/nhrpd.conf"
	fi
	nhrpd_start "$1"
}

leads() {
	[ "$(genl_field "$1" '"\(.state) \(.remote)"' nexthop-get dev=dmvpn0 \
		address="$(overlay6 "$2")")" = "valid $(nbma "$2")" ]
}

# FRR may write an address of IPv6 in full.
frr_knows() {
	frr_show R8 show ipv6 nhrp cache |
		grep -E "$(overlay6 "$1") +$(nbma "$1")"
}

need_module
plan 7
modprobe ip_gre
rm -rf "$CLOUD"
cloud_underlay
with_ipv6 R1 R6 R8
ours R1
ours R6
router_files R8
frr_gre6 R8
frr_conf R8 <<-EOF
	debug nhrp all
	ipv6 forwarding
	interface gre1
	 ipv6 address $(overlay6 R8)/128
	 no link-detect
	 ipv6 nhrp holdtime 30
	 ipv6 nhrp network-id 1
	 ipv6 nhrp registration no-unique
	 ipv6 nhrp shortcut
	 ipv6 nhrp nhs dynamic nbma $(nbma R1)
	 tunnel source loop1
	exit
	ipv6 route 2001:db8:1::/64 $(overlay6 R1) gre1
EOF
frr_start R8 nhrpd
check "FRR registers its IPv6 address with our hub" \
	wait_for -t 40 leads R1 R8
check "FRR takes our hub's answer" wait_for frr_knows R1
check "FRR's spoke reaches our hub" wait_for ping_ok R8 "$(overlay6 R1)"
check "and our hub it" ping_ok R1 "$(overlay6 R8)"
check "our spoke reaches it" wait_for ping_ok R6 "$(overlay6 R8)"
check "our spoke resolves it" wait_for leads R6 R8
check "and it is still reached" wait_for ping_ok R6 "$(overlay6 R8)"
finish
