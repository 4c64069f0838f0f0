# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What a second processor brings where a device has two transmit queues: two
# senders, each on a processor of its own, to spokes whose queues are apart, and
# one sender to one of them. The same without a tunnel says what the kernel around
# it gets from a second processor here. Part of guest; the machine has two.

# Datagrams of one sender, steps of work, and spokes to choose from.
QUEUES_PACKETS=65536 QUEUES_STEPS=$((1 << 28)) QUEUES_SPOKES=8

queues_hub() {
	local i what
	crowd_hub queued numtxqueues 2
	crowd_wire queued behind
	queue_policies
	queue_shaper CHILD
	for what in sas peers policies; do
		crowd_part queued 0 "$QUEUES_SPOKES" "$what" >/dev/null
	done
	tc -n queued qdisc replace dev tunnel root handle 1: mq
	for i in 1 2; do
		tc -n queued qdisc replace dev tunnel parent "1:$i" dmvpn
	done
	# A processor with nothing to do would help the one that is measured.
	echo 101 >/sys/module/dmvpn/parameters/pipeline_load
}

# queues_sent: packets through the first queue.
queues_sent() {
	tc -n queued -s -j qdisc show dev tunnel |
		jq '.[] | select(.parent == "1:1") | .packets'
}

# queues_of N: the queue of that spoke, 1 or 2.
queues_of() {
	local before
	before=$(queues_sent)
	"$TOOLS/flow" -l 64 -b wire sweep queued "$HUB" behind \
		"${OVERLAY%.*}.$1" >/dev/null
	if [ "$(queues_sent)" = "$before" ]; then
		echo 2
	else
		echo 1
	fi
}

# queues_apart: how far beyond the first spoke one is with the other queue.
queues_apart() {
	local i first
	first=$(queues_of 1)
	for ((i = 2; i <= QUEUES_SPOKES; i++)); do
		[ "$(queues_of "$i")" = "$first" ] || { echo $((i - 1)) && return; }
	done
	return 1
}

queues_flow() { # KIND APART SRC DST
	"$TOOLS/flow" -l 64 -n "$QUEUES_PACKETS" -r "$2" -b wire "$1" \
		queued "$3" behind "$4"
}

queues_way() { # WAY APART SRC DST
	row rate/queues "$1" 1 "$round" queues_flow sender "${@:2}"
	row rate/queues "$1" 2 "$round" queues_flow senders "${@:2}"
}

queues_rates() {
	local apart round
	queues_hub
	apart=$(queues_apart)
	for round in $(seq "$ROUNDS"); do
		row rate/alone plain 1 "$round" "$TOOLS/spin" "$QUEUES_STEPS" 1
		row rate/alone plain 2 "$round" "$TOOLS/spin" "$QUEUES_STEPS" 2
		queues_way plain 1 10.1.9.1 "$REMOTE"
		queues_way dmvpn "$apart" "$HUB" "$OVERLAY"
		say "round $round: two queues"
	done
}
