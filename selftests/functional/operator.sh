#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What an operator does to a running cloud: clear a session, clear NHRP, stop a
# spoke, reload its configuration. And what time does: holding times run out.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

report_failure() {
	cloud_log 25
	diag "$(genl R1 dump session-get; genl R1 dump nexthop-get)"
	cloud_keep
}

# out_spi ROUTER OTHER
out_spi() {
	genl "$1" dump session-get |
		jq -r "select(.remote == \"$(nbma "$2")\").\"out-spi\""
}

new_spi() {
	local spi
	spi=$(out_spi "$1" "$2")
	[ -n "$spi" ] && [ "$spi" != 0 ] && [ "$spi" != "$3" ]
}

knows() {
	[ "$(genl_field "$1" .state nexthop-get dev=dmvpn0 \
		address="$(overlay "$2")")" = valid ]
}

forgot() {
	! knows "$1" "$2"
}

# short_hold SECONDS: the hub has been told so by R8.
short_hold() {
	local left
	left=$(genl_field R1 .lifetime nexthop-get dev=dmvpn0 \
		address="$(overlay R8)")
	[ "$left" -ge 1 ] && [ "$left" -le "$1" ]
}

# questions: resolution requests that R6 has sent.
questions() {
	on R6 dmvpnctl -j show nhrp traffic dev dmvpn0 |
		jq '.interfaces[0].sent."resolution-request"'
}

need_module
plan 21
cloud_up 1
wait_for ping_ok R6 "$(overlay R7)"
check "R6 reaches R7 directly" wait_for direct R6 R7

# clear session
SPI=$(out_spi R6 R1)
check "clear session" on R6 dmvpnctl clear session "$(nbma R1)"
check "it comes up again, with new SAs" wait_for -t 40 new_spi R6 R1 "$SPI"
check "and works" wait_for ping_ok R6 "$(overlay R1)"

# clear nhrp
check "clear nhrp on R6" on R6 dmvpnctl clear nhrp
check "R6 registers again and resolves R7 when it is needed" \
	wait_for ping_ok R6 "$(overlay R7)"
check "directly" wait_for direct R6 R7
check "clear nhrp shortcut on R6" on R6 dmvpnctl clear nhrp shortcut
check "R7 is found again" wait_for ping_ok R6 "$(overlay R7)"
check "directly" wait_for direct R6 R7

# its counters
check "show nhrp traffic: R6 has asked" [ "$(questions)" -ge 2 ]
check "clear nhrp counters" on R6 dmvpnctl clear nhrp counters dev dmvpn0
check_eq "none is counted any more" "$(questions)" 0

# A clean stop tells the hub, and what the hub told others is purged.
daemon_stop R7 nhrpd
check "nhrpd of R7 stopped: the hub forgets R7" wait_for forgot R1 R7
nhrpd_start R7
check "started: it is back" wait_for knows R1 R7
check "and reaches R6" wait_for ping_ok R7 "$(overlay R6)"

# A bad file changes nothing; a good one is taken.
cp "$CLOUD/R8/nhrpd.conf" "$TMP/good"
echo "interface {" >>"$CLOUD/R8/nhrpd.conf"
check_fails "nhrpd -n refuses a bad file, and says where" 'nhrpd.conf:[0-9]+' \
	on R8 nhrpd -n -c "$CLOUD/R8/nhrpd.conf"
kill -HUP "$(pid_of R8 nhrpd)"
check "a bad file at SIGHUP changes nothing" wait_for ping_ok R8 "$(overlay R1)"
holdtime "$TMP/good" 9 >"$CLOUD/R8/nhrpd.conf"
kill -HUP "$(pid_of R8 nhrpd)"
check "a good one is taken: R8's holding time is short" wait_for short_hold 9

# R8 dies: nothing of it remains when its holding time is over.
daemon_stop R8 nhrpd KILL
check "a dead spoke expires on the hub" wait_for -t 30 forgot R1 R8
nhrpd_start R8
check "and comes back when it lives" wait_for knows R1 R8
finish
