#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# The keys of an SA, which charon is told to write to its log here, are in none of
# its memory once the kernel has them. What has to be there is found: the secret.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

SPOKES=(R6)
ROUTERS=("$HUB" R6)

# keys ROUTER: the first line of 16 bytes of each, in hex.
keys() {
	sed -nE '/(encryption|integrity) (initiator|responder) key =>/ {
		n
		s/.* 0: (([0-9A-F]{2} ){16}).*/\1/p
	}' "$CLOUD/$1/charon.log" | tr -d ' '
}

# in_memory ROUTER HEX...
in_memory() {
	"$SELFTESTS/memory.py" "$(pid_of "$1" charon)" "${@:2}"
}

# nowhere ROUTER: it was looked for, and not found.
nowhere() {
	local status=0
	in_memory "$1" "${KEYS[@]}" || status=$?
	[ "$status" = 3 ]
}

need_module
plan $((5 * $(ike_versions | wc -l)))
for ike in $(ike_versions); do
	cloud_prepare "$ike"
	for r in "${ROUTERS[@]}"; do
		charon_edit "$r" 's/default = 1/&\n chd = 4/'
	done
	cloud_start "$ike"
	wait_for -t 60 registered 1
	mapfile -t KEYS < <(keys R6)
	check "IKEv$ike: the log has a key for each direction" \
		test ${#KEYS[@]} -ge 2
	for r in "${ROUTERS[@]}"; do
		check "IKEv$ike, $r: the secret is in charon's memory" \
			in_memory "$r" "$(printf %s "$PSK" |
				od -An -tx1 | tr -d ' \n')"
		check "IKEv$ike, $r: no key is" wait_for nowhere "$r"
	done
	cloud_down
done
finish
