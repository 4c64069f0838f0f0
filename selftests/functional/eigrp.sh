#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# FRR's eigrpd over the cloud, on the hub and two spokes: hellos are multicast,
# the hub learns what spokes have, and traffic between LANs gets shortcuts.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"
. "$SELFTESTS/frr.sh"

report_failure() {
	cloud_log
	diag "$(frr_show R1 show ip eigrp neighbor
		frr_show R1 show ip eigrp topology
		frr_show R6 show ip route)"
	cloud_keep
}

adjacent() {
	frr_show "$1" show ip eigrp neighbor | grep -F "$(overlay "$2") "
}

shortcut_route() {
	frr_routed R6 nhrp "$(lan R7).0/24"
}

need_module
plan 6
cloud_up 2
frr_conf R1 <"$EXAMPLES/frr-eigrp-hub.conf"
for r in R6 R7; do
	frr_conf "$r" <"$EXAMPLES/frr-eigrp-spoke.conf"
done
for r in R1 R6 R7; do
	frr_start "$r" eigrpd
done
check "the hub is adjacent to R6" wait_for -t 40 adjacent R1 R6
check "the hub is adjacent to R7" wait_for -t 40 adjacent R1 R7
check "the hub learns R6's LAN" \
	wait_for -t 40 frr_routed R1 eigrp "$(lan R6).0/24" "$(overlay R6)"
check "R6 learns the business LAN" \
	wait_for -t 40 frr_routed R6 eigrp 11.11.11.0/24 "$(overlay R1)"
check "LAN to LAN" wait_for ping_ok R6 "$(lan R7).1" -I "$(lan R6).1"
check "gets a shortcut" wait_for -t 40 shortcut_route
finish
