#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long
# smp
# A device that lives in another namespace than its underlay, and both
# namespaces gone in each order under traffic, DMVPN_CHURNS times in all.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

ROUNDS=${DMVPN_CHURNS:-4}
# Underlay and device of the node that comes and goes; beside it lives b.
NBMA+=([under]=${NBMA[a]} [over]=${NBMA[a]})
OVERLAY+=([under]=${OVERLAY[a]} [over]=${OVERLAY[a]})

report_failure() {
	diag "$(genl b dump device-get; genl b dump sa-get)"
}

# arrive SUITE: both come, in few programs, for the debug kernel takes a third of
# a second to start one.
arrive() {
	local n=${NBMA[under]}
	wait_for -t 150 unplugged under
	ip -batch - <<-EOF
		netns add under
		netns add over
	EOF
	ip -n under -batch - <<-EOF
		link set lo up
		link add eth0 type veth peer name to_under netns mid
		link set eth0 up
		addr add $n/24 dev eth0
		route add default via ${n%2}1
		link add dmvpn0 type dmvpn local $n key 9 ttl 64 \
			protection DMVPN
		link set dmvpn0 netns over
	EOF
	ip -n mid -batch - <<-EOF
		link set to_under up
		addr add ${n%2}1/24 dev to_under
	EOF
	ip -n over -batch - <<-EOF
		link set lo up
		addr add ${OVERLAY[under]}/24 dev dmvpn0
		link set dmvpn0 up
	EOF
	peer over b
	unprotect b
	protect under b "$1"
	wait_for ping_ok over "${OVERLAY[b]}" && stream over b
}

over_has_none() {
	! ip -n over link show dmvpn0
}

# A program in a namespace keeps it.
end_stream() {
	kill -KILL "$BG"
	wait "$BG" || true
}

leave() { # ORDER
	case $1 in
	0)
		ip netns del under
		wait_for over_has_none || return 1
		end_stream
		ip netns del over
		;;
	1)
		end_stream
		ip -batch - <<-EOF
			netns del over
			netns del under
		EOF
		;;
	2)
		ip netns del under
		end_stream
		ip netns del over
		;;
	3)
		ip -n over link set dmvpn0 netns under || return 1
		end_stream
		ip -batch - <<-EOF
			netns del under
			netns del over
		EOF
		;;
	esac
}

rounds() {
	local i
	for i in $(seq "$ROUNDS"); do
		if ! arrive "${SUITES[i % ${#SUITES[@]}]}" ||
			! leave $((i % 4)); then
			echo "round $i"
			return 1
		fi
	done
}

need_module
plan 2
underlay b
NAMESPACES+=(under over)
tunnel b protection DMVPN
peer b under
stream b under
check "$ROUNDS times two namespaces" rounds
check "then the device still works" arrive gcm128
finish
