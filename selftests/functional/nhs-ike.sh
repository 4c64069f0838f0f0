#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long
# Two hubs, R1 and R8, and IKE with the settings of our examples. R1's machine
# goes without a word: spokes that probe each second leave it within three
# seconds, one with the defaults within 15, and packets go through R8. charon gives
# up; when R1 is back, so are they. Then R1's line comes and goes, which has no
# packet go there and back.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

SPOKES=(R5 R6 R7)
ROUTERS=(R1 R8 "${SPOKES[@]}")
# Seconds. What the daemons are promised to do, and how much later an emulated
# processor may come to it.
PROBED=3 DEFAULT=15 BACK=10 SLACK=$((2 * SLOW))

at_end() {
	cloud_keep
}

report_failure() {
	local r
	cloud_log 20
	for r in R5 R6 R7; do
		diag "$(on "$r" dmvpnctl show nhrp nhs
			on "$r" dmvpnctl show crypto session
			cat "$TMP/$r.events" 2>/dev/null)"
	done
}

# spoke_conf SPOKE [LINE]: without shortcuts, so that packets show which hub is
# used.
spoke_conf() {
	cat >"$CLOUD/$1/nhrpd.conf" <<-EOT
	interface dmvpn0 {
		holdtime = 600
		shortcut = false
		${2:-}
		nhs $(overlay R1) {
			nbma = $(nbma R1)
			priority = 1
		}
		nhs $(overlay R8) {
			nbma = $(nbma R8)
			priority = 2
		}
	}
	EOT
}

# registered_with HUB SPOKE...
registered_with() {
	local hub=$1 r
	shift
	for r in "$@"; do
		on "$r" dmvpnctl show nhrp nhs |
			grep -q "^$(overlay "$hub")  RE  " || return 1
	done
}

# at_r1 SPOKE...: it knows them, which since it has been off cannot be old news.
at_r1() {
	local r
	for r in "$@"; do
		[ "$(genl_field R1 .state nexthop-get dev=dmvpn0 \
			address="$(overlay "$r")")" = valid ] || return 1
	done
	registered_with R1 "$@"
}

with_both() {
	registered_with R1 "$@" && registered_with R8 "$@"
}

# follow SPOKE: its nhrpd's events.
follow() {
	console "$1"
	background "${CONSOLE[@]}" dmvpnctl -j monitor >"$TMP/$1.events" 2>&1
	wait_for follows "$1"
}

# It listens when it tells of something that happens.
follows() {
	genl "$1" peer-new dev=dmvpn0 remote=10.9.9.9
	genl "$1" peer-del dev=dmvpn0 remote=10.9.9.9
	test -s "$TMP/$1.events"
}

# lost SPOKE HUB: when its nhrpd said that it is, in ms since the epoch; a line
# for each time.
lost() {
	jq -r --arg nhs "NHS $(overlay "$2") " 'select(.text // "" |
		startswith($nhs) and contains("is lost")) | .time |
		(.[0:19] + "Z" | fromdateiso8601) * 1000 +
		(.[20:23] | tonumber)' "$TMP/$1.events"
}

has_lost() {
	[ -n "$(lost "$@")" ]
}

now() {
	echo $((${EPOCHREALTIME/./} / 1000))
}

# leaves SPOKE SECONDS: it has left R1, in time.
leaves() {
	local ms
	wait_for -t 40 has_lost "$1" R1 || return 1
	ms=$(($(lost "$1" R1 | head -n 1) - CUT))
	echo "# $1 has lost R1 after $ms ms" >&3
	[ "$ms" -le $((($2 + SLACK) * 1000)) ]
}

# line ROUTER up|down
line() {
	ip -n net link set "to_$1" "$2"
	[ "$2" = down ] || ip -n net route replace "$(nbma "$1")/32" \
		via "10.0.${1#R}.2"
}

# off ROUTER: the machine is gone.
off() {
	line "$1" down
	daemon_stop "$1" charon KILL
	daemon_stop "$1" nhrpd KILL
	ip -n "$1" link del dmvpn0
	genl "$1" sa-flush
}

