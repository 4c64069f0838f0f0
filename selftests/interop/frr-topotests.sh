#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long
# What FRR's own tests of NHRP do (its topotests nhrp_topo, nhrp_redundancy and
# nhrp_nhs_priority), with spokes of ours: FRR's nhrpd is the hub that is
# preferred, R1, and the other one, R8. A shortcut ages, a question gets no
# answer, a password is wrong, the better hub goes and comes back.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"
. "$SELFTESTS/frr.sh"

PASSWORD=cloudpwd

report_failure() {
	diag "$(frr_show R1 show ip nhrp cache; on R6 dmvpnctl show nhrp
		on R6 dmvpnctl show nhrp nhs detail)"
	diag "$(on R7 nft list ruleset)"
	cloud_log 25
	cloud_keep
}

frr_hub() {
	router_files "$1"
	frr_gre "$1"
	{
		frr_nhrp "$1" <<-EOT
		 ip nhrp authentication $PASSWORD
		 ip nhrp redirect
		EOT
		for r in R6 R7; do
			echo "ip route $(lan "$r").0/24 $(overlay "$r")"
		done
	} | frr_conf "$1"
	frr_start "$1" nhrpd
	on "$1" iptables -A FORWARD -i gre1 -o gre1 -j NFLOG \
		--nflog-group 1 --nflog-size 128
}

# spoke_conf SPOKE PASSWORD
spoke_conf() {
	cat >"$CLOUD/$1/nhrpd.conf" <<-EOT
	interface dmvpn0 {
		holdtime = 10
		authentication = $2
		negative-time = 5
		probe-interval = 1
		fallback = 5
		cluster 0 {
			max-connections = 1
		}
		nhs $(overlay R1) {
			nbma = $(nbma R1)
			priority = 0
		}
		nhs $(overlay R8) {
			nbma = $(nbma R8)
			priority = 50
		}
	}
	EOT
}

our_spoke() {
	router_files "$1"
	cloud_device "$1"
	spoke_conf "$1" "$PASSWORD"
	nhrpd_start "$1"
	on "$1" ip route add 172.16.0.0/16 dev dmvpn0 src "$(lan "$1").1"
}

# uses SPOKE HUB: it is registered there, and nowhere else.
uses() {
	[ "$(on "$1" dmvpnctl -j show nhrp nhs | jq -r '[.. | objects |
		select(.state? == "up") | .address] | join(" ")')" = \
		"${2:+$(overlay "$2")}" ]
}

frr_cached() {
	frr_show "$1" show ip nhrp cache | grep -E "$(overlay "$2") +$(nbma "$2")"
}

frr_forgot() {
	! frr_cached "$@"
}

from_lan() {
	ping_ok R6 "$(lan R7).1" -I "$(lan R6).1"
}

shortcut_route() {
	on R6 ip route show proto nhrp | grep "$(lan R7).0/24"
}

no_shortcut() {
	! shortcut_route
}

follows_redirect() {
	from_lan && shortcut_route
}

# Questions to R7 are dropped, and counted.
drop_questions() {
	on R7 nft -f - <<-EOT
	table ip t {
		chain c {
			type filter hook input priority 0;
			ip protocol 47 @nh,176,16 0x2001 @nh,360,8 1 \
				counter drop
		}
	}
	EOT
}

dropped() {
	on R7 nft -j list table ip t |
		jq '[.. | .counter? // empty | .packets] | add'
}

gives_up() {
	grep -q "shortcut to $(lan R7).1/32 is not answered for" \
		"$CLOUD/R6/nhrpd.log"
}

reload() {
	kill -HUP "$(pid_of R6 nhrpd)"
}

# NHRP packets that came to R6.
heard() {
	on R6 dmvpnctl -j show nhrp traffic | jq '[.. | objects |
		.received? // empty | .. | numbers] | add'
}

need_module
plan 16
modprobe ip_gre
rm -rf "$CLOUD"
cloud_underlay
frr_hub R1
frr_hub R8
our_spoke R6
our_spoke R7
check "R6 registers with the FRR hub that it prefers" \
	wait_for -t 40 uses R6 R1
check "which knows it" wait_for frr_cached R1 R6
check "R7 too" wait_for -t 40 uses R7 R1

check "FRR's redirect leads to a shortcut" wait_for -t 40 follows_redirect
check "which ages when nobody uses it" wait_for -t 40 no_shortcut

drop_questions
from_lan || true
check "R7 hears no question: packets go over FRR's hub" wait_for from_lan
check "R6 gives up" wait_for -t 60 gives_up
count=$(dropped)
check "after five questions: $count" [ "$count" -ge 5 ]
on R7 nft delete table ip t
check "and asks again, later" wait_for -t 40 follows_redirect

frr_kill R1
check "the FRR hub is lost: R6 uses the other" wait_for -t 40 uses R6 R8
wait_for -t 40 uses R7 R8 || true
on R6 dmvpnctl clear nhrp shortcut >/dev/null
check "there is a shortcut again, by way of that" \
	wait_for -t 40 follows_redirect
frr_again R1
check "it is back: R6 returns to it" wait_for -t 60 uses R6 R1

spoke_conf R6 wrong
reload
check "with a wrong password R6 is registered nowhere" \
	wait_for -t 60 uses R6 ""
check "FRR's hub forgets it" wait_for -t 40 frr_forgot R1 R6
before=$(heard)
sleep 5
check "neither storms the other: $(($(heard) - before)) packets in 5 s" \
	[ "$(($(heard) - before))" -le 25 ]
spoke_conf R6 "$PASSWORD"
reload
check "with the right one it is back" wait_for -t 60 uses R6 R1
finish
