# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What queues cost: a hub of many spokes, with one queueing discipline on its
# tunnel after the other. All spokes have a rate of their own, which is never
# used up, so that packets pass and do not wait. Part of guest.

# Numbers of spokes.
QUEUED=(10 1000 10000)
# none      nothing is attached
# fq_codel  one for all, without rates
# htb       a class for each spoke
# shaper    dmvpn, a policy with a shaper
# classes   dmvpn, and four classes within the shaper
DISCIPLINES=(none fq_codel htb shaper classes)
QUEUE_RATE=100000000

queue_policies() {
	local class='"match":[{"dscp":46}],"priority-percent":20'
	in_ns queued "$(dirname "$0")/../genl.py" policy-new name=CHILD \
		class="{\"name\":\"VOICE\",$class}" \
		class='{"name":"A","match":[{"dscp":18}],"bandwidth-percent":30}' \
		class='{"name":"B","match":[{"dscp":10}],"bandwidth-percent":20}'
}

# queue_shaper [CHILD]
queue_shaper() {
	local class="\"shape-rate\":$QUEUE_RATE${1:+,\"child\":\"$1\"}"
	in_ns queued "$(dirname "$0")/../genl.py" policy-new name=CROWD \
		class="{\"name\":\"class-default\",$class}"
}

# htb_classes N: found by the last bytes of the address in the tunnel.
htb_classes() {
	local i
	echo "qdisc add dev tunnel root handle 1: htb"
	for ((i = 2; i < $1 + 2; i++)); do
		printf 'class add dev tunnel parent 1: classid 1:%x htb ' "$i"
		echo "rate ${QUEUE_RATE}bit quantum 1514"
	done
	echo "filter add dev tunnel parent 1: protocol ip prio 1 handle 1" \
		"flow map key dst and 0xffff baseclass 1:1"
}

# queue_attach DISCIPLINE N
queue_attach() {
	case $1 in
	fq_codel) tc -n queued qdisc add dev tunnel root fq_codel ;;
	htb) htb_classes "$2" | tc -n queued -batch - ;;
	shaper) queue_shaper ;;&
	classes) queue_shaper CHILD ;;&
	shaper | classes) tc -n queued qdisc add dev tunnel root dmvpn ;;
	esac
}

queue_detach() { # DISCIPLINE
	[ "$1" = none ] || tc -n queued qdisc del dev tunnel root
}

# queue_used DISCIPLINE: packets went where they are meant to, all of them.
queue_used() {
	local stat
	[ "$1" != none ] || return 0
	stat=$(tc -n queued -s qdisc show dev tunnel root)
	case $1 in
	htb) [[ $stat = *"direct_packets_stat 0 "* ]] ;;
	shaper | classes) [[ $stat = *" unqueued 0"* ]] ;;
	esac
	[[ $stat = *"(dropped 0,"* ]]
}

# queue_flow N KIND: 64 bytes to any of them, dropped where they would enter.
queue_flow() {
	"$TOOLS/flow" -l 64 -r "$1" -n "$CROWD_PACKETS" -b wire "$2" \
		queued "$HUB" behind "$OVERLAY"
}

queue_round() { # ROUND N
	local kind
	for kind in "${DISCIPLINES[@]}"; do
		queue_attach "$kind" "$2"
		# The first packet of each makes its queue.
		queue_flow "$2" sweep >/dev/null
		row "queue/$2" "$kind" all "$1" queue_flow "$2" batches
		queue_used "$kind"
		queue_detach "$kind"
	done
	say "round $1: queues of $2 spokes"
}

queue_counts() {
	local n before=0 round what
	crowd_hub queued
	crowd_wire queued behind
	queue_policies
	queue_shaper
	for n in "${QUEUED[@]}"; do
		for what in sas peers policies; do
			crowd_part queued "$before" "$n" "$what" >/dev/null
		done
		before=$n
		for round in $(seq "$ROUNDS"); do
			queue_round "$round" "$n"
		done
	done
}
