#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# FRR's nhrpd over the kernel's gre is a spoke (R8) of our hub, beside a spoke
# of ours (R6). FRR on Linux cannot protect it with our profile, so the cloud
# is unprotected.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"
. "$SELFTESTS/frr.sh"

report_failure() {
	cloud_log
	diag "$(frr_show R8 show ip nhrp nhs; frr_show R8 show ip nhrp cache
		genl "$HUB" dump nexthop-get)"
	cloud_keep
}

frr_has_registered() {
	[ "$(genl_field "$HUB" '"\(.state) \(.kind) \(.remote)"' nexthop-get \
		dev=dmvpn0 address="$(overlay R8)")" = \
		"valid registered $(nbma R8)" ]
}

frr_knows() {
	frr_show R8 show ip nhrp cache | grep -E "$(overlay "$1") +$(nbma "$1")"
}

need_module
plan 8
modprobe ip_gre
rm -rf "$CLOUD"
cloud_underlay
for r in R1 R6; do
	router_files "$r"
	cloud_device "$r"
	nhrpd_conf "$r"
	nhrpd_start "$r"
done
router_files R8
frr_gre R8
{
	frr_nhrp R8 <<-EOF
	 ip nhrp shortcut
	 ip nhrp nhs dynamic nbma $(nbma R1)
	EOF
	echo "ip route 192.168.1.0/24 $(overlay R1)"
	echo "ip route 172.16.0.0/16 $(overlay R1)"
} | frr_conf R8
frr_start R8 nhrpd

check "FRR registers with our hub" wait_for -t 40 frr_has_registered
check "FRR takes our hub's answer" wait_for frr_knows R1
check "FRR's spoke and our hub exchange data" wait_for ping_ok R8 "$(overlay R1)"
check "our hub reaches FRR's spoke" ping_ok R1 "$(overlay R8)"
check "our spoke reaches FRR's" wait_for ping_ok R6 "$(overlay R8)"
check "our spoke resolves FRR's: direct" wait_for direct R6 R8
check "and it still answers" wait_for ping_ok R6 "$(overlay R8)"

on R1 ip route add 172.16.6.0/24 via "$(overlay R6)"
on R1 ip route add 172.16.8.0/24 via "$(overlay R8)"
on R6 ip route add 172.16.8.0/24 via "$(overlay R1)"
on R8 ping -n -q -c 5 -i 0.3 -I "$(lan R8).1" "$(lan R6).1" >/dev/null || true
check "FRR follows our hub's redirect and our spoke's answer" \
	wait_for frr_knows R6
finish
