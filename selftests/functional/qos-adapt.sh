#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A spoke's line gets slower and faster again: what the hub sends to it follows,
# between two bounds, instead of being lost on the way.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

SPOKES=(R6)
ROUTERS=(R1 R6)

report_failure() {
	cloud_log 40
	diag "$(genl R1 dump peer-get; tc -n net -s qdisc show dev to_R6)"
	cloud_keep
}

# kbit N: so many kbit/s; fewer on a slow kernel, where a processor that has no
# time left makes answers late, as a slow line does.
kbit() {
	echo $(($1 / SLOW))
}

# hub: 3 Mbit/s for the spoke, or what arrives.
hub() {
	cat <<-CONF
		policy-map P3 { class class-default {
			shape = "$(kbit 3000) kbit"
			queue-limit = $((500 / SLOW)) codel-target = 0
		} }
	CONF
	sed '$d' "$EXAMPLES/nhrpd-hub.conf"
	cat <<-CONF
		group-map GOLD {
			service-policy = P3
			adaptive-lower-bound = "$(kbit 250) kbit"
		} }
	CONF
}

# line KBIT PACKETS: what goes to R6 is of a line with this rate and queue.
line() {
	tc -n net qdisc replace dev to_R6 root netem \
		rate "$(kbit "$1")kbit" limit "$2"
}

# load: 4 Mbit/s to R6, until "stop $BG".
load() {
	: >"$TMP/load"
	background ip netns exec R1 "$SELFTESTS/udp.py" load \
		"$(overlay R6),1001,$(kbit 4000)000,1000,0" >"$TMP/load"
	wait_for grep -q ready "$TMP/load"
}

# limit: bits a second, 0 for none.
limit() {
	local rate
	rate=$(genl_field R1 .rate peer-get dev=dmvpn0 remote="$(nbma R6)")
	echo "$((${rate/#null/0}))"
}

# between LEAST MOST: the limit, in kbit/s.
between() {
	local rate
	rate=$(limit)
	[ "$rate" -ge "$(kbit "$1")000" ] && [ "$rate" -le "$(kbit "$2")000" ]
}

received() {
	ip -n R6 -s -j link show dmvpn0 | jq '.[0].stats64.rx.bytes'
}

# count NAME: of the line's packets.
count() {
	tc -n net -s -j qdisc show dev to_R6 root | jq ".[0].$1"
}

# measure: bits a second that come out of R6's tunnel, in RATE; and how many of
# 100 packets the line has dropped, in LOST.
measure() {
	local bytes drops packets start
	bytes=$(received) drops=$(count drops) packets=$(count packets)
	start=${EPOCHREALTIME/./}
	nap 10
	RATE=$((($(received) - bytes) * 8 * 1000000 /
		(${EPOCHREALTIME/./} - start)))
	drops=$(($(count drops) - drops)) packets=$(($(count packets) - packets))
	LOST=$((drops * 100 / (drops + packets)))
	diag "$RATE bit/s, $LOST % lost, limit $(limit)"
}

need_module
plan 9
cloud_prepare 1
hub >"$CLOUD/R1/nhrpd.conf"
{
	sed '$d' "$EXAMPLES/nhrpd-spoke.conf"
	echo "group = GOLD }"
} >"$CLOUD/R6/nhrpd.conf"
cloud_start 1
check "the spoke registers" wait_for -t 60 registered 1
check_eq "there is no limit but the policy's" "$(limit)" 0
line 1500 20
load
check "the line has 1.5 Mbit/s: the hub sends less" \
	wait_for -t 40 between 250 1500
nap 5
measure
check "it uses half of the line and more" [ "$RATE" -ge "$(kbit 700)000" ]
check "most of what it sends arrives" [ "$LOST" -le 15 ]
line 500 10
check "the line gets slower: the hub does" \
	wait_for -t 20 between 250 500
line 100 10
check "but not slower than it may" wait_for -t 30 between 250 250
tc -n net qdisc del dev to_R6 root
check "the line is fast again: so is the hub" wait_for -t 90 between 0 0
stop "$BG"
sed -i '/adaptive/d' "$CLOUD/R1/nhrpd.conf"
line 500 10
kill -HUP "$(pid_of R1 nhrpd)"
load
nap 8
check_eq "without a lower bound nothing follows" "$(limit)" 0
stop "$BG"
finish
