#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# sid-only
# strongSwan 6.1 is built without IKEv1. Whoever brings a configuration for it
# along is told so, and what to change, where operators look.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

at_end() {
	cloud_keep
}

report_failure() {
	cloud_log
}

says_why() {
	on R6 dmvpnctl show crypto session | tee "$TMP/shown" |
		grep -q 'built without IKEv1: change version of connection DMVPN'
}

says_it_as_json() {
	genl R6 dump session-get |
		jq -e 'select(.state == "failed" and .profile == "DMVPN")'
}

need_module
plan 3
cloud_prepare 1
cloud_start 1
check "show crypto session says that there is no IKEv1" \
	wait_for -t 40 says_why
check "the session has failed" says_it_as_json
for r in "$HUB" R6; do
	charon_conf "$r" 2
	on "$r" swanctl --load-all --noprompt >/dev/null
done
check "with the version changed the spoke comes up, without a restart" \
	wait_for -t 90 registered 1
finish
