#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# datapath
# smp
# Packets between nodes without any daemon: plain GRE, two kinds of ciphers,
# unknown next hops, multicast, redirects, and the counters of all that.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

report_failure() {
	diag "$(genl a dump device-get; genl a dump session-get
		genl a dump sa-get; genl a dump peer-get)"
}

# wire_holds_only FILTER: all that the router in the middle sees of three pings
# matches it.
wire_holds_only() {
	local file=$TMP/wire-$RANDOM.pcap all
	capture mid to_b "$file" ip
	in_ns a ping -n -q -c 3 -i 0.05 -p "$CANARY_HEX" "${OVERLAY[b]}" ||
		return 1
	capture_end
	all=$(packets "$file")
	echo "$all packets"
	[ "$all" -ge 6 ] && [ "$(packets "$file" "$@")" -eq "$all" ] || return 1
	[ "$1" != esp ] || ! grep -aq "$CANARY" "$file"
}

# One that pads to blocks and one that does not; what else there is goes through
# interop/xfrm-matrix.sh.
each_suite() {
	local suite
	for suite in cbc-sha1 gcm128; do
		protect a b "$suite"
		check "$suite: ping" wait_for ping_ok a "${OVERLAY[b]}"
		check "$suite: only ESP on the wire" wire_holds_only esp
		check "$suite: UDP of many sizes" udp_sizes
		check "$suite: TCP" tcp a b 2M
		check_eq "$suite: nothing failed authentication" \
			"$(genl b dump sa-get |
				jq -s 'map(."auth-failed" + .replayed +
					.malformed) | add')" 0
		unprotect a b
	done
}

udp_sizes() {
	udp_echo a b 0,1,7,16,100,1001,3000
}

# sent_by WHAT: packets that a's peer or session has sent.
sent_by() {
	genl a dump "$1-get" | jq -s 'map(."tx-packets") | add'
}

# sa_packets NODE: of both its SAs.
sa_packets() {
	genl "$1" dump sa-get | jq -s 'map(.packets) | add'
}

# A session counts what its former SAs carried, too.
exact_counters() {
	local peer session
	peer=$(sent_by peer)
	session=$(sent_by session)
	in_ns a ping -n -q -c 20 -i 0.01 "${OVERLAY[b]}" || return 1
	echo "peer: $peer, then $(sent_by peer)"
	echo "session: $session, then $(sent_by session)"
	echo "SAs: $(sa_packets a) of a, $(sa_packets b) of b"
	[ $(($(sent_by peer) - peer)) -eq 20 ] &&
		[ $(($(sent_by session) - session)) -eq 20 ] &&
		[ "$(sa_packets a)" -eq 40 ] && [ "$(sa_packets b)" -eq 40 ]
}

miss_is_raised() {
	local file=$TMP/miss
	listen a "$file" nhrp || return 1
	in_ns a ping -n -c 1 -W 2 "${OVERLAY[c]}" || return 1
	wait_for grep -q miss-ntf "$file" || return 1
	stop "$BG"
	cat "$file"
	jq -se 'map(select(.event == "miss-ntf")) | .[0].address == "'"${OVERLAY[c]}"'"' \
		"$file"
}

received_of_c() {
	genl_field b '."rx-packets"' peer-get dev=dmvpn0 remote="${NBMA[c]}"
}

# b thinks that c knows, and c that b does. What a sends on comes from b.
no_loop() {
	local before
	ip -n a route add 10.55.0.0/24 via "${OVERLAY[b]}"
	ip -n b route add 10.55.0.0/24 via "${OVERLAY[c]}"
	ip -n c route add 10.55.0.0/24 via 192.168.9.88
	before=$(received_of_c)
	! in_ns a ping -n -c 5 -i 0.05 -W 1 10.55.0.1 || return 1
	echo "$(($(received_of_c) - before)) packets came back"
	[ "$(received_of_c)" -eq "$before" ]
}

# A flow raises it anew after two seconds.
hairpin_is_seen() {
	ping_ok a "${OVERLAY[c]}"
	grep -q redirect-ntf "$1"
}

