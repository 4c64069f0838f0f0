#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# FRR's nhrpd and ours around a NAT that gives one address to one spoke, as
# Cisco's need it: FRR's spoke, R8, is behind it and our hub sees that; then ours,
# R6, is, and FRR is the hub. Each time the other spoke, which has no NAT, learns
# to go to the NAT's address. Unprotected: FRR on Linux has no profile of ours.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"
. "$SELFTESTS/frr.sh"

NAT=192.0.2.9

at_end() {
	cloud_keep
}

report_failure() {
	cloud_log
	diag "$(for r in R1 R8; do
		frr_show "$r" show ip nhrp cache
		frr_show "$r" show ip nhrp nhs
	done
	genl R1 dump nexthop-get; genl R6 dump nexthop-get)"
}

# nat ROUTER: others see it at NAT, and only there.
nat() {
	ip -n net route add "$NAT/32" via "10.0.${1#R}.2"
	in_ns net nft -f - <<-EOT
		table ip nat {
			chain in {
				type nat hook prerouting priority dstnat
				ip daddr $NAT dnat to $(nbma "$1")
			}
			chain out {
				type nat hook postrouting priority srcnat
				ip saddr $(nbma "$1") snat to $NAT
			}
			chain between {
				type filter hook forward priority 0
				ip daddr $(nbma "$1") ct original ip daddr \
					$(nbma "$1") drop
			}
		}
	EOT
}

# leads ROUTER TO: its next hop, with the address that is claimed.
leads() {
	genl_field "$1" '"\(.state) \(.remote) \(.claimed)"' nexthop-get \
		dev=dmvpn0 address="$(overlay "$2")"
}

leads_to_nat() {
	[ "$(leads "$1" "$2")" = "valid $NAT $(nbma "$2")" ]
}

# frr_knows ROUTER OF NBMA [CLAIMED]
frr_knows() {
	frr_show "$1" show ip nhrp cache |
		grep -E "$(overlay "$2") +$3 ${4:+.*$4}"
}

ours() {
	router_files "$1"
	cloud_device "$1"
	nhrpd_conf "$1"
	nhrpd_start "$1"
}

# Packets that come directly have met no router in the tunnel.
goes_directly() {
	on "$1" ping -n -c 3 -i 0.1 -W 2 "$(overlay "$2")" | grep 'ttl=64'
}

# Asked again while packets go over the hub.
learns_nat() {
	ping_ok R7 "$(overlay R6)" || true
	leads_to_nat R7 R6
}

need_module
plan 13
modprobe ip_gre
rm -rf "$CLOUD"
cloud_underlay
nat R8
ours R1
ours R6
router_files R8
frr_gre R8
{
	frr_nhrp R8 <<-EOF
	 ip nhrp shortcut
	 ip nhrp nhs dynamic nbma $(nbma R1)
	EOF
	echo "ip route 192.168.1.0/24 $(overlay R1)"
} | frr_conf R8
frr_start R8 nhrpd
check "FRR's spoke registers with our hub, which sees the NAT" \
	wait_for -t 40 leads_to_nat R1 R8
check "FRR takes our hub's answer" wait_for frr_knows R8 R1 "$(nbma R1)"
check "FRR's spoke reaches our hub" wait_for ping_ok R8 "$(overlay R1)"
check "and our hub it" ping_ok R1 "$(overlay R8)"
check "our spoke reaches it" wait_for ping_ok R6 "$(overlay R8)"
check "and learns to do so at the NAT's address" wait_for leads_to_nat R6 R8
check "directly" wait_for goes_directly R6 R8
cloud_down

rm -rf "$CLOUD"
cloud_underlay
nat R6
router_files R1
frr_gre R1
frr_nhrp R1 <<<" ip nhrp redirect" | frr_conf R1
frr_start R1 nhrpd
ours R6
ours R7
check "our spoke registers with FRR's hub, which sees the NAT" \
	wait_for -t 40 frr_knows R1 R6 "$NAT" "$(nbma R6)"
check "our spoke knows where it is seen" \
	grep -q "seen as $NAT" "$CLOUD/R6/nhrpd.log"
check "our spoke reaches FRR's hub" wait_for ping_ok R6 "$(overlay R1)"
check "and FRR's hub it" wait_for ping_ok R1 "$(overlay R6)"
check "the other, through FRR: it learns to go to the NAT's address" \
	wait_for -t 40 learns_nat
check "directly" wait_for goes_directly R7 R6
finish
