#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long
# Spokes behind one NAT address, each a session of its own by its UDP port; and
# a NAT whose mappings move under load, which a packet says that is authentic
# and new, and nothing else.
#
#   a (hub) --- mid: NAT ---+--- p1   10.9.11.2:4500 is 10.9.1.1:4501 for a
#                           +--- p2   10.9.12.2:4500 is 10.9.1.1:4502
#                           ...
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

RATE=20		# datagrams a second, each way of each spoke
REBINDS=${DMVPN_REBINDS:-3}
SPOKES=()

report_failure() {
	diag "$(cat "$TMP/moves" 2>/dev/null
		jq -c 'select(.sent != .received or .duplicated > 0)' \
			"$TMP/ways" 2>/dev/null
		genl a dump sa-get | jq -c 'del(.cipher, .profile) |
			with_entries(select(.value != 0))' | head -n 8)"
}

spoke() {
	local node=p$1
	SPOKES+=("$node")
	NBMA+=(["$node"]=10.9.$((10 + $1)).2)
	OVERLAY+=(["$node"]=192.168.9.$((10 + $1)))
	NAT_PORT+=(["$node"]=$((4500 + $1)))
}

# connect NODE...: to the hub; who is behind a NAT has to begin.
connect() {
	local node spokes=()
	for node in "$@"; do
		tunnel "$node" protection DMVPN
		spokes+=("$node" "${NBMA[$node]}" "${OVERLAY[$node]}"
			"$NAT_ADDRESS" "${NAT_PORT[$node]}")
	done
	"$SELFTESTS/functional/natt.py" connect a "${NBMA[a]}" \
		"${OVERLAY[a]}" "${spokes[@]}"
	for node in "$@"; do
		wait_for ping_ok "$node" "${OVERLAY[a]}"
	done
}

# ports: those that the hub's sessions have, sorted.
ports() {
	genl a dump session-get |
		jq -sc 'map(select(.state == "up")."remote-port") | sort'
}

expected_ports() {
	printf '%s\n' "${NAT_PORT[@]}" | jq -sc sort
}

# have_come COUNT NODE...: so many packets from each of these nodes, at least.
have_come() {
	local count=$1
	shift
	[ "$(genl a dump sa-get | jq -s "map(select(.dir == \"in\" and
		.packets >= $count)) | length")" -ge $# ]
}

# account FILTER: lost, duplicated, reordered, corrupt of the ways that match.
account() {
	jq -sr "map(select($1)) | \"\\(map(.lost) | add) \" +
		\"\\(map(.duplicated) | add) \\(map(.reordered) | add) \" +
		\"\\(map(.corrupt) | add)\"" "$TMP/ways"
}

# exchange COUNT NODE...: so many datagrams from each; WAYS says what came.
exchange() {
	flows "$RATE" a "${@:2}"
	wait_for have_come "$@" || return 1
	flows_end >"$TMP/ways"
}

# inbound NODE FIELD: of the hub's SA from it.
inbound() {
	genl a dump sa-get | jq "select(.dir == \"in\" and
		.\"remote-port\" == ${NAT_PORT[$1]}).\"$2\""
}

inbound_is() {
	[ "$(inbound "$1" "$2")" -eq "$3" ]
}

# hold NODE FILE: a packet of it that the NAT sees and the hub does not.
hold() {
	capture mid "to_$1" "$2" udp src port 4500
	in_ns mid nft "add table ip hold; add chain ip hold forward {
		type filter hook forward priority 0; policy drop; }"
	ping_ok "$1" "${OVERLAY[a]}" -W 0.2 || true
	capture_end
	in_ns mid nft delete table ip hold
	wait_for ping_ok "$1" "${OVERLAY[a]}"
}

# stray COMMAND FIELD BY: p1's packet comes from another port; what it counts as.
stray() {
	local before
	before=$(inbound p1 "$2")
	in_ns mid "$SELFTESTS/functional/natt.py" "$1" "$TMP/held.pcap" \
		"${NBMA[a]}" 4500 "$3" || return 1
	wait_for inbound_is p1 "$2" $((before + $3))
}

not_moved() {
	wait_for ping_ok p1 "${OVERLAY[a]}"
	[ "$(ports)" = "$(expected_ports)" ] &&
		! grep nat-moved "$TMP/events"
}

# moved_to PORT: the IKE daemon heard of it.
moved_to() {
	grep nat-moved "$TMP/moves" | jq -se "any(.\"remote-port\" == $1 and
		.\"new-remote\" == \"$NAT_ADDRESS\")"
}

