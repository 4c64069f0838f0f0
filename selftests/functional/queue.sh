#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# datapath
# Queues of peers: each spoke has the rate of its policy whatever the others get,
# classes have what they are promised, and no packet is lost because something
# is configured.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

# Of what is measured: of IP inside, without pings and the like.
SECONDS_MEASURED=$((10 * SLOW))

need_module
plan 41
NBMA+=([d]=10.9.4.2)
OVERLAY+=([d]=192.168.9.4)
underlay a b c d
for node in a b c d; do
	tunnel "$node"
done
for node in b c d; do
	peer a "$node"
	peer "$node" a
done

# policy NAME CLASS...: classes as JSON.
policy() {
	local name=$1 class classes=()
	shift
	for class in "$@"; do
		classes+=(class="$class")
	done
	genl a policy-new name="$name" "${classes[@]}"
}

# mbits NUMBER: as a rate, to one place after the point.
mbits() {
	local tenths=$1
	[[ $tenths == *.* ]] || tenths+=.0
	echo $((${tenths/./} * MBIT / 10))
}

# shaped NAME RATE [CHILD]: as IOS has it. An emulated processor stands still now
# and then: half a second of the rate may be made up for, and there are packets
# enough to do so, as no CoDel drops them.
shaped() {
	local class="\"name\":\"class-default\",\"shape-rate\":$2,$LONG"
	class+=",\"shape-burst\":$(($2 / 16))"
	policy "$1" "{$class${3:+,\"child\":\"$3\"}}"
}
LONG='"queue-limit":'$((1000 / SLOW))',"codel-target":0'

# attach NODE POLICY
attach() {
	genl a peer-new dev=dmvpn0 remote="${NBMA[$1]}" policy="$2"
}

# queue NODE CLASS FIELD: of a's queue for it.
queue() {
	genl a dump queue-get | jq -s --arg remote "${NBMA[$1]}" \
		--arg class "$2" --arg field "$3" -r '[.[] |
		select(.remote == $remote and .class == $class)] |
		last | .[$field]'
}

# stat NAME: of the qdisc.
stat_of() {
	tc -n a -s -j qdisc show dev "${2:-dmvpn0}" root | jq ".[0].$1"
}

# load STREAM...: see udp.py; ends with load_end, which leaves what was sent in
# SENT.
load() {
	: >"$TMP/load"
	background ip netns exec a "$SELFTESTS/udp.py" load "$@" >"$TMP/load"
	LOAD=$BG
	wait_for grep -q ready "$TMP/load"
}

drained() {
	[ "$(stat_of waiting)" = 0 ]
}

load_end() {
	stop "$LOAD"
	wait_for -t 30 drained
	read -r -a SENT < <(tail -n 1 "$TMP/load")
}

# to NODE PORT MBITS SIZE TOS: a stream.
to() {
	echo "${OVERLAY[$1]},$2,$(mbits "$3"),$4,$5"
}

# counters NODE PORT...: what comes to UDP ports, counted in the node.
counters() {
	local node=$1 port
	shift
	in_ns "$node" nft -f - <<-EOF2
		table inet count
		delete table inet count
		table inet count {
			$(for port in "$@"; do
				echo "counter p$port { }"
			done)
			chain in {
				type filter hook input priority 0
				iifname != dmvpn0 accept
				$(for port in "$@"; do
					echo "udp dport $port counter name p$port drop"
				done)
			}
		}
	EOF2
}

# counted NODE PORT bytes|packets, and the moment of that in WHEN. On an emulated
# processor it takes a while to look.
counted() {
	local from=${EPOCHREALTIME/./}
	in_ns "$1" nft -j list counter inet count "p$2" >"$TMP/counter"
	WHEN=$(((from + ${EPOCHREALTIME/./}) / 2))
	jq ".nftables[1].counter.$3" "$TMP/counter"
}

# look NODE,PORT: bytes that came, in BYTES.
look() {
	counted "${1%,*}" "${1#*,}" bytes >"$TMP/bytes"
	BYTES=$(<"$TMP/bytes")
}

# measure [-t SECONDS] NODE,PORT...: bits a second that come, in RATES. The first
# look takes longest, and its moment is known least.
measure() {
	local at before=() start=() i seconds=$SECONDS_MEASURED
	if [ "$1" = -t ]; then
		seconds=$2
		shift 2
	fi
	at=("$@")
	look "$1"
	for i in "${!at[@]}"; do
		look "${at[i]}"
		before[i]=$BYTES start[i]=$WHEN
	done
	nap "$seconds"
	RATES=()
	for i in "${!at[@]}"; do
		look "${at[i]}"
		RATES[i]=$(((BYTES - before[i]) * 8 * 1000000 /
			(WHEN - start[i])))
	done
	diag "measured: ${RATES[*]}"
}

