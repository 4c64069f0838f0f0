#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long
# smp
# The device, the module and a namespace go away under traffic and come back,
# DMVPN_REMOVALS times each. The runner fails the test if the kernel complains
# or waits for references.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

ROUNDS=${DMVPN_REMOVALS:-3}

report_failure() {
	diag "$(genl a dump device-get; genl b dump device-get
		genl a dump sa-get; genl b dump sa-get)"
}

# Dumps for a third of the time: all of it would be taken from what they are to
# disturb.
dumps() {
	local start pause
	while :; do
		start=${EPOCHREALTIME/./}
		genl a dump peer-get || true
		genl b dump sa-get || true
		pause=$((2 * (${EPOCHREALTIME/./} - start)))
		printf -v pause %d.%06d $((pause / 1000000)) \
			$((pause % 1000000))
		nap "$pause"
	done
}

# asks: pings from a to b for ever, into a pipe: to look into it starts no
# program.
asks() {
	exec {ANSWERS}< <(exec ip netns exec a ping -n -i 0.2 -W 1 \
		"${OVERLAY[b]}" 2>&1)
}

# answered: a ping comes back that was not back before.
answered() {
	local line end=$((SECONDS + 20 * SLOW))
	while read -r -t 0 -u "$ANSWERS"; do
		read -r -u "$ANSWERS" line || return 1
	done
	while [ "$SECONDS" -lt "$end" ]; do
		line=''
		read -r -t 1 -u "$ANSWERS" line || [ $? -gt 128 ] || return 1
		[[ $line != *ttl=* ]] || return 0
	done
	return 1
}

# What was not gone could not be made anew, here and in the others.
device_round() {
	ip -n a link del dmvpn0 &&
		tunnel a protection DMVPN &&
		peer a b &&
		answered
}

# A dump that is under way holds the module for its moment.
module_round() {
	wait_for rmmod dmvpn &&
		modprobe dmvpn &&
		tunnel a protection DMVPN &&
		tunnel b protection DMVPN &&
		peer a b &&
		peer b a &&
		protect a b "$1" &&
		answered
}

# Who enters a namespace as it goes would keep it.
entered() {
	local program
	read -r program <"/proc/$STREAM/comm"
	[ "$program" = ping ]
}

namespace_round() {
	wait_for entered || return 1
	ns_del a
	exec {ANSWERS}<&-
	join a &&
		tunnel a protection DMVPN &&
		peer a b &&
		unprotect b &&
		protect a b "$1" || return 1
	asks
	stream a b
	STREAM=$BG
	answered
}

# rounds KIND
rounds() {
	local i
	for i in $(seq "$ROUNDS"); do
		if ! "$1" "${SUITES[i % ${#SUITES[@]}]}"; then
			echo "round $i"
			return 1
		fi
	done
}

# timed TEXT KIND: how long it took is worth to know.
timed() {
	local start=$SECONDS
	check "$1" rounds "$2"
	diag "$((SECONDS - start)) s"
}

need_module
plan 3
pair protection DMVPN
protect a b gcm128
asks
stream b a
stream a b
STREAM=$BG
background dumps >/dev/null 2>&1
timed "$ROUNDS times the device" device_round
timed "$ROUNDS times the module" module_round
timed "$ROUNDS times a namespace" namespace_round
finish
