#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What queues on the underlay device of a see of packets in the tunnel: mark,
# priority and hash, whatever has been done to the packets meanwhile.
#
# OUTER wants mark 0x11 for the business application behind b (11.11.11.0/24),
# priority 1:30 for telephony, and mark 0x22 for what it knows as a tunnel.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

BIZ=11.11.11.1
PHONE=5060
WHERE=a		# the namespace of a's tunnel
DRIVER=

report_failure() {
	diag "$(tc -n a -s class show dev eth0; genl "$WHERE" dump class-get
		genl a dump sa-get)"
}

at_end() {
	[ -z "$DRIVER" ] || "$SELFTESTS/cryptouser.py" del "$DRIVER" || true
}

change() {
	ip -n "$WHERE" link change dmvpn0 type dmvpn "$@"
}

outer_policy() {
	local biz='{"name":"BIZ","match":[{"dst":"11.11.11.0","dst-len":24}],
		"set-mark":17}'
	local voice='{"name":"VOICE","match":[{"protocol":17,
		"dport-min":5060}],"set-priority":65584}'
	local tunnel='{"name":"TUNNEL","match":[{"protocol":47},
		{"protocol":50},{"protocol":17,"dport-min":4500}],
		"set-mark":34}'
	genl "$WHERE" policy-new name=OUTER class="${biz//[$'\n\t']/}" \
		class="${voice//[$'\n\t']/}" class="${tunnel//[$'\n\t']/}"
}

# queues: a tree on a's cable, with fresh counters; the numbers of its classes
# are those of the marks, and of the priority. Each has fq_codel within.
queues() {
	local class
	ip netns exec a tc qdisc del dev eth0 root 2>/dev/null || true
	{
		echo "qdisc add dev eth0 root handle 1: htb default 99"
		for class in 11 22 30 99; do
			echo "class add dev eth0 parent 1: classid 1:$class" \
				"htb rate 1gbit quantum 3000"
			echo "qdisc add dev eth0 parent 1:$class handle" \
				"$class: fq_codel"
		done
		echo "filter add dev eth0 parent 1: handle 0x11 fw classid 1:11"
		echo "filter add dev eth0 parent 1: handle 0x22 fw classid 1:22"
	} | ip netns exec a tc -batch -
}

# queued CLASS: packets that went through its fq_codel.
queued() {
	tc -n a -s -j qdisc show dev eth0 |
		jq ".[] | select(.parent == \"1:$1\").packets"
}

all_queued() {
	echo "$(queued 11) $(queued 30) $(queued 22)"
}

# traffic: 8 packets to the application, 5 to a telephone, 3 of something else.
traffic() {
	queues
	ip netns exec "$WHERE" "$SELFTESTS/udp.py" send $BIZ 9 8
	ip netns exec "$WHERE" "$SELFTESTS/udp.py" send "${OVERLAY[b]}" \
		$PHONE 5
	ip netns exec "$WHERE" "$SELFTESTS/udp.py" send "${OVERLAY[b]}" 9 3
}

sum_is() {
	[ "$(all_queued)" = "$1" ]
}

# sees NAME: with and without pre-classify.
sees() {
	outer_policy
	change underlay-policy OUTER pre-classify
	wait_for ping_ok "$WHERE" "${OVERLAY[b]}"
	traffic
	check "$1, pre-classify: each in its queue" wait_for sum_is "8 5 0"
	change nopre-classify
	traffic
	check "$1, no pre-classify: all in one" wait_for sum_is "0 0 16"
}

lan() {
	ip -n b addr add $BIZ/24 dev lo
	ip -n "$WHERE" route add 11.11.11.0/24 via "${OVERLAY[b]}"
}

# start SUITE|- [OPTION...]
start() {
	pair "${@:2}"
	lan
	[ "$1" = - ] || protect a b "$1"
}

end() {
	ns_del a b mid
}

# sent, counted FIELD: by the peer, and by the policy as business.
sent() {
	genl_field "$WHERE" ".\"tx-$1\"" peer-get dev=dmvpn0 \
		remote="${NBMA[b]}"
}

counted() {
	genl "$WHERE" dump class-get |
		jq -s "[.[].class[] | select(.name == \"BIZ\").$1] | add"
}

