#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# smp
# The device, its namespace and the module go away under traffic. The runner
# fails the test if the kernel complains or waits for references.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

# Many packets each way, for ever, and dumps beside them.
traffic() {
	local node other
	for node in a b; do
		other=b
		[ "$node" = a ] || other=a
		background ip netns exec "$node" ping -q -f -W 1 \
			"${OVERLAY[$other]}" >/dev/null 2>&1
		background ip netns exec "$node" "$SELFTESTS/udp.py" send \
			"${OVERLAY[$other]}" 9 100000000 >/dev/null 2>&1
	done
	background dumps >/dev/null 2>&1
}

dumps() {
	while genl a dump peer-get && genl a dump sa-get; do
		:
	done
}

quiet() {
	local pid
	for pid in "${PIDS[@]}"; do
		stop "$pid" KILL
	done
	PIDS=()
}

start() {
	pair protection DMVPN
	protect a b "$1"
	wait_for ping_ok a "${OVERLAY[b]}"
	traffic
	sleep 0.5
}

# soon COMMAND...: it may take eight seconds on an emulated processor, more on a
# slow kernel. What waits for a reference tells the kernel's log after ten.
soon() {
	local from=${EPOCHREALTIME/./}
	"$@" || return 1
	echo "took $(((${EPOCHREALTIME/./} - from) / 1000)) ms"
	[ $((${EPOCHREALTIME/./} - from)) -lt $((8000000 * SLOW)) ]
}

no_device() {
	! ip -n "$1" link show dmvpn0
}

need_module
plan 12
for suite in cbc-sha1 gcm256; do
	start "$suite"
	check "$suite: the device goes" soon ip -n a link del dmvpn0
	check "$suite: it has gone" no_device a
	tunnel a protection DMVPN
	peer a b
	unprotect b
	protect a b "$suite"
	check "$suite: made anew, it works" wait_for ping_ok a "${OVERLAY[b]}"
	# A dump that is under way holds the module for its moment.
	check "$suite: the module goes" soon wait_for modprobe -r dmvpn
	check "$suite: and its devices with it" no_device b
	quiet
	modprobe dmvpn
	ns_del a b mid
	start "$suite"
	check "$suite: the namespace goes" soon ns_del a
	quiet
	ns_del b mid
done
finish
