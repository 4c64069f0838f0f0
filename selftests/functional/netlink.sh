#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# datapath
# The generic netlink family: who may use it, what it refuses and why, that
# keys never come back, limits, and dumps while entries come and go.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

report_failure() {
	diag "$(genl a dump device-get; genl a dump session-get)"
}

# Root in the namespace, but without the one capability.
unprivileged() {
	ip netns exec a setpriv --bounding-set -net_admin --inh-caps -net_admin \
		python3 -SE "$SELFTESTS/genl.py" "$@"
}

unprivileged_monitor() {
	timeout 10 ip netns exec a setpriv --bounding-set -net_admin \
		--inh-caps -net_admin \
		python3 -SE "$SELFTESTS/genl.py" monitor "$1"
}

add_peers() {
	local n
	for n in $(seq "$1" "$2"); do
		genl a peer-new dev=dmvpn0 remote="10.77.0.$n" || return 1
	done
}

churn() {
	while :; do
		genl a peer-new dev=dmvpn0 remote=10.78.0.1
		genl a nexthop-new dev=dmvpn0 address=192.168.9.200 \
			remote=10.78.0.1 state=valid kind=cached
		genl a peer-del dev=dmvpn0 remote=10.78.0.1
	done >/dev/null 2>&1
}

# A dump during churn is complete or says that it is not.
dumps_survive() {
	local n out bad=0 whole=0
	background churn
	for n in $(seq 15); do
		if out=$(genl a dump peer-get 2>&1); then
			whole=$((whole + 1))
			[ "$(grep -c '"10.77.0.' <<<"$out")" -eq 9 ] || bad=1
		elif ! grep -q EINTR <<<"$out"; then
			bad=1
		fi
	done
	stop "$BG" KILL
	echo "$whole whole dumps"
	[ "$bad" -eq 0 ] && [ "$whole" -ge 1 ]
}

out_sa() {
	local key
	random_hex key 20
	genl a sa-new spi="$1" dir=out local="${NBMA[a]}" \
		remote="${NBMA[b]}" cipher='rfc4106(gcm(aes))' \
		cipher-key="$key" icv-len=16 mode=transport "${@:2}"
}

state_is() {
	[ "$(genl_field a .state session-get local="${NBMA[a]}" \
		remote="${NBMA[b]}")" = "$1" ]
}

need_module
plan 20
pair protection DMVPN

genl a device-get dev=dmvpn0 >/dev/null
check_fails "get needs CAP_NET_ADMIN" 'not permitted' \
	unprivileged device-get dev=dmvpn0
check_fails "dump needs CAP_NET_ADMIN" 'not permitted' \
	unprivileged dump session-get
check_fails "the group control needs it" 'not permitted' \
	unprivileged_monitor control
check_fails "the group nhrp needs it" 'not permitted' unprivileged_monitor nhrp

check_fails "a device that is none of ours" 'No such device|not a dmvpn' \
	genl a device-get dev=lo
check_fails "peer with a multicast address" 'genl.py: .*: .' \
	genl a peer-new dev=dmvpn0 remote=224.0.0.9
check_fails "peer with an address of 3 bytes" 'genl.py: .*: .' \
	genl a peer-new dev=dmvpn0 remote=0a0907
check_fails "valid next hop through a peer that is not there" \
	'genl.py: .*: .*peer' genl a nexthop-new dev=dmvpn0 \
	address=192.168.9.50 remote=10.9.9.9 state=valid kind=static
check_fails "delete of a peer that is not there" 'No such' \
	genl a peer-del dev=dmvpn0 remote=10.9.9.9
check_fails "an SPI below 256" 'genl.py: .*' out_sa 255
check_fails "a cipher that is unknown" 'genl.py: .*cipher' \
	out_sa 0x1234 cipher='ecb(rot13)'
check_fails "a key too short" 'genl.py: .*key' \
	out_sa 0x1234 cipher-key=0011
check_fails "session up cannot be set, it comes from an SA" 'genl.py: .*' \
	genl a session-set local="${NBMA[a]}" remote="${NBMA[b]}" state=up

check "an SA" out_sa 0x1234
check_eq "no dump holds a key" \
	"$(genl a dump sa-get | grep -Ec 'cipher-key|auth-key')" 0
check "the session is up" state_is up
check_fails "the same SPI again" 'exist' out_sa 0x1234
listen a "$TMP/events" control
genl a session-del local="${NBMA[a]}" remote="${NBMA[b]}"
check "session-del takes the SA" test -z "$(genl a dump sa-get)"
check "and raises acquire again, for a peer wants it" \
	wait_for grep -q acquire-ntf "$TMP/events"

add_peers 1 9 >/dev/null
check "dumps survive peers that come and go" dumps_survive
finish
