#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# Three next hop servers, two of FRR (R1, R2) and one of ours (R3), and two
# spokes that register with all of them, one of ours (R4) and one of FRR (R5).
# One server goes and comes back. FRR on Linux cannot protect it with our
# profile, so the cloud is unprotected; with a password where FRR knows one.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"
. "$SELFTESTS/frr.sh"

HUBS=(R1 R2 R3)
ROUTERS=("${HUBS[@]}" R4 R5)
PASSWORD=cloudpwd

report_failure() {
	local r
	for r in R1 R2 R5; do
		diag "$r: $(frr_show "$r" show ip nhrp cache)"
	done
	diag "$(on R4 dmvpnctl show nhrp; on R3 dmvpnctl show nhrp)"
	cloud_log
	cloud_keep
}

# knows_password: FRR has it since 10.2.
knows_password() {
	grep -q 'nhrp authentication' <(strings_of /usr/lib/frr/nhrpd)
}

strings_of() {
	tr -cs '[:print:]' '\n' <"$1"
}

frr_password() {
	! knows_password || echo " ip nhrp authentication $PASSWORD"
}

frr_hub() {
	router_files "$1"
	frr_gre "$1"
	{
		{
			frr_password
			echo " ip nhrp redirect"
		} | frr_nhrp "$1"
		for r in R4 R5; do
			echo "ip route $(lan "$r").0/24 $(overlay "$r")"
		done
	} | frr_conf "$1"
	frr_start "$1" nhrpd
}

our_hub() {
	router_files "$1"
	cloud_device "$1"
	our_conf redirect=true multicast-dynamic=true >"$CLOUD/$1/nhrpd.conf"
	nhrpd_start "$1"
	for r in R4 R5; do
		on "$1" ip route add "$(lan "$r").0/24" via "$(overlay "$r")"
	done
}

# our_conf OPTION=VALUE...: an interface block; what stands on stdin is in it.
our_conf() {
	local option
	echo "interface dmvpn0 {"
	echo "	holdtime = 30"
	! knows_password || echo "	authentication = $PASSWORD"
	for option in "$@"; do
		echo "	${option%%=*} = ${option#*=}"
	done
	[ -t 0 ] || cat
	echo "}"
}

our_spoke() {
	router_files R4
	cloud_device R4
	for r in "${HUBS[@]}"; do
		echo "	nhs $(overlay "$r") {"
		echo "		nbma = $(nbma "$r")"
		echo "	}"
	done | our_conf probe-interval=1 >"$CLOUD/R4/nhrpd.conf"
	nhrpd_start R4
}

frr_spoke() {
	router_files R5
	frr_gre R5
	{
		{
			frr_password
			echo " ip nhrp shortcut"
			for r in "${HUBS[@]}"; do
				echo " ip nhrp nhs dynamic nbma $(nbma "$r")"
			done
		} | frr_nhrp R5
		# Over the servers that stay: routes are not what FRR's nhrpd
		# takes from a server that is dead.
		for r in R2 R3; do
			echo "ip route $(overlay R4)/32 $(overlay "$r")"
		done
	} | frr_conf R5
	frr_start R5 nhrpd
}

# cached HUB SPOKE
cached() {
	if [ "$1" = R3 ]; then
		[ "$(genl_field R3 .kind nexthop-get dev=dmvpn0 \
			address="$(overlay "$2")")" = registered ]
	else
		frr_show "$1" show ip nhrp cache |
			grep -E "$(overlay "$2") +$(nbma "$2")"
	fi
}

registered_everywhere() {
	local hub
	for hub in "${@:2}"; do
		cached "$hub" "$1" || return 1
	done
}

# left SERVER: our spoke does without it.
left() {
	on R4 dmvpnctl -j show nhrp nhs | jq -e --arg nhs "$(overlay "$1")" \
		'[.. | objects | select(.address? == $nhs and .state? != "up")]
		| length == 1'
}

need_module
plan 12
modprobe ip_gre
rm -rf "$CLOUD"
cloud_underlay
for r in R1 R2; do
	frr_hub "$r"
done
our_hub R3
our_spoke
frr_spoke
check "our spoke registers with all three" \
	wait_for -t 60 registered_everywhere R4 "${HUBS[@]}"
check "FRR's spoke registers with all three" \
	wait_for -t 60 registered_everywhere R5 "${HUBS[@]}"
check "our spoke reaches FRR's" wait_for ping_ok R4 "$(overlay R5)"
check "and resolves it: direct" wait_for direct R4 R5
check "FRR's spoke reaches ours" wait_for ping_ok R5 "$(overlay R4)"

frr_kill R1
check "a dead server of FRR is left" wait_for -t 40 left R1
check "the spokes still reach one another" \
	wait_for ping_ok R4 "$(overlay R5)"
on R4 dmvpnctl clear nhrp >/dev/null
check "also from nothing: another server answers" \
	wait_for ping_ok R4 "$(overlay R5)"
check "and it is direct again" wait_for -t 40 direct R4 R5
frr_again R1
check "the server is back: our spoke registers again" \
	wait_for -t 60 registered_everywhere R4 R1
check "and FRR's" wait_for -t 90 registered_everywhere R5 R1
check "nothing changed for them" ping_ok R4 "$(overlay R5)"
finish