rebind() {
	local turn port
	for turn in $(seq "$REBINDS"); do
		port=$((4600 + turn))
		NAT_PORT[p1]=$port
		nat a
		nat_forget p1
		wait_for moved_to "$port" || return 1
	done
}

# The provider gives the NAT another address.
renumber() {
	local node
	NAT_ADDRESS=10.9.1.3
	ip -n mid addr add "$NAT_ADDRESS/24" dev to_a
	nat a
	for node in "${SPOKES[@]}"; do
		nat_forget "$node"
	done
	for node in "${SPOKES[@]}"; do
		wait_for moved_to "${NAT_PORT[$node]}" || return 1
	done
}

session_of() {
	genl_field a .handle session-get local="${NBMA[a]}" \
		remote="$NAT_ADDRESS" remote-port="${NAT_PORT[$1]}"
}

all_inbound() {
	genl a dump sa-get | jq -s 'map(select(.dir == "in").packets) | add'
}

more_inbound() {
	[ "$(all_inbound)" -gt "$1" ]
}

# The provider moves a port while no daemon listens.
unheard() {
	local before
	before=$(all_inbound)
	NAT_PORT[p1]=4599
	nat a
	nat_forget p1
	in_ns p1 ping -n -q -c 1 -W 1 "${OVERLAY[a]}" || true
	wait_for more_inbound "$before" || return 1
	follow
	wait_for moved_to 4599
}

follow() {
	background "$SELFTESTS/functional/natt.py" follow a >"$TMP/moves"
	wait_for grep -q listening "$TMP/moves"
}

# reached NODE...: by the hub.
reached() {
	local node
	for node in "$@"; do
		wait_for ping_ok a "${OVERLAY[$node]}" || return 1
	done
}

# peer_received: by the hub's peer that p1 is, whatever the port is now.
peer_received() {
	genl_field a '."rx-packets"' peer-get dev=dmvpn0 remote="$FIRST_ADDRESS" \
		remote-port=4501
}

peer_counts_on() {
	local before
	before=$(peer_received)
	reached p1 || return 1
	[ "$(peer_received)" -gt "$before" ]
}

need_module
plan 19
for n in {1..16}; do
	spoke "$n"
done
underlay a "${SPOKES[@]}"
nat a
encap a "${SPOKES[@]}"
tunnel a protection DMVPN

# Nobody moves.
connect p1 p2
check "two spokes behind one NAT address" exchange 20 p1 p2
check_eq "two: lost, duplicated, reordered, corrupt" "$(account true)" "0 0 0 0"
connect "${SPOKES[@]:2}"
check "sixteen spokes behind one NAT address" exchange 20 "${SPOKES[@]}"
check_eq "sixteen: lost, duplicated, reordered, corrupt" "$(account true)" \
	"0 0 0 0"
check_eq "each has its session, which is up" "$(ports)" "$(expected_ports)"

# What must not move it. The packets come from another port of the NAT.
listen a "$TMP/events" control
hold p1 "$TMP/held.pcap"
check "authentic but late: taken" stray resend packets 1
check "seen before: replayed" stray resend replayed 8
check "not authentic and ahead: counted" stray forge auth-failed 8
check "none of them moved the session" not_moved
stop "$BG"

# What must.
HANDLE=$(session_of p1) FIRST_ADDRESS=$NAT_ADDRESS
check "p1's port moves while no daemon listens: the next one hears" unheard
flows "$RATE" a "${SPOKES[@]}"
check "p1's port moves $REBINDS times: nat-moved" rebind
flows_end >"$TMP/ways"
check_eq "the session is the same" "$(session_of p1)" "$HANDLE"
check "and so is the peer, which counts on" peer_counts_on
check_eq "from p1: lost, duplicated, reordered, corrupt" \
	"$(account '.from == "p1"')" "0 0 0 0"
check "to p1: at most a second's datagrams a move (of $(
	account '.to == "p1"'))" test \
	"$(account '.to == "p1"' | cut -d' ' -f1)" -le $((RATE * REBINDS))
check_eq "with the others: lost, duplicated, reordered, corrupt" \
	"$(account '.from != "p1" and .to != "p1"')" "0 0 0 0"
flows "$RATE" a "${SPOKES[@]}"
check "the NAT's address moves: nat-moved for each of sixteen" renumber
check "all sixteen are reached" reached "${SPOKES[@]}"
flows_end >"$TMP/ways"
check_eq "to the hub nothing was lost in the move" \
	"$(account '.to == "a"')" "0 0 0 0"
finish
