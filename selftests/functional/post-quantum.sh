#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# sid-only
# The post-quantum profile: ML-KEM, which trixie's charon has not, in the IKE SA
# and in a CHILD SA that is rekeyed. Who has none of it is kept out and told why.
# R6 has it, R7 not.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

SPOKES=(R6 R7)
ROUTERS=("$HUB" "${SPOKES[@]}")

report_failure() {
	cloud_log 30
	diag "$(on R6 swanctl --list-sas)"
	diag "$(on R7 dmvpnctl show crypto session)"
	cloud_keep
}

ike_has_it() {
	on R6 swanctl --list-sas | sed '/gre:/,$d' | grep -q KE1_ML_KEM_768
}

child_has_it() {
	on R6 swanctl --list-sas | sed '1,/gre:/d' | grep -q KE1_ML_KEM_768
}

refused() {
	on R7 dmvpnctl show crypto session | grep -q "Reason: the peer takes none" &&
		! ping_ok R7 "$(overlay "$HUB")"
}

need_module
plan 6
cloud_prepare 2
for r in "$HUB" R6; do
	cp "$EXAMPLES/swanctl-post-quantum.conf" \
		"$CLOUD/$r/swanctl/swanctl.conf"
done
cloud_start 2
check "the spoke is let in" wait_for -t 60 registered 1
check "the IKE SA has ML-KEM" ike_has_it
check "the CHILD SA is rekeyed" on R6 swanctl --rekey --child gre
check "with ML-KEM, too" wait_for child_has_it
check "and works" wait_for ping_ok R6 "$(overlay "$HUB")"
check "a spoke without it is kept out, and told why" \
	wait_for -t 40 refused
finish
