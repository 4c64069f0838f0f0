#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# if-state: a spoke's device has a carrier while the spoke is registered. It is
# given back by who stops, and left as it is by who is killed.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

report_failure() {
	cloud_log 25
	diag "$(ip -n R6 -d link show dmvpn0)"
	cloud_keep
}

carrier() {
	ip -n R6 -j link show dmvpn0 |
		jq -e '.[0].flags | index("LOWER_UP") != null' >/dev/null
}

no_carrier() {
	! carrier
}

# changes: of the carrier, since the device was made.
changes() {
	ip -n R6 -j -s -s link show dmvpn0 |
		jq '.[0].stats64.tx.carrier_changes'
}

# if_state BOOL: for R6, which renews its registration every 3 seconds.
if_state() {
	holdtime "$EXAMPLES/nhrpd-spoke.conf" 9 |
		sed "s/holdtime = .*/&\n\tif-state = $1/" \
		>"$CLOUD/R6/nhrpd.conf"
}

need_module
plan 13
cloud_prepare 0
check "a device has a carrier" carrier
if_state true
nhrpd_start R6
check "if-state, and no server: it has none" wait_for no_carrier
nhrpd_start R1
check "registered, though NHRP had no carrier: it has one" wait_for carrier
check "packets flow" wait_for ping_ok R6 "$(overlay R1)"

BEFORE=$(changes)
check "changes are counted" [ "$BEFORE" -ge 2 ]
daemon_stop R6 nhrpd KILL
check "nhrpd killed: the carrier stays" carrier
nhrpd_start R6
check "packets flow still" ping_ok R6 "$(overlay R1)"
check "and it registers again" wait_for registered 1
check_eq "without a change of the carrier" "$(changes)" "$BEFORE"

daemon_stop R1 nhrpd KILL
check "the server does not answer any more: no carrier" \
	wait_for -t 60 no_carrier
if_state false
kill -HUP "$(pid_of R6 nhrpd)"
check "switched off by a reload: the carrier is back" wait_for carrier
if_state true
kill -HUP "$(pid_of R6 nhrpd)"
check "switched on: it is gone" wait_for no_carrier
daemon_stop R6 nhrpd
check "nhrpd stopped: it is given back" carrier
finish
