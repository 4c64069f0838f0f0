#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A cloud without IKE that has two hubs, R1 and R8, and spokes that use one of
# them at a time. R6 knows R1 by a name, which means nothing at first. R1's
# underlay is cut: the spokes leave it within three seconds, what they send goes
# through R8, and when R1 is back, so are they.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

report_failure() {
	cloud_log 25
	diag "$(nhs R6)"
	diag "$(cat "$TMP/events")"
	cloud_keep
}

# spoke_conf SPOKE NAME: without shortcuts, so that packets show which hub is
# used. NAME is R1's address or name.
spoke_conf() {
	cat >"$CLOUD/$1/nhrpd.conf" <<-EOF
	interface dmvpn0 {
		holdtime = 600
		shortcut = false
		probe-interval = 1
		fallback = 5
		cluster 0 {
			max-connections = 1
		}
		nhs $(overlay R1) {
			nbma = $2
			priority = 1
		}
		nhs $(overlay R8) {
			nbma = $(nbma R8)
			priority = 2
		}
	}
	EOF
}

nhs() {
	on "$1" dmvpnctl show nhrp nhs detail
}

# server SPOKE HUB LETTERS STATE
server() {
	nhs "$1" | grep -A 1 "^$(overlay "$2")  $3" | grep -q "State: $4 "
}

# uses SPOKE HUB: it has registered there.
uses() {
	server "$1" "$2" "RE  " up
}

waits() {
	server "$1" "$2" "W  " down
}

tries() {
	server "$1" "$2" "E  " probe
}

no_peer() {
	local peers
	peers=$(genl "$1" dump peer-get) || return 1
	! grep -qF "\"remote\": \"$(nbma "$2")\"" <<<"$peers"
}

both_use() {
	uses R6 "$1" && uses R7 "$1"
}

# said_at TEXT: when nhrpd of R6 said it, in ms since the epoch.
said_at() {
	jq -s --arg text "$1" 'map(select(.text // "" | contains($text)))
		| first // empty | .time
		| (.[0:19] + "Z" | fromdateiso8601) * 1000 + (.[20:23] | tonumber)
		' "$TMP/events"
}

has_said() {
	[ -n "$(said_at "$1")" ]
}

# names_of ROUTER: it has hosts and resolv.conf of its own, and no name server.
names_of() {
	local file
	echo "nameserver 127.0.0.1" >"$CLOUD/$1/resolv.conf"
	: >"$CLOUD/$1/hosts"
	for file in hosts resolv.conf; do
		[ -e "/etc/$file" ] || : >"/etc/$file"
		on "$1" mount --bind "$CLOUD/$1/$file" "/etc/$file"
	done
}

name_failed() {
	nhs "$1" | grep -q 'Last error: hub.example: '
}

underlay() {
	ip -n net link set to_R1 "$1"
	[ "$1" = down ] || ip -n net route replace "$(nbma R1)/32" via 10.0.1.2
}

# carried HUB: packets that it has sent to its peers.
carried() {
	genl "$1" dump peer-get | jq -s 'map(."tx-packets") | add // 0'
}

# through HUB: pings from R6 to R7 go that way.
through() {
	local before
	before=$(carried "$1")
	in_ns R6 ping -n -q -c 10 -i 0.05 -W 1 "$(overlay R7)" >/dev/null &&
		[ "$(carried "$1")" -ge $((before + 20)) ]
}

need_module
plan 14
cloud_prepare 0
cp "$EXAMPLES/nhrpd-hub.conf" "$CLOUD/R8/nhrpd.conf"
spoke_conf R6 hub.example
spoke_conf R7 "$(nbma R1)"
names_of R6
for r in R1 R8 R6 R7; do
	nhrpd_start "$r"
done
check "without an address of R1, R6 uses R8" wait_for uses R6 R8
check "and shows why" wait_for name_failed R6
echo "$(nbma R1) hub.example" >"$CLOUD/R6/hosts"
kill -HUP "$(pid_of R6 nhrpd)"
check "the spokes use R1" wait_for both_use R1
check "R8 waits" wait_for waits R6 R8
check "and has no peer" no_peer R6 R8
check "packets go through R1" wait_for through R1

console R6
background "${CONSOLE[@]}" dmvpnctl -j monitor >"$TMP/events" 2>&1
# It listens when it tells of something that happens.
listening() {
	genl R6 peer-new dev=dmvpn0 remote=10.9.9.9
	genl R6 peer-del dev=dmvpn0 remote=10.9.9.9
	test -s "$TMP/events"
}
wait_for listening

CUT=$((${EPOCHREALTIME/./} / 1000))
underlay down
check "R1 is lost" wait_for has_said "is lost"
took=$(($(said_at "is lost") - CUT))
check "within three seconds: $took ms" test "$took" -le 3000
check "the spokes use R8" wait_for both_use R8
check "and still try R1" wait_for tries R6 R1
check "packets go through R8" wait_for through R8

underlay up
check "R1 is back, and used again" wait_for -t 40 both_use R1
check "R8 waits again, without a peer" wait_for waits R6 R8
check "packets go through R1 again" wait_for through R1
finish
