#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The cloud from configurations of IOS alone: dmvpnctl import makes all that its
# routers have, devices, swanctl.conf, nhrpd.conf, with QoS, and of the README's
# lines each one carries over.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

IOS=$SELFTESTS/unit/ios
AF21=0x48 AF31=0x68

at_end() {
	cloud_keep
}

report_failure() {
	cloud_log
}

# ---- configurations ----

# router_ios ROUTER: the lines that all have, and its own.
router_ios() {
	cat "$IOS/scenario.ios"
	cat <<-EOF
		interface Loopback1
		 ip address $(nbma "$1") 255.255.255.255
		interface Tunnel0
		 ip address $(overlay "$1") 255.255.255.0
		 ip nhrp network-id 1
		 ip nhrp holdtime 600
		 tunnel source Loopback1
		 tunnel key 1
	EOF
	if [ "$1" = "$HUB" ]; then
		hub_ios
	else
		spoke_ios "$1"
	fi
}

hub_ios() {
	local r
	cat <<-EOF
		 tunnel mode gre multipoint
		 ip nhrp redirect
		 ip nhrp map multicast dynamic
		 ip nhrp map group GOLD service-policy output TO-GOLD
		policy-map QUEUES
		 class BIZ
		  priority percent 20
		 class class-default
		  bandwidth percent 50
		  fair-queue
		policy-map TO-GOLD
		 class class-default
		  shape average 20000000
		  service-policy QUEUES
	EOF
	for r in "${SPOKES[@]}"; do
		echo "ip route $(lan "$r").0 255.255.255.0 $(overlay "$r")"
	done
}

# spoke_ios ROUTER: R8 is one of the first phase, with a tunnel to the hub alone.
spoke_ios() {
	if [ "$1" = R8 ]; then
		echo " tunnel destination $(nbma "$HUB")"
	else
		echo " tunnel mode gre multipoint"
		echo " ip nhrp shortcut"
	fi
	cat <<-EOF
		 ip nhrp nhs $(overlay "$HUB")
		 ip nhrp map $(overlay "$HUB") $(nbma "$HUB")
		 ip nhrp map multicast $(nbma "$HUB")
		 nhrp group GOLD
		ip route 11.11.11.0 255.255.255.0 $(overlay "$HUB")
		ip route 172.16.0.0 255.255.0.0 $(overlay "$HUB")
	EOF
}

# imports ROUTER: into its folders; every line carries over.
imports() {
	router_ios "$1" >"$CLOUD/$1/running-config"
	dmvpnctl -j import ios "$CLOUD/$1/running-config" -o "$CLOUD/$1" \
		>"$CLOUD/$1/imported" || return 1
	jq -e '.lines | length > 20 and
		all(.outcome == "carried" or .outcome == "changed")' \
		"$CLOUD/$1/imported"
}

untold() {
	! grep -q "$PSK" "$CLOUD"/R*/imported
}

modes() {
	local file
	for file in nhrpd.conf swanctl/swanctl.conf dmvpn/dmvpn0.conf; do
		[ "$(stat -c %a "$CLOUD/R6/$file")" = 600 ] || return 1
	done
}

# ---- the cloud ----

devices() {
	local r
	for r in "${ROUTERS[@]}"; do
		ip -n "$r" -batch "$CLOUD/$r/dmvpn/dmvpn0.conf" || return 1
	done
}

# by_hub ROUTER OTHER: the router asks for no direct path, and has none.
by_hub() {
	ping_ok "$1" "$(overlay "$2")" && ! direct "$1" "$2"
}

# marked OUTER: what R6 sends to the business has AF21 when it comes out of the
# tunnel, and that mark while it is in it.
marked() {
	local outer
	capture net to_R6 "$TMP/outer.pcap" 'src 6.6.6.6 and ip proto 50'
	outer=$CAPTURE
	capture "$HUB" dmvpn0 "$TMP/inner.pcap" 'dst 11.11.11.1'
	on R6 ping -n -q -c 3 -i 0.2 -W 2 -I 172.16.6.1 11.11.11.1 || return 1
	capture_end
	capture_end "$outer"
	echo "outer $(packets "$TMP/outer.pcap" "ip[1] = $1")," \
		"inner $(packets "$TMP/inner.pcap" "ip[1] = $AF21")"
	[ "$(packets "$TMP/outer.pcap" "ip[1] = $1")" -ge 3 ] &&
		[ "$(packets "$TMP/inner.pcap" "ip[1] = $AF21")" -ge 3 ]
}

queues() {
	[ "$(on "$HUB" dmvpnctl -j show nhrp group-map |
		jq '.groups[] | select(.policy == "TO-GOLD").peers')" = 3 ]
}

# without LINE: R6's configuration, imported again.
without() {
	sed "/$1/d" "$CLOUD/R6/running-config" >"$CLOUD/R6/changed-config"
	dmvpnctl import ios "$CLOUD/R6/changed-config" -o "$CLOUD/R6" &&
		kill -HUP "$(pid_of R6 nhrpd)"
}

# ends FILE: the import does, whatever it says.
ends() {
	timeout 60 dmvpnctl import ios "$1" -o "$CLOUD/R6"
}

# loads NAME: charon takes what becomes of it.
loads() {
	dmvpnctl import ios "$IOS/$1.ios" -o "$TMP/$1" &&
		nhrpd -n -c "$TMP/$1/nhrpd.conf" &&
		on R8 swanctl --load-all --noprompt \
			--file "$TMP/$1/swanctl/swanctl.conf"
}

need_module
plan 24
rm -rf "$CLOUD"
cloud_underlay
for r in "${ROUTERS[@]}"; do
	router_files "$r"
	check "$r: every line carries over" imports "$r"
done
check "the key is in no report" untold
check "files are their owner's" modes
check "ip takes the devices' files" devices
cloud_start 1
check "three spokes register" wait_for -t 60 registered 3
for r in "${SPOKES[@]}"; do
	check "$r reaches the business LAN" wait_for ping_ok "$r" 11.11.11.1
done
ping_ok R6 "$(overlay R7)" || true
check "R6 and R7 have a direct path" wait_for -t 40 direct R6 R7
ping_ok R8 "$(overlay R7)" || true
check "R8 reaches R7, by the hub alone" by_hub R8 R7
check "business leaves with AF31 outside, AF21 inside" \
	wait_for marked "$AF31"
check "the hub queues towards each spoke by its group" wait_for queues
check "an import without qos pre-classify" without "qos pre-classify"
check "has the inner mark outside" wait_for marked "$AF21"
cp "$CLOUD/R6/nhrpd.conf" "$TMP/before"
check_fails "one without a tunnel is refused" "no multipoint tunnel" \
	dmvpnctl import ios /dev/null -o "$CLOUD/R6"
check "and leaves the files" cmp "$TMP/before" "$CLOUD/R6/nhrpd.conf"
check_fails "what has no end is refused" \
	'/dev/zero: more than 4 MiB: .*take out' ends /dev/zero
head -c 4194305 /dev/zero >"$TMP/long"
check_fails "so is a file that is too long" 'long: more than 4 MiB' \
	ends "$TMP/long"
check "and these leave the files, too" \
	cmp "$TMP/before" "$CLOUD/R6/nhrpd.conf"
check "nhrpd and charon take a hub with everything" loads hub
check "and a branch with IKEv2" loads branch
finish