redirect_is_raised() {
	local file=$TMP/redirect
	listen b "$file" nhrp || return 1
	wait_for hairpin_is_seen "$file" || return 1
	stop "$BG"
	cat "$file"
	jq -se 'map(select(.event == "redirect-ntf")) |
		map(select(.src == "'"${OVERLAY[a]}"'" and
			.dst == "'"${OVERLAY[c]}"'" and
			.remote == "'"${NBMA[a]}"'")) | length == 1' "$file"
}

# Copies of 5 multicast packets that reach a node.
multicast_copies() {
	local one=$TMP/mcast-$1.pcap
	capture "$1" dmvpn0 "$one" dst 224.0.0.99
	in_ns a ping -n -q -c 5 -i 0.05 -W 1 -t 1 -I dmvpn0 224.0.0.99 \
		>/dev/null 2>&1 || true
	capture_end
	packets "$one"
}

# one_more_drop REASON COMMAND...: it makes a's counter grow.
one_more_drop() {
	local reason=$1 before after
	shift
	before=$(drops a dmvpn0 "$reason")
	"$@" >/dev/null 2>&1 || true
	after=$(drops a dmvpn0 "$reason")
	echo "$reason: $before, then $after"
	[ "$after" -gt "$before" ]
}

need_module
plan 29

# Plain GRE.
pair
check "plain GRE: ping" wait_for ping_ok a "${OVERLAY[b]}"
check "plain GRE: only GRE with our key on the wire" \
	wire_holds_only 'proto 47 and ip[20:4] = 0x20000800 and ip[24:4] = 9'
check "plain GRE: UDP of many sizes" udp_sizes
check "plain GRE: TCP" tcp a b 2M
check "plain GRE: TCP the other way" tcp b a 2M -R
check_eq "plain GRE: an unprotected peer has no session" \
	"$(genl_field a .session peer-get dev=dmvpn0 remote="${NBMA[b]}")" null
ns_del a b mid

# Every suite over one pair of devices.
pair protection DMVPN
check_fails "protected, no SA: no answer" '100% packet loss' \
	in_ns a ping -n -c 1 -W 1 "${OVERLAY[b]}"
each_suite
protect a b gcm128
wait_for ping_ok a "${OVERLAY[b]}"
unprotect a b
protect a b gcm128
check "counters of peer, SA and session are exact" exact_counters
ns_del a b mid

# A third node: b is hub of a and c.
underlay a b c
for node in a b c; do
	tunnel "$node"
done
peer a b multicast,nhs
peer b a
peer b c
peer c b nhs
check "unknown next hop: through the NHS, and miss is raised" miss_is_raised
check "hairpin at the hub raises redirect" redirect_is_raised
check "unknown next hop: what the NHS sent does not go back there" no_loop
peer a c
check "known next hop: direct" wait_for ping_ok a "${OVERLAY[c]}"
check_eq "multicast reaches the peer with the flag" "$(multicast_copies b)" 5
check_eq "multicast does not reach the one without" "$(multicast_copies c)" 0
peer a c multicast
check_eq "multicast reaches a peer that got the flag later" \
	"$(multicast_copies c)" 5
genl a nexthop-new dev=dmvpn0 address=192.168.9.77 state=negative kind=cached
check "negative next hop: dropped and counted" \
	one_more_drop tx-negative in_ns a ping -n -c 1 -W 1 192.168.9.77
genl a peer-del dev=dmvpn0 remote="${NBMA[b]}"
genl a peer-del dev=dmvpn0 remote="${NBMA[c]}"
check_eq "a peer's next hops go with it" \
	"$(genl a dump nexthop-get | jq -r .state)" negative
check "multicast without a peer: counted" one_more_drop tx-no-peer \
	in_ns a ping -n -c 1 -W 1 -t 1 -I dmvpn0 224.0.0.99
BEFORE=$(drops a dmvpn0 tx-malformed)
in_ns a "$SELFTESTS/functional/forge.py" bad-header dmvpn0
check_eq "headers of impossible lengths: counted" \
	$(($(drops a dmvpn0 tx-malformed) - BEFORE)) 2
finish
