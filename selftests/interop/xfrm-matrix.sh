#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# datapath
# Against the kernel's own gre and XFRM, with SAs put in by hand: every cipher
# suite, transport and tunnel mode, IPv4 and IPv6 outside and inside, native and
# in UDP, with and without ESN. Few cases, in which each two values meet, or all
# of them with DMVPN_MATRIX=full; DMVPN_CASES, a pattern, chooses among them.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

PATIENCE=$((60 * SLOW))	# seconds for an answer

report_failure() {
	diag "$(tail -n 20 "$TMP/xfrm.err"; genl ours device-get dev=dmvpn0
		genl ours dump sa-get; ip -n theirs -s xfrm state
		in_ns theirs cat /proc/net/xfrm_stat | grep -v ' 0$')"
}

# xfrm WORD...: the program's answer.
xfrm() {
	local answer
	echo "$*" >&"${XFRM[1]}"
	read -r -t "$PATIENCE" answer <&"${XFRM[0]}" || answer="no answer"
	echo "$answer"
	[ "$answer" = ok ]
}

# cases pairs|full: their names into CASES.
cases() {
	local name
	CASES=()
	echo "cases $1" >&"${XFRM[1]}"
	while read -r -t "$PATIENCE" name <&"${XFRM[0]}" && [ "$name" != end ]; do
		[[ ! $name =~ ${DMVPN_CASES:-.} ]] || CASES+=("$name")
	done
}

# node NAME NUMBER: a namespace with addresses that end in NUMBER. What XFRM is
# to have inside of tunnel mode is on lo.
node() {
	with_ipv6 "$1"
	in_ns "$1" sysctl -qw net.ipv6.conf.all.forwarding=0
	ip -n "$1" addr add "10.9.1.$2/24" dev eth0
	ip -n "$1" addr add "fd09:1::$2/64" dev eth0
	ip -n "$1" addr add "10.9.2.$2/32" dev lo
	ip -n "$1" addr add "fd09:2::$2/128" dev lo
	ip -n "$1" route add "10.9.2.$((3 - $2))" via "10.9.1.$((3 - $2))"
	ip -n "$1" route add "fd09:2::$((3 - $2))" via "fd09:1::$((3 - $2))"
}

# overlay NAME DEV NUMBER NET...: its addresses in these networks.
overlay() {
	local name=$1 dev=$2 number=$3 net
	shift 3
	# The least that IPv6 has, so that all fits.
	ip -n "$name" link set "$dev" mtu 1280 up
	for net in "$@"; do
		ip -n "$name" addr add "192.168.$net.$number/24" dev "$dev"
		ip -n "$name" addr add "fd99:$net::$number/64" dev "$dev"
	done
}

# gre DEV TYPE LOCAL REMOTE NET [OPTION...]
gre() {
	ip -n theirs link add "$1" type "$2" local "$3" remote "$4" key 9 \
		ttl 64 "${@:6}"
	overlay theirs "$1" 2 "$5"
}

need_module
modprobe -a ip_gre ip6_gre
ns_add ours theirs
veth ours eth0 theirs eth0
node ours 1
node theirs 2
ip -n ours link add dmvpn0 type dmvpn local 10.9.1.1 local fd09:1::1 key 9 \
	ttl 64 protection DMVPN
overlay ours dmvpn0 1 10 11 12 13
gre gre_v4 gre 10.9.1.2 10.9.1.1 10
gre gre_v4i gre 10.9.2.2 10.9.2.1 11
gre gre_v6 ip6gre fd09:1::2 fd09:1::1 12 encaplimit none
gre gre_v6i ip6gre fd09:2::2 fd09:2::1 13 encaplimit none
coproc XFRM { exec "$SELFTESTS/interop/xfrm.py" ours theirs 3>&- \
	2>"$TMP/xfrm.err"; }
PIDS+=("$XFRM_PID")
cases "${DMVPN_MATRIX:-pairs}"
plan ${#CASES[@]}
for case in "${CASES[@]}"; do
	# shellcheck disable=SC2086
	check "$case" xfrm run $case
done
finish
