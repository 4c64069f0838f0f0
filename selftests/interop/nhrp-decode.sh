#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Another implementation reads our NHRP: tshark finds every message type of a
# cloud without protection, and nothing malformed.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

FILE=$TMP/nhrp.pcap

report_failure() {
	cloud_log
	cloud_keep
}

# decode: all that tshark says, and the types of messages, a line each.
decode() {
	tshark -n -V -r "$FILE" >"$TMP/decoded" 2>"$TMP/tshark.log" &&
		tshark -n -r "$FILE" -Y nhrp -T fields -e nhrp.hdr.op.type \
			>"$TMP/types" 2>>"$TMP/tshark.log" &&
		grep -c 'Next Hop Resolution Protocol' "$TMP/decoded"
}

# seen TYPE
seen() {
	grep -x "$1" "$TMP/types"
}

# complaints PATTERN: how many lines of the decoded packets match.
complaints() {
	grep -Eci "$1" "$TMP/decoded"
}

# The LANs are routed over the hub, so that it has something to redirect.
lan_routes() {
	local r
	for r in R6 R7; do
		on "$HUB" ip route add "$(lan "$r").0/24" via "$(overlay "$r")"
		on "$r" ip route add 172.16.0.0/16 via "$(overlay "$HUB")"
	done
}

shortcut_route() {
	on R6 ip route show proto nhrp | grep -q "$(lan R7).0/24"
}

need_module
plan 11
cloud_up 0
capture net to_R6 "$FILE" proto 47
daemon_stop R6 nhrpd
nhrpd_start R6
check "a spoke registers again" wait_for registered 3
lan_routes
on R6 ping -n -q -c 3 -i 0.3 -I "$(lan R6).1" "$(lan R7).1" >/dev/null || true
check "a redirect leads to a shortcut for the prefix" wait_for shortcut_route
daemon_stop R7 nhrpd
sleep 1
capture_end

check "tshark finds NHRP" decode
check "registration requests" seen 3
check "registration replies" seen 4
check "resolution requests" seen 1
check "resolution replies" seen 2
check "purge requests" seen 5
check "redirects (traffic indications)" seen 8
check_eq "no frame is malformed" \
	"$(complaints 'malformed|expert info \(error')" 0
check_eq "no NHRP checksum or length is wrong" \
	"$(complaints 'incorrect|unknown extension')" 0
finish