# all_near RATE...: RATES are these.
all_near() {
	local i=0 rate
	for rate; do
		near "${RATES[i]}" "$rate" 2 >/dev/null || return 1
		i=$((i + 1))
	done
}

# delay NODE [OPTION...]: of some pings on average, in whole ms.
delay() {
	local node=$1
	shift
	in_ns a ping -n -q -c 20 -i 0.1 -W 5 "$@" "${OVERLAY[$node]}" |
		sed -n 's,^rtt.*= [0-9.]*/\([0-9]*\).*,\1,p'
}

at_most() {
	echo "$1, at most $2"
	[ "$1" -le "$2" ]
}

at_least() {
	echo "$1, at least $2"
	[ "$1" -ge "$2" ]
}

report_failure() {
	diag "$(tc -n a -s qdisc show dev dmvpn0; genl a dump queue-get
		cat "$TMP"/{transfer,looks} 2>/dev/null)"
}

# ---- the qdisc ----

check_fails "not for other devices" "only for devices of kind dmvpn" \
	tc -n a qdisc add dev eth0 root dmvpn
check_fails "a limit of nothing is refused" "limit is a number from 1" \
	tc -n a qdisc add dev dmvpn0 root dmvpn limit 0
tc -n a qdisc add dev dmvpn0 root dmvpn limit 5000 idle 600 rate 100mbit
check_eq "its options" "$(tc -n a -j qdisc show dev dmvpn0 root |
	jq -c '.[0] | [.kind, .options.limit, .options.peers,
		.options.direct, .options.rate, .options.idle]')" \
	'["dmvpn",5000,65536,1000,12500000,600]'
tc -n a qdisc change dev dmvpn0 root dmvpn peers 100 rate 0
check "options can be changed, for people" grep -q \
	"limit 5000p peers 100 direct 1000p idle 600s" \
	<(tc -n a qdisc show dev dmvpn0 root)
check "without policies packets go directly" wait_for ping_ok a "${OVERLAY[b]}"
check "and are counted" at_least "$(stat_of direct_packets)" 1

# ---- rates ----

shaped S1 "$MBIT"
shaped S5 $((5 * MBIT))
shaped S20 $((20 * MBIT))
attach b S1
attach c S5
attach d S20
counters b 1001
counters c 1001
counters d 1001
load "$(to b 1001 2 1000 0)" "$(to c 1001 7 1300 0)" "$(to d 1001 26 1300 0)"
nap 1
# A processor that stood still before has it made up for meanwhile, and on a busy
# one the moment of a look is not known well: once more, and longer.
for times in 1 2 4; do
	measure -t $((times * SECONDS_MEASURED)) b,1001 c,1001 d,1001
	! all_near "$MBIT" $((5 * MBIT)) $((20 * MBIT)) || break
done
check "1 Mbit/s" near "${RATES[0]}" "$MBIT" 2
check "5 Mbit/s" near "${RATES[1]}" $((5 * MBIT)) 2
check "20 Mbit/s" near "${RATES[2]}" $((20 * MBIT)) 2
load_end
check_eq "the dump has a class of each peer" "$(genl a dump queue-get |
	jq -s -c "map([.policy, .class, .depth, .rate / $MBIT]) | sort")" \
	'[["S1","class-default",0,1],["S20","class-default",0,20],["S5","class-default",0,5]]'
check "what had no room was counted there" at_least \
	"$(queue d class-default dropped-limit)" 1
check "and in the qdisc" at_least "$(stat_of dropped_limit)" 1

load "$(to b 1001 4 1000 0)"
nap 1
check "who floods one spoke does not delay another" at_most "$(delay c)" \
	$((30 * SLOW))
check "though the flooded one has a queue" at_least \
	"$(queue b class-default delay-us)" 5000
load_end
check_eq "an empty queue has nothing" \
	"$(queue b class-default queued-packets)" 0
check_eq "nor has the qdisc" "$(stat_of backlog) $(stat_of waiting)" "0 0"

# ---- classes ----

# dscp NUMBER
dscp() {
	echo "\"match\":{\"dscp\":$1}"
}