# all_counted FIELD BEFORE
all_counted() {
	echo "counted $(counted "$1") of $(sent "$1") less $2"
	[ "$(counted "$1")" = $(($(sent "$1") - $2)) ]
}

all_in_queue() {
	[ "$(queued 11)" = "$(counted packets)" ]
}

# Super-packets: as many are counted, and go to the queue, as leave.
bulk() {
	local server packets bytes
	change pre-classify
	outer_policy
	background ip netns exec b iperf3 -s -1 --forceflush \
		>"$TMP/iperf3.server" 2>&1
	server=$BG
	wait_for grep -q listening "$TMP/iperf3.server"
	queues
	packets=$(sent packets) bytes=$(sent bytes)
	check "$1: TCP" timeout 60 ip netns exec "$WHERE" iperf3 -c $BIZ -n 4M
	stop "$server"
	check "$1: its packets are all counted" \
		wait_for all_counted packets "$packets"
	check "$1: and their bytes" all_counted bytes "$bytes"
	check "$1: and in their queue" wait_for all_in_queue
}

# flows_wait WHAT: what jq says of the flows that fq_codel has packets of.
flows_wait() {
	tc -n a -s -j class show dev eth0 |
		jq -e '[.[] | select(.class == "fq_codel")] | length'"$1"
}

# fq_codel has the hash of what is inside: it tells flows of one tunnel apart.
# They wait, as next to nothing is let through.
spread() {
	queues
	ip netns exec a tc class change dev eth0 parent 1: classid 1:11 \
		htb rate 1kbit burst 200 cburst 200 quantum 3000
	ip netns exec "$WHERE" "$SELFTESTS/udp.py" send "$BIZ" 9 24
	check "$1: a flow inside is one to fq_codel" \
		wait_for flows_wait " == 1"
	# shellcheck disable=SC2016
	ip netns exec "$WHERE" bash -c 'for port in {1..24}; do
		echo >"/dev/udp/$1/$port"
	done' - "$BIZ"
	check "$1: flows inside are apart" wait_for flows_wait " > 16"
}

need_module
modprobe -a crypto_user cryptd sch_htb sch_fq_codel cls_fw
plan 28

start -
sees plain
bulk plain
spread plain
end

start gcm128 protection DMVPN
sees ESP
bulk ESP
spread ESP
end

# Later, and from another context.
DRIVER='cryptd(authenc(hmac(sha256-generic),cbc(aes-generic)))'
"$SELFTESTS/cryptouser.py" add "$DRIVER" 10000
start cbc-sha256 protection DMVPN
sees "asynchronous cipher"
check "it is one" test "$(genl a dump sa-get | jq -s 'map(.async) | add')" \
	-gt 0
end
"$SELFTESTS/cryptouser.py" del "$DRIVER"
DRIVER=

NAT_PORT=([b]=4500) NAT_ADDRESS=${NBMA[b]}
underlay a b
encap a b
tunnel a protection DMVPN
tunnel b protection DMVPN
peer a b
peer b a
lan
protect a b gcm128
sees "ESP in UDP"
end
NAT_PORT=()

# The underlay in another namespace: nothing of a packet's own mark gets there.
pair protection DMVPN
ns_add inside
ip -n a link set dmvpn0 netns inside
ip -n inside addr add "${OVERLAY[a]}/24" dev dmvpn0
ip -n inside link set dmvpn0 up
WHERE=inside
genl inside peer-new dev=dmvpn0 remote="${NBMA[b]}"
genl inside nexthop-new dev=dmvpn0 address="${OVERLAY[b]}" \
	remote="${NBMA[b]}" state=valid kind=static
lan
protect a b gcm128
sees "another namespace below"
bulk "another namespace below"
ns_add further
ip -n inside link set dmvpn0 netns further
ip -n further addr add "${OVERLAY[a]}/24" dev dmvpn0
ip -n further link set dmvpn0 up
ip netns del inside
WHERE=further
ip -n further route add 11.11.11.0/24 via "${OVERLAY[b]}"
wait_for ping_ok further "${OVERLAY[b]}"
traffic
check "a device keeps the policies of a namespace that is gone" \
	wait_for sum_is "8 5 0"
ns_del further
end
finish
