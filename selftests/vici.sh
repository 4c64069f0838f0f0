# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Questions to charon, many and often: see vici.py. Sourced after cloud.sh.

# vici ROUTER COMMAND [KEY=VALUE...]
vici() {
	local holder
	holder=$(<"$CLOUD/$1/holder")
	ask "$TMP/vici.port" "/proc/$holder/root/run/charon.vici" "${@:2}"
}

# ike_ids ROUTER CONNECTION [STATE]: its IKE_SAs, by number, a line each.
ike_ids() {
	local kind name id state
	while read -r kind name id state _; do
		[ "$kind $name" != "ike $2" ] ||
			[ "${3:-$state}" != "$state" ] || echo "$id"
	done < <(vici "$1" list-sas) | sort -n
}

# ike_id ROUTER [CONNECTION]: of the newest that is established.
ike_id() {
	ike_ids "$1" "${2:-DMVPN}" ESTABLISHED | tail -n 1
}

"$SELFTESTS/vici.py" serve "$TMP/vici.port" 3>&- &
PIDS+=($!)
