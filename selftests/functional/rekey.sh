#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long
# smp
# Rekeying under load, started by either node and by both at once: no packet is
# lost, doubled, out of order or refused. DMVPN_REKEYS says how many there are:
# in the first half no processor helps another, in the second they do.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

REKEYS=${DMVPN_REKEYS:-120}
RATE=$((400 / SLOW))
PIPELINE=/sys/module/dmvpn/parameters/pipeline_load

report_failure() {
	diag "$(cat "$TMP/rekey" "$TMP/ways" 2>/dev/null
		genl a dump session-get; genl a dump sa-get
		genl b dump session-get; genl b dump sa-get)"
}

at_end() {
	[ -z "${LOAD:-}" ] || echo "$LOAD" >"$PIPELINE"
}

start_rekeying() {
	background "$SELFTESTS/functional/rekey.py" "$REKEYS" \
		a "${NBMA[a]}" b "${NBMA[b]}" >"$TMP/rekey" 2>&1
	REKEYER=$BG
	wait_for test -s "$TMP/rekey"
}

# start_tcp [COMMAND...]: TCP for ever, no faster than the machine can be trusted
# to be, through a command. In small blocks: only whole ones are counted, and a
# half may be over within seconds.
start_tcp() {
	background "$@" ip netns exec b iperf3 -s -1 --forceflush >"$TMP/server"
	SERVER=$BG
	wait_for grep -q listening "$TMP/server" || return 1
	background "$@" ip netns exec a iperf3 -c "${OVERLAY[b]}" -t 3600 \
		-b $((2 * MBIT)) -l 8K -J >"$TMP/tcp.json"
	TCP=$BG
}

# end_tcp: its port is free then, too.
end_tcp() {
	local bytes
	stop "$TCP" INT
	stop "$SERVER"
	bytes=$(jq .end.sum_sent.bytes "$TMP/tcp.json")
	check "TCP went on ($bytes bytes)" test "$bytes" -gt 100000
}

halfway() {
	grep -q half "$TMP/rekey" || gone_or_reaped "$REKEYER"
}

# way FROM FIELD: of what was counted of the datagrams from a node.
way() {
	jq -r "select(.from == \"$1\") | .\"$2\"" "$TMP/ways"
}

# account FROM: what must be zero, all in one.
account() {
	jq -r "select(.from == \"$1\") | \"\\(.lost) \\(.duplicated) \" +
		\"\\(.reordered) \\(.corrupt) \\(.errors)\"" "$TMP/ways"
}

# session NODE FIELD: the SAs that are gone count, too.
session() {
	genl "$1" dump session-get | jq ".\"$2\""
}

# all_arrived FROM TO: as many as were sent, datagrams and TCP.
all_arrived() {
	echo "$(session "$1" tx-packets) sent, $(session "$2" rx-packets) came"
	[ "$(session "$1" tx-packets)" -eq "$(session "$2" rx-packets)" ]
}

# out_of_order: segments that TCP had to put in order.
out_of_order() {
	in_ns "$1" nstat -asz TcpExtTCPOFOQueue | awk '/OFO/ { print $2 }'
}

need_module
plan 15
LOAD=$(<"$PIPELINE")
echo 101 >"$PIPELINE"
pair protection DMVPN
start_rekeying
flows "$RATE" a b
# It sends where its acknowledgements come in, too, which is where its segments
# went out. All that must be one processor: several have no order among them.
start_tcp taskset -c 0
check "half of the rekeyings" wait_for -t 3000 halfway
end_tcp
check_eq "TCP saw nothing out of order" \
	"$(out_of_order a) $(out_of_order b)" "0 0"
echo "$LOAD" >"$PIPELINE"
start_tcp
check "$REKEYS rekeyings" wait_for -t 3000 gone_or_reaped "$REKEYER"
diag "$(tail -n 1 "$TMP/rekey")"
check "all of them were done" grep "^$REKEYS rekeyings" "$TMP/rekey"
end_tcp
flows_end >"$TMP/ways"
for from in a b; do
	check "$from: at least a datagram for each SA ($(way $from sent))" \
		test "$(way $from sent)" -ge $((2 * REKEYS))
	check_eq "$from: lost, duplicated, reordered, corrupt, not sent" \
		"$(account $from)" "0 0 0 0 0"
done
check "from a: as many packets came as were sent" \
	wait_for all_arrived a b
check "from b: as many packets came as were sent" \
	wait_for all_arrived b a
for node in a b; do
	check_eq "$node: not authentic, replayed, malformed, refused: none" \
		"$(session $node rx-dropped) $(session $node tx-dropped)" "0 0"
done
check "no SA is left but those in use and those just replaced" \
	test "$(genl a dump sa-get | wc -l)" -le 4
finish
