#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# FRR's ospfd over the cloud, on the hub and two spokes: multicast hellos make
# adjacencies, the LANs are routed, and traffic between them gets shortcuts.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"
. "$SELFTESTS/frr.sh"

report_failure() {
	cloud_log
	diag "$(frr_show R1 show ip ospf neighbor
		frr_show R6 show ip ospf interface dmvpn0
		frr_show R6 show ip route)"
	cloud_keep
}

# The example, and shorter times.
ospf_conf() {
	sed '/^interface dmvpn0/a\
	 ip ospf hello-interval 1\
	 ip ospf dead-interval 10' "$EXAMPLES/frr-ospf.conf"
}

full() {
	frr_show "$1" show ip ospf neighbor |
		grep -E "Full.* $(overlay "$2") "
}

shortcut_route() {
	frr_routed R6 nhrp "$(lan R7).0/24"
}

need_module
plan 9
cloud_up 1
for r in R1 R6 R7; do
	ospf_conf | frr_conf "$r"
	frr_start "$r" ospfd
done
check "the hub is adjacent to R6" wait_for -t 40 full R1 R6
check "the hub is adjacent to R7" wait_for -t 40 full R1 R7
check "R6 is adjacent to the hub" wait_for -t 40 full R6 R1
check "R6 learns the business LAN" \
	wait_for -t 40 frr_routed R6 ospf "$(lan R1).0/24" "$(overlay R1)"
check "R6 learns R7's LAN, over the hub" \
	wait_for -t 40 frr_routed R6 ospf "$(lan R7).0/24" "$(overlay R1)"
check "LAN to LAN" wait_for ping_ok R6 "$(lan R7).1" -I "$(lan R6).1"
check "gets a shortcut" wait_for shortcut_route
check "which works" wait_for ping_ok R6 "$(lan R7).1" -I "$(lan R6).1"
sleep 5
check "the adjacencies stay" eval 'full R1 R6 && full R1 R7'
finish
