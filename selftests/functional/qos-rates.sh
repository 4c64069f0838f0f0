#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two spokes that have different rates for each other's group both send at the
# lower one on the direct path, and hear of it when one changes.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

SPOKES=(R6 R7)
ROUTERS=(R1 R6 R7)

report_failure() {
	cloud_log 25
	diag "$(genl R6 dump peer-get; genl R7 dump peer-get)"
	cloud_keep
}

# conf ROUTER GROUP GOLD SILVER: with such rates, in kbit/s; 0 for no shaper.
conf() {
	local name=spoke
	[ "$1" != "$HUB" ] || name=hub
	{
		policy PGOLD "$3"
		policy PSILVER "$4"
		sed '$d' "$EXAMPLES/nhrpd-$name.conf"
		[ -z "$2" ] || echo "group = $2"
		echo "group-map GOLD { service-policy = PGOLD }"
		echo "group-map SILVER { service-policy = PSILVER }"
		echo "}"
	} >"$CLOUD/$1/nhrpd.conf"
}

policy() {
	local shape=""
	[ "$2" = 0 ] || shape="shape = \"$2 kbit\" shape-burst = 60000"
	echo "policy-map $1 { class class-default {"
	echo "$shape queue-limit = 1000 codel-target = 0 } }"
}

reload() {
	conf "$@"
	kill -HUP "$(pid_of "$1" nhrpd)"
}

# limited ROUTER PEER RATE: "" for no limit.
limited() {
	local rate
	rate=$(genl_field "$1" .rate peer-get dev=dmvpn0 \
		remote="$(nbma "$2")")
	[ "${rate/#null/}" = "$3" ]
}

# has ROUTER PEER POLICY
has() {
	[ "$(genl_field "$1" .policy peer-get dev=dmvpn0 \
		remote="$(nbma "$2")")" = "$3" ]
}

# received ROUTER: milliseconds, and bytes that had come out of its tunnel then.
# One program reads both: another one may start late.
received() {
	in_ns "$1" awk 'FNR == NR { printf "%d ", $1 * 1000 }
		$1 == "dmvpn0:" { print $2 }' /proc/uptime /proc/net/dev
}

# rate_to ROUTER: bits a second that come out of its tunnel.
rate_to() {
	local from to
	from=$(received "$1")
	nap 5
	to=$(received "$1")
	echo $(((${to#* } - ${from#* }) * 8 * 1000 / (${to% *} - ${from% *})))
}

load_start() {
	: >"$TMP/load"
	background ip netns exec R7 "$SELFTESTS/udp.py" load \
		"$(overlay R6),1001,4000000,1000,0" >"$TMP/load"
	LOAD=$BG
	wait_for grep -q ready "$TMP/load"
	nap 2
}

# shows TEXT COMMAND...: R7's dmvpnctl.
shows() {
	local what=$1
	shift
	on R7 dmvpnctl "$@" >"$TMP/shown"
	grep -qF -- "$what" "$TMP/shown"
}

need_module
plan 13
cloud_prepare 1
conf R1 "" 10000 2000
conf R6 GOLD 10000 2000
conf R7 SILVER 10000 2000
cloud_start 1
check "two spokes register" wait_for -t 60 registered 2
wait_for ping_ok R6 "$(overlay R7)"
check "R6 and R7 have a direct path" wait_for -t 40 direct R6 R7
check "R7 sends by the policy for gold" wait_for has R7 R6 PGOLD
check "but not faster than R6 sends to silver" \
	wait_for limited R7 R6 2000000
check "R6, which has less for R7, by its own policy alone" \
	limited R6 R7 ""
check "and the hub, too" limited R1 R6 ""
load_start
RATE=$(rate_to R6)
check "R6 gets 2 Mbit/s of R7's 10" near "$RATE" 2000000 5
check "which show dmvpn detail says" \
	shows "Output QoS limited to 2000000 bps" show dmvpn detail
check "and show policy-map multipoint" \
	shows "target shape rate 2000000" show policy-map multipoint
reload R6 GOLD 10000 1000
check "R6 has 1 Mbit/s for silver: R7 hears of it at once" \
	wait_for -t 5 limited R7 R6 1000000
RATE=$(rate_to R6)
check "and sends no more" near "$RATE" 1000000 5
stop "$LOAD"
reload R6 GOLD 10000 0
check "R6 has no rate for silver: R7 has its own again" \
	wait_for -t 5 limited R7 R6 ""
reload R6 GOLD 10000 20000
check "R6 has more for silver than R7 for gold: R6 is limited" \
	wait_for -t 5 limited R6 R7 10000000
finish
