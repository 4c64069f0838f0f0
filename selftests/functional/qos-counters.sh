#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What policies count: each device and each peer for itself, packets and bits a
# second of late.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

PARAMETER=/sys/module/dmvpn/parameters/load_interval
BIZ='{"name":"BIZ","match":[{"dscp":18},{"dscp":10}],"set-inner-dscp":18}'
LOAD=$((4 * MBIT)) POLICED=$MBIT

report_failure() {
	diag "$(genl a dump service-get; genl a dump class-get
		genl a dump queue-get)"
}

change() { # DEVICE OPTION...
	ip -n a link change "$1" type dmvpn "${@:2}"
}

index() {
	ip -n a -j link show "$1" | jq '.[0].ifindex'
}

# served DEVICE POINT CLASS FIELD: of a's; nothing if there is none.
served() {
	genl a dump service-get | jq -c --argjson index "$(index "$1")" \
		"select(.ifindex == \$index and .point == \"$2\" and
			.class.name == \"$3\") | $4"
}

# count POLICY CLASS: packets that all have sent.
count() {
	genl a dump class-get | jq -s "[.[] | select(.name == \"$1\").class[] |
		select(.name == \"$2\").packets] | add"
}

# pings DEVICE COUNT TOS
pings() {
	in_ns a ping -n -q -c "$2" -i 0.02 -W 1 -Q "$3" -I "$1" \
		"${TO[$1]}" >/dev/null || true
}

second_tunnel() {
	ip -n a link add dmvpn1 type dmvpn local "${NBMA[a]}" key 10
	ip -n a addr add 192.168.10.1/24 dev dmvpn1
	ip -n a link set dmvpn1 up
	genl a peer-new dev=dmvpn1 remote="${NBMA[b]}"
	genl a nexthop-new dev=dmvpn1 address=192.168.10.2 \
		remote="${NBMA[b]}" state=valid kind=static
}

each_for_itself() {
	pings dmvpn0 5 72
	pings dmvpn0 2 40
	pings dmvpn1 3 72
	pings dmvpn1 4 0
	check_eq "the first device" \
		"$(served dmvpn0 output BIZ .class.packets)" 7
	check_eq "its lines" "$(served dmvpn0 output BIZ \
		'[.class.match[].packets]')" "[5,2]"
	check_eq "its bytes" "$(served dmvpn0 output BIZ .class.bytes)" \
		$((7 * 84))
	check_eq "the second one, with the same policy" \
		"$(served dmvpn1 output BIZ .class.packets)" 3
	check_eq "what is of no line" \
		"$(served dmvpn1 output class-default .class.packets)" 4
	check_eq "the policy has all of it" "$(count MARK BIZ)" 10
	change dmvpn1 underlay-policy MARK pre-classify
	pings dmvpn1 1 72
	check_eq "a device's other policy counts for itself" \
		"$(served dmvpn1 underlay BIZ .class.packets)" 1
	check_eq "and that one goes on" \
		"$(served dmvpn1 output BIZ .class.packets)" 4
}

changes() {
	change dmvpn0 ttl 63
	change dmvpn0 output-policy MARK
	check_eq "what changes nothing of it leaves counters alone" \
		"$(served dmvpn0 output BIZ .class.packets)" 7
	change dmvpn0 nooutput-policy
	check_eq "without the policy there are none" \
		"$(served dmvpn0 output BIZ .class.packets)" ""
	change dmvpn0 output-policy MARK
	pings dmvpn0 1 72
	check_eq "they begin anew with it" \
		"$(served dmvpn0 output BIZ .class.packets)" 1
	genl a policy-new name=MARK class='{"name":"OTHER","match":[{}]}' \
		class="$BIZ"
	pings dmvpn0 1 72
	check_eq "and where it is replaced, on each device" "$(
		served dmvpn0 output OTHER .class.packets
		served dmvpn1 output OTHER .class.packets)" $'1\n0'
	change dmvpn1 nounderlay-policy nooutput-policy
	check_eq "a device that is gone" "$(count MARK OTHER)" 1
}

intervals() {
	local seconds
	for seconds in 0 29 45 630 x; do
		check_fails "no load interval of $seconds" "invalid" \
			eval "echo $seconds >$PARAMETER"
	done
	echo 30 >"$PARAMETER"
	check_eq "one of 30 s is told with the rates" \
		"$(served dmvpn0 output BIZ '."load-interval"')" 30
}

# queue FIELD: of the peer's class.
queue() {
	genl a dump queue-get | jq --arg field "$1" '.[$field]'
}

offered() {
	[ "$(queue offered-rate)" -gt $((LOAD / 2)) ]
}

at_most() {
	echo "$1, at most $2"
	[ "$1" -le "$2" ]
}

# police_has_its_part: of what came, by one look at both.
police_has_its_part() {
	local came dropped
	read -r came dropped < <(genl a dump queue-get |
		jq -r '"\(."offered-rate") \(."drop-rate")"')
	near "$dropped" $((came * (LOAD - POLICED) / LOAD)) 5
}

# rest_is_sent: each rate steps at its own moment, so that one may be a step
# behind the other. Steps get smaller with time.
rest_is_sent() {
	local rest sent
	rest=$(($(queue offered-rate) - $(queue drop-rate)))
	sent=$(served dmvpn0 output OTHER '."offered-rate"')
	near "$sent" "$rest" 10
}

# After 30 s the mean is 0.66 of what comes evenly.
rates() {
	local came sent
	local class="\"police-rate\":$POLICED,\"queue-limit\":1000"
	genl a policy-new name=POLICED \
		class="{\"name\":\"class-default\",$class}"
	genl a peer-new dev=dmvpn0 remote="${NBMA[b]}" policy=POLICED
	background ip netns exec a "$SELFTESTS/udp.py" load \
		"${OVERLAY[b]},9,$LOAD,1000,72" >/dev/null
	check "a rate grows as packets come" wait_for -t 60 offered
	check "no more than there are" at_most "$(queue offered-rate)" "$LOAD"
	check "what police drops has its part" wait_for police_has_its_part
	check "the device's policy has what is left" wait_for -t 60 rest_is_sent
	came=$(queue offered-rate)
	sent=$(served dmvpn0 output OTHER '."offered-rate"')
	stop "$BG"
	check "a rate goes down when none come" wait_for -t 60 eval \
		'[ "$(queue offered-rate)" -lt $((came * 2 / 3)) ]'
	check "the device's, too" wait_for eval '[ "$(served dmvpn0 output \
		OTHER ".\"offered-rate\"")" -lt $((sent * 2 / 3)) ]'
}

need_module
plan 25
pair
declare -A TO=([dmvpn0]=${OVERLAY[b]} [dmvpn1]=192.168.10.2)
second_tunnel
tc -n a qdisc add dev dmvpn0 root dmvpn
genl a policy-new name=MARK class="$BIZ"
change dmvpn0 output-policy MARK
change dmvpn1 output-policy MARK
each_for_itself
changes
intervals
rates
finish
