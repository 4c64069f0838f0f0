#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Spokes say which group they are in, and the hub queues towards each by the
# policy of that group; so does a spoke towards another one on the direct path.
# Groups and policies change while pings run every 20 ms: none is lost. The
# qdisc that queues by them comes and goes with group-map.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

report_failure() {
	cloud_log 25
	diag "$(genl R1 dump peer-get; genl R1 dump policy-get
		on R1 dmvpnctl show nhrp group-map)"
	cloud_keep
}

# conf ROUTER: its configuration, with options on stdin.
conf() {
	local name=spoke
	[ "$1" != "$HUB" ] || name=hub
	{
		sed '$d' "$EXAMPLES/nhrpd-$name.conf"
		cat
		echo "}"
	} >"$CLOUD/$1/nhrpd.conf"
}

# maps [GROUP POLICY]...
maps() {
	while [ $# -gt 0 ]; do
		echo "group-map $1 { service-policy = $2 }"
		shift 2
	done
}

# spoke ROUTER GROUP: both know what to do with each other's.
spoke() {
	{
		[ -z "$2" ] || echo "group = $2"
		maps GOLD P10 SILVER P2
	} | conf "$1"
}

reload() {
	kill -HUP "$(pid_of "$1" nhrpd)"
}

# policy_new ROUTER NAME
policy_new() {
	genl "$1" policy-new name="$2" class='{"name":"class-default"}'
}

# has ROUTER PEER POLICY: "" for none.
has() {
	local policy
	policy=$(genl_field "$1" .policy peer-get dev=dmvpn0 \
		remote="$(nbma "$2")")
	[ "${policy/#null/}" = "$3" ]
}

# session_with ROUTER: its number on the hub; another one is another session.
session_with() {
	genl_field R1 .session peer-get dev=dmvpn0 remote="$(nbma "$1")"
}

# said ROUTER TEXT: its nhrpd.
said() {
	grep -qF -- "$2" "$CLOUD/$1/nhrpd.log"
}

# shows ROUTER TEXT COMMAND...
shows() {
	local r=$1 what=$2 out
	shift 2
	out=$(on "$r" dmvpnctl "$@")
	echo "$out"
	grep -qF -- "$what" <<<"$out"
}

# missing FILE: answers that did not come, though a later one did.
missing() {
	sed -n 's/.*icmp_seq=\([0-9]*\) ttl=.*/\1/p' "$1" | sort -nu |
		awk '{ last = $1 } END { print last - NR }'
}

# root ROUTER: kind and handle of the device's qdisc.
root() {
	tc -n "$1" -j qdisc show dev dmvpn0 root |
		jq -r '.[0] | "\(.kind) \(.handle)"'
}

# has_root ROUTER QDISC
has_root() {
	[ "$(root "$1")" = "$2" ]
}
OURS="dmvpn 4e48:"
DEFAULT="noqueue 0:"

# sent ROUTER: packets that its qdisc has let go; another one begins with 0.
sent() {
	tc -n "$1" -s -j qdisc show dev dmvpn0 root | jq '.[0].packets'
}

received() {
	ip -n "$1" -s -j link show dmvpn0 | jq '.[0].stats64.rx.bytes'
}

# rate ROUTER: bits a second that come out of its tunnel.
rate() {
	local before start
	before=$(received "$1")
	start=${EPOCHREALTIME/./}
	nap $((5 * SLOW))
	echo $((($(received "$1") - before) * 8 * 1000000 /
		(${EPOCHREALTIME/./} - start)))
}

pings_start() {
	background ip netns exec R1 ping -n -i 0.02 -W 1 "$(overlay R6)" \
		>"$TMP/pings" 2>&1
	PINGS=$BG
}

pings_end() {
	stop "$PINGS" INT
	check_eq "of $(grep -c ttl= "$TMP/pings") answers none was missing" \
		"$(missing "$TMP/pings")" 0
}

need_module
plan 39
cloud_prepare 1
maps GOLD P10 SILVER P2 | conf R1
spoke R6 GOLD
spoke R7 SILVER
spoke R8 ""
for r in "${ROUTERS[@]}"; do
	policy_new "$r" P10
	policy_new "$r" P2
done
cloud_start 1
check "three spokes register" wait_for -t 60 registered 3
check "R6 is gold: the hub has P10 for it" wait_for has R1 R6 P10
check "R7 is silver: P2" wait_for has R1 R7 P2
check "R8 has said nothing" has R1 R8 ""
check_eq "the hub has queues by itself" "$(root R1)" "$OURS"
check "group and policy are in show dmvpn detail" \
	shows R1 "Output QoS service-policy applied: P10" show dmvpn detail
check "and in show nhrp group-map" \
	shows R1 "$(overlay R7)/$(nbma R7)" show nhrp group-map

wait_for ping_ok R6 "$(overlay R7)"
check "R6 and R7 have a direct path" wait_for -t 40 direct R6 R7
check "R6 sends by the policy for silver on it" wait_for has R6 R7 P2
check "R7 by the one for gold" wait_for has R7 R6 P10

SESSION=$(session_with R6)
pings_start
spoke R6 SILVER
reload R6
check "R6 becomes silver: the hub has P2 for it at once" \
	wait_for -t 5 has R1 R6 P2
check "and R7, too" wait_for -t 5 has R7 R6 P2
spoke R6 ""
reload R6
check "R6 is in no group: no policy" wait_for -t 5 has R1 R6 ""
spoke R6 GOLD
reload R6
check "and gold again" wait_for -t 5 has R1 R6 P10
maps GOLD P2 SILVER P10 | conf R1
reload R1
check "the hub maps gold to the other one" wait_for -t 5 has R1 R6 P2
check "and silver" wait_for -t 5 has R1 R7 P10
{
	maps GOLD P2 SILVER P10
	echo "peer-group $(overlay R8) { group = GOLD }"
} | conf R1
reload R1
check "R8 is in a group because the hub says so" wait_for -t 5 has R1 R8 P2
maps GOLD P50 SILVER P10 | conf R1
reload R1
check "there is no P50: none for R6" wait_for -t 5 has R1 R6 ""
check "which is logged" wait_for said R1 "policy P50 for $(nbma R6): there is"
policy_new R1 P50
reload R1
check "after it was added, the reload brings it" wait_for -t 5 has R1 R6 P50
sleep 1
pings_end
check_eq "the session is the same all the time" "$(session_with R6)" "$SESSION"

spoke R6 BRONZE
reload R6
check "bronze is nobody's" wait_for said R1 \
	"$(nbma R6) is in group BRONZE, which no group-map names"
check "and R6 has no policy" has R1 R6 ""
spoke R6 GOLD
reload R6
wait_for has R1 R6 P50

pings_start
daemon_stop R1 nhrpd KILL
before=$(sent R1)
sleep 1
check "nhrpd of the hub is killed: the policy stays" has R1 R6 P50
check_eq "and the queues" "$(root R1)" "$OURS"
nhrpd_start R1
sleep 3
pings_end
check "and is there after its restart" has R1 R6 P50
check "the qdisc is the same one" [ "$(sent R1)" -gt "$before" ]
check "peers with queues are in show policy-map multipoint" \
	shows R1 "dmvpn0 <--> $(nbma R6)" show policy-map multipoint
check "with their policies" \
	shows R1 "Service-policy output: P50" show policy-map multipoint

SHAPED="\"shape-rate\":$((2 * MBIT)),\"shape-burst\":$((MBIT / 8))"
SHAPED+=',"queue-limit":1000,"codel-target":0'
genl R1 policy-new name=P50 class="{\"name\":\"class-default\",$SHAPED}"
background ip netns exec R1 "$SELFTESTS/udp.py" load \
	"$(overlay R6),1001,$((3 * MBIT)),1000,0" >"$TMP/load"
LOAD=$BG
wait_for grep -q ready "$TMP/load"
nap 2
RATE=$(rate R6)
stop "$LOAD"
check "R6 gets the rate of its policy, 2 Mbit/s" near "$RATE" \
	$((2 * MBIT)) 5

conf R1 </dev/null
reload R1
check "without group-map the qdisc goes" wait_for has_root R1 "$DEFAULT"
tc -n R1 qdisc add dev dmvpn0 root handle 1: pfifo
maps GOLD P50 | conf R1
reload R1
check "the operator has put another one there: this is logged" \
	wait_for said R1 "has the qdisc pfifo, which stays"
check_eq "and it stays" "$(root R1)" "pfifo 1:"
conf R1 </dev/null
reload R1
wait_for has R1 R6 ""
check_eq "also when there is no group-map any more" "$(root R1)" "pfifo 1:"
tc -n R1 qdisc del dev dmvpn0 root
maps GOLD P50 | conf R1
reload R1
check "nhrpd's own is there again" wait_for has_root R1 "$OURS"
tc -n R1 qdisc replace dev dmvpn0 root handle 1: dmvpn rate 95mbit
daemon_stop R1 nhrpd
check_eq "nhrpd stops: one with options stays" "$(root R1)" "dmvpn 1:"
tc -n R1 qdisc del dev dmvpn0 root
nhrpd_start R1
wait_for has_root R1 "$OURS"
daemon_stop R1 nhrpd
check_eq "and its own goes" "$(root R1)" "$DEFAULT"
finish