policy CLASSES \
	"{\"name\":\"VOICE\",$(dscp 46),\"priority-rate\":$(mbits 0.4)}" \
	"{\"name\":\"GOLD\",$(dscp 18),\"bandwidth-percent\":50,$LONG}" \
	"{\"name\":\"SILVER\",$(dscp 10),\"bandwidth-percent\":30,$LONG}" \
	"{\"name\":\"class-default\",$LONG}"
shaped PARENT $((4 * MBIT)) CLASSES
attach b PARENT
counters b 1 2 3 4
load "$(to b 1 0.2 172 184)" "$(to b 2 5 1000 72)" "$(to b 3 5 1000 40)" \
	"$(to b 4 5 1000 0)"
nap 1
measure b,1 b,2 b,3 b,4
rest=$((RATES[1] + RATES[2] + RATES[3]))
check "all classes together have the rate" near $((rest + RATES[0])) \
	$((4 * MBIT)) 3
check "50 percent" near "${RATES[1]}" $((rest * 50 / 90)) 3
check "30 percent" near "${RATES[2]}" $((rest * 30 / 90)) 3
check "class-default: what is left" near "${RATES[3]}" $((rest * 10 / 90)) 3
check "voice waits for a packet or two" at_most "$(delay b -Q 184)" \
	$((30 * 1000000 / MBIT))
load_end
check "voice: all of it came" wait_for eval \
	'[ "$(counted b 1 packets)" = "${SENT[0]}" ]'
check_eq "classes within one are told apart" "$(genl a dump queue-get |
	jq -s -c "map(select(.remote == \"${NBMA[b]}\") |
	[.class, .depth, .index])")" \
	'[["class-default",0,0],["VOICE",1,0],["GOLD",1,1],["SILVER",1,2],["class-default",1,3]]'
load "$(to b 1 1.5 172 184)" "$(to b 2 5 1000 72)"
nap 1
measure b,1 b,2
load_end
check "too much voice gets its rate" near "${RATES[0]}" "$(mbits 0.4)" 3
check "and the others have theirs" near "${RATES[1]}" "$(mbits 3.6)" 3
check "the rest is counted" at_least "$(queue b VOICE dropped-rate)" 100

# A tenth of the device's rate is for voice.
device_rate() {
	tc -n a qdisc change dev dmvpn0 root dmvpn rate "$1bit"
}

policy TENTH "{\"name\":\"VOICE\",$(dscp 46),\"priority-percent\":10}" \
	"{\"name\":\"class-default\",$LONG}"
device_rate $((4 * MBIT))
attach b TENTH
load "$(to b 1 1.5 172 184)" "$(to b 2 5 1000 72)"
nap 1
measure b,1
check "10 percent of the device's rate" near "${RATES[0]}" "$(mbits 0.4)" 3
device_rate $((2 * MBIT))
nap 1
measure b,1
check "they follow when that changes" near "${RATES[0]}" "$(mbits 0.2)" 3
load_end
tc -n a qdisc change dev dmvpn0 root dmvpn rate 0

# waiting: packets in b's queue, and for how long the last one waited, in us.
waiting() {
	genl a dump queue-get | jq -r --arg remote "${NBMA[b]}" \
		'select(.remote == $remote and .depth == 0) |
			"\(."queued-packets") \(."delay-us")"'
}

# TCP of a's own keeps its queue short by itself, on a slow processor to a few
# packets. So it comes from behind a.
ns_add lan
ip -n lan link add eth0 type veth peer name lan0 netns a
ip -n lan -batch - <<END
link set eth0 up
addr add 192.168.90.2/24 dev eth0
route add default via 192.168.90.1
END
ip -n a -batch - <<END
link set lan0 up
addr add 192.168.90.1/24 dev lan0
END
ip -n b route add 192.168.90.0/24 via "${OVERLAY[a]}"

# look_at_tcp: whenever the queue of a TCP connection is not empty, for how long
# its last packet waited goes to looks.
look_at_tcp() {
	local transfer packets delay
	tcp lan b 4M >"$TMP/transfer" 2>&1 &
	transfer=$!
	until gone_or_reaped "$transfer"; do
		read -r packets delay < <(waiting)
		[ "$packets" = 0 ] || looks+=("$delay")
		nap 0.1
	done
	echo "${#looks[@]} looks: ${looks[*]}" >"$TMP/looks"
	wait "$transfer"
}