# boot ROUTER: with START for when it could be spoken to.
boot() {
	line "$1" up
	cloud_device "$1" protection DMVPN
	charon_start "$1"
	nhrpd_start "$1"
	START=$(now)
}

# within SECONDS COMMAND...: it is true so long after START.
within() {
	local limit=$1 ms
	shift
	wait_for -t 120 "$@" || return 1
	ms=$(($(now) - START))
	echo "# after $ms ms" >&3
	[ "$ms" -le $(((limit + SLACK) * 1000)) ]
}

carried() {
	genl "$1" dump peer-get | jq -s 'map(."tx-packets") | add // 0'
}

# through HUB: pings from R6 to R5 go that way.
through() {
	local before
	before=$(carried "$1")
	in_ns R6 ping -n -q -c 10 -i 0.05 -W 1 "$(overlay R5)" >/dev/null &&
		[ "$(carried "$1")" -ge $((before + 20)) ]
}

# A ping each 100 ms; GAP is the longest time without an answer, in ms.
stream_start() {
	background ip netns exec R6 ping -n -i 0.1 -W 1 "$(overlay R5)" \
		>"$TMP/stream"
	STREAM=$BG
	wait_for grep -q 'icmp_seq=5 ' "$TMP/stream"
}

stream_end() {
	stop "$STREAM" INT
	GAP=$(sed -n 's/.*icmp_seq=\([0-9]*\) .*/\1/p' "$TMP/stream" |
		awk '$1 - last > gap { gap = $1 - last } { last = $1 }
			END { print gap * 100 }')
	echo "# the longest time without an answer was $GAP ms" >&3
	[ "$GAP" -le "$1" ]
}

# flaps: each time R1 answers for a few seconds, less than it has to.
flaps() {
	for _ in {1..4}; do
		line R1 up
		wait_for registered_with R1 R6
		line R1 down
		wait_for -t 30 eval '! registered_with R1 R6'
	done
	line R1 up
}

returns() {
	grep -c "is in use again" "$TMP/R6.events" || true
}

gave_up() {
	grep -q "giving up after" "$CLOUD/$1/charon.log"
}

need_module
plan 14
cloud_prepare 2
for r in "${ROUTERS[@]}"; do
	cat "$EXAMPLES/strongswan-dmvpn.conf" >>"$CLOUD/$r/strongswan.conf"
done
cp "$EXAMPLES/nhrpd-hub.conf" "$CLOUD/R8/nhrpd.conf"
spoke_conf R5 "probe-interval = 1"
spoke_conf R6 "probe-interval = 1"
spoke_conf R7
cloud_start 2
check "all are registered with both hubs" \
	wait_for -t 90 with_both "${SPOKES[@]}"
# One that found R8 first returns when R1 has been well for a while.
check "packets go through R1" wait_for -t 60 through R1
follow R6
follow R7

stream_start
CUT=$(now)
off R1
check "who probes each second leaves R1 within $PROBED s" leaves R6 $PROBED
check "packets go through R8" wait_for through R8
check "which took as long" stream_end $(((PROBED + SLACK) * 1000))
check "the defaults are to leave it within $DEFAULT s" leaves R7 $DEFAULT
check "charon gives up, and goes on trying" wait_for -t 90 gave_up R6
boot R1
check "$BACK s after its return all are registered with R1" \
	within $BACK at_r1 "${SPOKES[@]}"

check "packets go through R1 again" wait_for -t 60 through R1
line R1 down
check "and through R8, when R1's line is down" wait_for through R8
stream_start
before=$(returns)
flaps
check_eq "while it comes and goes R1 is not returned to" "$(returns)" "$before"
check "nor is anything lost" stream_end 100
check "when it stays it is" wait_for -t 60 through R1

# Nobody has had the time to miss it, unless it takes long to boot: then BACK is
# what counts.
CUT=$(now)
off R1
boot R1
LATEST=$((START - (DEFAULT - BACK) * 1000))
START=$((CUT > LATEST ? CUT : LATEST))
check "rebooted at once, it has all back when they would have missed it" \
	within $DEFAULT at_r1 "${SPOKES[@]}"
finish
