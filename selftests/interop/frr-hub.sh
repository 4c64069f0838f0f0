#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# FRR's nhrpd over the kernel's gre is the hub (R1) of two spokes of ours (R6
# and R7), unprotected. The spokes say their groups, which is nothing to FRR.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"
. "$SELFTESTS/frr.sh"

report_failure() {
	cloud_log
	diag "$(frr_show R1 show ip nhrp cache; genl R6 dump nexthop-get)"
	cloud_keep
}

frr_cached() {
	frr_show R1 show ip nhrp cache | grep -E "$(overlay "$1") +$(nbma "$1")"
}

shortcut_route() {
	on R6 ip route show proto nhrp | grep "$(lan R7).0/24"
}

need_module
plan 8
modprobe ip_gre
rm -rf "$CLOUD"
cloud_underlay
router_files R1
frr_gre R1
{
	frr_nhrp R1 <<<" ip nhrp redirect"
	for r in R6 R7; do
		echo "ip route $(lan "$r").0/24 $(overlay "$r")"
	done
} | frr_conf R1
frr_start R1 nhrpd
# FRR learns of traffic to redirect from the firewall.
on R1 iptables -A FORWARD -i gre1 -o gre1 -m hashlimit \
	--hashlimit-upto 4/minute --hashlimit-burst 1 \
	--hashlimit-mode srcip,dstip --hashlimit-name log0 \
	-j NFLOG --nflog-group 1 --nflog-size 128
for r in R6 R7; do
	router_files "$r"
	cloud_device "$r"
	nhrpd_conf "$r"
	sed -i '$s/}/group = GOLD\n}/' "$CLOUD/$r/nhrpd.conf"
	nhrpd_start "$r"
	on "$r" ip route add 172.16.0.0/16 via "$(overlay R1)"
done

check "R6 registers with FRR" wait_for -t 40 frr_cached R6
check "R7 registers with FRR" wait_for -t 40 frr_cached R7
check "our spoke reaches FRR's hub" wait_for ping_ok R6 "$(overlay R1)"
check "FRR's hub reaches our spoke" wait_for ping_ok R1 "$(overlay R7)"
check "our spokes reach one another" wait_for ping_ok R6 "$(overlay R7)"
check "they resolve one another through FRR: direct" wait_for direct R6 R7
on R6 ping -n -q -c 5 -i 0.3 -I "$(lan R6).1" "$(lan R7).1" >/dev/null || true
check "FRR's redirect leads to a shortcut for R7's LAN" \
	wait_for shortcut_route
check "which works" wait_for ping_ok R6 "$(lan R7).1" -I "$(lan R6).1"
finish