# waited: for how long packets of a TCP connection wait, the median of all looks,
# in us. Where CoDel keeps a queue empty and a look takes long, one connection
# has but a few.
waited() {
	local connections=5 looks=()
	attach b PLAIN
	while [ ${#looks[@]} -lt 10 ]; do
		[ $((connections--)) -gt 0 ] || return 1
		look_at_tcp || return 1
	done
	printf '%s\n' "${looks[@]}" | sort -n | sed -n "$((${#looks[@]} / 2))p"
}

# CoDel's target is 5 ms, but for a rate at which a packet takes longer. An
# emulated processor that stands still adds to what it sees. Without CoDel a full
# queue is three seconds long; at ten, iperf3 lost its control connection.
class='"name":"class-default","queue-limit":'$((1000 / SLOW))
class+=',"shape-rate":'$((4000000 / SLOW))
policy PLAIN "{$class}"
check "CoDel: a TCP connection waits for its target" at_most "$(waited)" \
	$((30000 * SLOW))
check "by dropping" at_least "$(queue b class-default dropped-codel)" 1
wait_for -t 30 drained
policy PLAIN "{$class,\"codel-target\":0}"
check "without it for much more" at_least "$(waited)" \
	$((100000 * SLOW))
wait_for -t 30 drained

# ---- changes ----

# 40 packets, of which each takes 82 ms.
slow() {
	shaped NARROW $((100000 / SLOW))
	attach b NARROW
	counters b 9
	in_ns a "$SELFTESTS/udp.py" train "${OVERLAY[b]}" 9 1000 40
	wait_for eval '[ "$(queue b class-default queued-packets)" -gt 20 ]'
}

dropped=$(stat_of drops)
slow
for rate in 110000 120000 130000 140000; do
	shaped NARROW $((rate / SLOW)) CLASSES
	shaped NARROW $((rate / SLOW))
done
shaped NARROW $((4 * MBIT))
check "a policy is replaced: what waits goes on, as the new one says" \
	wait_for -t 3 eval '[ "$(counted b 9 packets)" = 40 ]'
slow
attach b ""
ping_ok a "${OVERLAY[b]}" || true
check "a policy is taken away: what waits goes" \
	wait_for -t 3 eval '[ "$(counted b 9 packets)" = 40 ]'
check_eq "and the queue goes" "$(queue b class-default packets)" null
check_eq "all without a drop" "$(stat_of drops)" "$dropped"
slow
genl a peer-del dev=dmvpn0 remote="${NBMA[b]}"
check "a peer is removed: what waits is dropped and counted" \
	wait_for eval '[ "$(stat_of dropped_gone)" -gt 20 ]'
check "its queue is gone" wait_for eval '[ "$(stat_of queues)" = 2 ]'
peer a b

# ---- several transmit queues ----

ip -n a link add dmvpn1 numtxqueues 2 type dmvpn local "${NBMA[a]}" key 10
ip -n a link set dmvpn1 up
tc -n a qdisc replace dev dmvpn1 root handle 1: mq
tc -n a qdisc replace dev dmvpn1 parent 1:1 dmvpn
tc -n a qdisc replace dev dmvpn1 parent 1:2 dmvpn
for i in {1..16}; do
	genl a peer-new dev=dmvpn1 remote="10.9.2.$((100 + i))" policy=S5
	genl a nexthop-new dev=dmvpn1 address="192.168.10.$i" \
		remote="10.9.2.$((100 + i))" state=valid kind=static
done
ip -n a addr add 192.168.10.100/24 dev dmvpn1
# shellcheck disable=SC2016
in_ns a bash -c 'for i in {1..64}; do
	echo >"/dev/udp/192.168.10.$((i % 16 + 1))/9"
done' || true
spread() {
	tc -n a -s -j qdisc show dev dmvpn1 |
		jq -e '[.[] | select(.kind == "dmvpn") | .queues] |
			length == 2 and add == 16 and min > 0'
}
check "mq: peers are spread over its queues" spread
check_eq "mq: the dump has them all" "$(genl a dump queue-get |
	jq -s 'map(select(.policy == "S5" and .packets == 4)) | length')" 16

# ---- removal under load ----

load "$(to b 1 5000000 1000 0)" "$(to c 2 10000000 1000 0)"
tc -n a qdisc del dev dmvpn0 root
check "the qdisc is removed under load" wait_for ping_ok a "${OVERLAY[c]}"
tc -n a qdisc add dev dmvpn0 root dmvpn
nap 0.5
ip -n a link set dmvpn0 down
ip -n a link set dmvpn0 up
ip -n a link del dmvpn1
ip -n a link del dmvpn0
stop "$LOAD"
check "the device is removed under load" wait_for eval \
	'! ip -n a link show dmvpn0'
finish
