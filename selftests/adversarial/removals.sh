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

dumps() {
	while :; do
		genl a dump peer-get || true
		genl b dump sa-get || true
	done
}

both_ways() {
	unprotect a b
	protect a b "$1"
	wait_for ping_ok a "${OVERLAY[b]}" && wait_for ping_ok b "${OVERLAY[a]}"
}

device_round() {
	ip -n a link del dmvpn0 || return 1
	! ip -n a link show dmvpn0 || return 1
	tunnel a protection DMVPN
	peer a b
	wait_for ping_ok a "${OVERLAY[b]}"
}

# A dump that is under way holds the module for its moment.
module_round() {
	wait_for modprobe -r dmvpn || return 1
	! ip -n b link show dmvpn0 || return 1
	modprobe dmvpn
	tunnel a protection DMVPN
	tunnel b protection DMVPN
	peer a b
	peer b a
	both_ways "$1"
}

# Who enters a namespace as it goes would keep it.
inhabited() {
	[ -n "$(ip netns pids "$1")" ]
}

namespace_round() {
	wait_for inhabited a || return 1
	ns_del a
	join a
	tunnel a protection DMVPN
	peer a b
	both_ways "$1" || return 1
	stream a b
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

need_module
plan 3
pair protection DMVPN
both_ways gcm128
stream a b
stream b a
background dumps >/dev/null 2>&1
check "$ROUNDS times the device" rounds device_round
check "$ROUNDS times the module" rounds module_round
check "$ROUNDS times a namespace" rounds namespace_round
finish
