#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# dmvpnctl trace: which way a packet would go, and why it would not, beside what
# the kernel does with one.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

FAR=172.16.2.1

report_failure() {
	diag "$(cat "$TMP/trace" 2>/dev/null; ip -n a route)"
}

# trace STATUS PATTERN ARGUMENT...: it ends with that, and says that.
trace() {
	local want=$1 pattern=$2 status=0
	shift 2
	dmvpnctl -N a trace "$@" >"$TMP/trace" 2>&1 || status=$?
	cat "$TMP/trace"
	[ "$status" -eq "$want" ] && grep -Eq -- "$pattern" "$TMP/trace"
}

# field FILTER ARGUMENT...: of its JSON.
field() {
	local filter=$1
	shift
	{ dmvpnctl -j -N a trace "$@" 2>/dev/null || true; } | jq -r "$filter"
}

drops() {
	genl a device-get dev=dmvpn0 | jq ".drops.\"$1\""
}

# failed COMMAND...: when charon's plugin has just said so of the session.
failed() {
	genl a session-set local="${NBMA[a]}" remote="${NBMA[b]}" state=failed \
		reason="no IKE proposal in common, compare proposals"
	"$@"
}

need_module
plan 38

# Without protection.
outside 4
inside 4
underlay a b
tunnel a
tunnel b
check "no route" trace 1 'result +there is no route to it: No route' \
	198.18.0.1 dev dmvpn0
check "a word of the packet that is none" trace 2 'protocol wants a name' \
	198.18.0.1 protocol bogus
check_eq "and in JSON" "$(field '.sent, .peer' 198.18.0.1 dev dmvpn0 |
	tr '\n' ' ')" "false null "
check "a route that leads elsewhere" \
	trace 1 'leaves through eth0, which is no dmvpn device' "${NBMA[b]}"
check "an address of our own" trace 1 'address of this host' "${OVERLAY[a]}"
ip -n a route add blackhole 198.18.1.0/24
check "a blackhole" trace 1 'no route to it: a blackhole' 198.18.1.1
check "nobody knows the next hop" \
	trace 1 'nothing is known of next hop 192.168.9.2, .*tx-no-nexthop' \
	"${OVERLAY[b]}"
check "and nhrpd is missing" grep -q 'nhrpd does not run' "$TMP/trace"
peer a b
peer b a
check "a peer in clear" trace 0 "sent to ${NBMA[b]}, in clear" "${OVERLAY[b]}"
check "by which route of the underlay" \
	grep -Eq 'underlay +0.0.0.0/0 via 10.9.1.1 dev eth0' "$TMP/trace"
check "as the kernel does" ping_ok a "${OVERLAY[b]}"
ip -n a route add 172.16.2.0/24 via "${OVERLAY[b]}" dev dmvpn0
check "behind it: the route's next hop" trace 0 \
	'route +172.16.2.0/24 via 192.168.9.2 dev dmvpn0, protocol boot' "$FAR"
check_eq "and in JSON" "$(field '.route.gateway, ."next-hop", .nexthop.kind,
	.peer.remote, .session, .sent' "$FAR" | tr '\n' ' ')" \
	"192.168.9.2 192.168.9.2 static 10.9.2.2 null true "
check "only through the device that is named" \
	trace 0 'dev dmvpn0' "$FAR" dev dmvpn0
check "no such device" trace 1 'no device dmvpn7' "$FAR" dev dmvpn7
check "a prefix is no destination" trace 2 'not a prefix' 172.16.2.0/24
check "no destination" trace 2 'which address' dev dmvpn0

# Multicast.
check "multicast that nobody takes" trace 1 'tx-no-peer' 224.0.0.5 dev dmvpn0
peer a b multicast
check "and that one takes" trace 0 'copy is sent to 1 peer' 224.0.0.5 dev dmvpn0

# Next hops that are not.
NEGATIVE=$(drops tx-negative)
genl a nexthop-new dev=dmvpn0 address=192.168.9.77 state=negative kind=cached \
	lifetime=60
check "known to be unreachable" trace 1 'tx-negative' 192.168.9.77
check "as the kernel has it" eval \
	'! ping_ok a 192.168.9.77 && [ "$(drops tx-negative)" -gt "$NEGATIVE" ]'
peer a b nhs
check "unknown, but there is a server" trace 0 \
	"to the server at ${NBMA[b]}, in clear, while its next hop is asked" \
	192.168.9.78

# Underlay.
ip -n a route del default
check "no route to the peer" trace 1 'NBMA address 10.9.2.2: .*tx-no-route' \
	"${OVERLAY[b]}"
ip -n a route add "${NBMA[b]}" dev dmvpn0
check "its route leads into the tunnel" trace 1 'into dmvpn0 itself .tx-loop' \
	"${OVERLAY[b]}"
ip -n a route del "${NBMA[b]}" dev dmvpn0
ip -n a route add default via 10.9.1.1

# Classes.
genl a policy-new name=OUT class='{"name":"WEB","match":[{"protocol":6,"dport-min":80}],"set-inner-dscp":18}'
ip -n a link change dmvpn0 type dmvpn output-policy OUT
check "ICMP is of class-default" trace 0 'policy +OUT, class class-default' "$FAR"
check "TCP to port 80 of WEB" trace 0 'policy +OUT, class WEB' "$FAR" \
	protocol tcp dport 80
check_eq "and in JSON" "$(field .classified.class "$FAR" protocol tcp \
	dport 80)" WEB
check "no such protocol" trace 2 'protocol' "$FAR" protocol tpc

# With protection.
ip -n a link set dmvpn0 down
ip -n a link change dmvpn0 type dmvpn protection DMVPN
check "the device is down" trace 1 'result' "${OVERLAY[b]}" dev dmvpn0
ip -n a link set dmvpn0 up
peer a b
ip -n b link set dmvpn0 down
ip -n b link change dmvpn0 type dmvpn protection DMVPN
ip -n b link set dmvpn0 up
peer b a
check "protected, and IKE goes on" trace 1 \
	'session with 10.9.2.2 is (down|acquiring): .*tx-no-sa' "${OVERLAY[b]}"
check "protected, and IKE failed: why" failed trace 1 \
	'is failed: no IKE proposal in common' "${OVERLAY[b]}"
check_eq "and in JSON" "$(failed field '.session.state, .sa, .sent' "${OVERLAY[b]}" |
	tr '\n' ' ')" "failed null false "
protect a b gcm128
check "protected, with SAs" trace 0 "sent to ${NBMA[b]}, encrypted" \
	"${OVERLAY[b]}"
check "by which SA" grep -Eq 'SA +0xd[0-9a-f]{7}, esp-gcm, transport mode' \
	"$TMP/trace"
check "as the kernel does" wait_for ping_ok a "${OVERLAY[b]}"
HAVE=$(genl a dump session-get | jq -rs '.[0]."out-spi"')
check_eq "the SA is the session's" "$(field '.sa.spi' "${OVERLAY[b]}")" \
	"$(printf '0x%08x' "$HAVE")"
dmvpnctl -N a clear session >/dev/null
check "cleared: no SA" trace 1 'tx-no-sa' "${OVERLAY[b]}"
ip -n a link set dmvpn0 carrier off
check "without a carrier" trace 1 'result' "${OVERLAY[b]}" dev dmvpn0
finish
