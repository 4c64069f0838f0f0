#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long
# A hub of a thousand spokes, with traffic to all of them: nhrpd is killed,
# restarted and reloaded. Not a packet is lost, nobody has to register again, and
# what is left of the holding times stays.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

ROUTERS=(R1 R9)
SPOKES=1000
HOLDTIME=1200
RATE=400
# A crowd's addresses: NBMA, and in the tunnel.
NBMA=10.64.0.1
PROTO=10.128.0.1
OWN=10.191.255.254

report_failure() {
	diag "$(on R9 nft list ruleset; on R1 dmvpnctl show nhrp summary)"
	cloud_log 25
}

# crowd: where the spokes are. Data that comes there is counted.
crowd() {
	router_files R9
	ip -n net route add 10.64.0.0/10 via 10.0.9.2
	ip -n R9 route add local 10.64.0.0/10 dev lo
	on R9 nft -f - <<-EOT
	table ip t {
		counter data { }
		chain c {
			type filter hook prerouting priority 0;
			ip protocol 47 @nh,176,16 0x0800 counter name data drop
			ip protocol 47 drop
		}
	}
	EOT
}

hub() {
	router_files R1
	ip -n R1 link add dmvpn0 type dmvpn local "$(nbma R1)" key 1 ttl 64
	ip -n R1 addr add "$OWN/10" dev dmvpn0
	ip -n R1 link set dmvpn0 up
	conf "$HOLDTIME"
	nhrpd_start R1
}

conf() {
	cat >"$CLOUD/R1/nhrpd.conf" <<-EOT
	interface dmvpn0 {
		holdtime = $1
	}
	EOT
}

arrived() {
	on R9 nft -j list counters table ip t |
		jq '[.. | .counter? // empty | .packets] | add'
}

# in_kernel, known: those registered, as the kernel and as nhrpd has it.
in_kernel() {
	genl R1 dump nexthop-get | grep -c '"kind": "registered"'
}

known() {
	on R1 dmvpnctl -j show nhrp | jq '[.. | objects |
		select(.kind? == "registered")] | length'
}

all_known() {
	[ "$(known)" -eq "$SPOKES" ] && [ "$(in_kernel)" -eq "$SPOKES" ]
}

# left: seconds until the first of them ends.
left() {
	genl_field R1 .lifetime nexthop-get dev=dmvpn0 address="$PROTO"
}

# goes_on BEFORE: their time does, by no more than a test takes.
goes_on() {
	LEFT=$(left)
	[ "$LEFT" -le "$1" ] && [ "$LEFT" -ge $(($1 - 60 * SLOW)) ]
}

# still TEXT BEFORE: all are there, with no more time than before.
still() {
	check "$1: all are there" wait_for all_known
	check "with what is left of their time, of $2 s" goes_on "$2"
}

need_module
plan 9
rm -rf "$CLOUD"
cloud_underlay
crowd
hub
on R9 "$SELFTESTS/crowd.py" register "$SPOKES" 1 "$HOLDTIME" "$NBMA" "$PROTO" \
	"$(nbma R1)" "$OWN"
check "$SPOKES spokes are registered" wait_for -t 60 all_known
console R1
background "${CONSOLE[@]}" "$SELFTESTS/crowd.py" stream "$SPOKES" "$PROTO" \
	"$RATE" >"$TMP/stream"
STREAM=$BG
wait_for grep -q streams "$TMP/stream"

before=$(left)
daemon_stop R1 nhrpd KILL
sleep 2
nhrpd_start R1
still "killed" "$before"
before=$(left)
daemon_stop R1 nhrpd KILL
nhrpd_start R1
still "and started at once" "$before"
before=$(left)
conf $((HOLDTIME / 2))
kill -HUP "$(pid_of R1 nhrpd)"
sleep 2
still "reloaded" "$before"

stop "$STREAM"
sent=$(tail -n 1 "$TMP/stream")
wait_for -t 10 test "$(arrived)" -ge "$sent" || true
check "packets went all the time: $sent" [ "$sent" -gt 1000 ]
check_eq "none is lost" "$(arrived)" "$sent"
finish
