#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# QoS as the operator writes and sees it: the cloud's marks by nhrpd.conf, its
# reload and restart, dmvpnctl's policies, and what it shows.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

SPOKES=(R6)
ROUTERS=(R1 R6)
AF21=0x48 AF31=0x68 AF41=0x88
LOST=0

at_end() {
	cloud_keep
}

report_failure() {
	cloud_log
}

conf() {
	sed "$1" "$EXAMPLES/nhrpd-qos.conf"
}

reload() {
	local before
	before=$(grep -c 'read again\|has errors' "$CLOUD/R6/nhrpd.log" || true)
	cat >"$CLOUD/R6/nhrpd.conf"
	kill -HUP "$(pid_of R6 nhrpd)"
	wait_for reloaded "$before"
}

reloaded() {
	[ "$(grep -c 'read again\|has errors' "$CLOUD/R6/nhrpd.log")" -gt "$1" ]
}

ctl() {
	on R6 dmvpnctl "$@"
}

# marked OUTER INNER ADDRESS: all that R6 sends to it has these marks.
marked() {
	local file=$TMP/marked.pcap a b c d to
	IFS=. read -r a b c d <<<"$3"
	to="src 6.6.6.6 and ip[44:4] = $((a << 24 | b << 16 | c << 8 | d))"
	capture net to_R6 "$file" 'ip proto 47'
	on R6 ping -n -q -c 3 -i 0.2 -W 1 -I 172.16.6.1 "$3" || return 1
	capture_end
	[ "$(packets "$file" "$to")" -ge 3 ] &&
		[ "$(packets "$file" "$to and ip[1] = $1 and ip[29] = $2")" = \
		"$(packets "$file" "$to")" ]
}

# shows TEXT COMMAND...: what dmvpnctl shows, blanks squeezed.
shows() {
	local text=$1
	shift
	ctl "$@" >"$TMP/shown" || return 1
	tr -s ' \n' ' ' <"$TMP/shown" | grep -qF -- "$text" || {
		cat "$TMP/shown"
		return 1
	}
}

policies() {
	ctl -j policy list | jq -r '[.policies[].name] | sort | join(" ")'
}

stream_start() {
	console R6
	"${CONSOLE[@]}" ping -n -i 0.05 -W 1 -I 172.16.6.1 11.11.11.1 \
		>"$TMP/stream" 2>&1 3>&- &
	STREAM=$!
	PIDS+=("$STREAM")
	wait_for grep -q 'icmp_seq=3 ' "$TMP/stream"
}

stream_end() {
	stop "$STREAM" INT
	LOST=$(sed -n 's/.* \([0-9.]*\)% packet loss.*/\1/p' "$TMP/stream")
	[ "$LOST" = 0 ]
}

# big CLASSES LINES: a file with a policy of so many lines.
big() {
	local c i
	for ((c = 0; c < $1; c++)); do
		echo "access-list L$c { lines = {"
		for ((i = 0; i < $2; i++)); do
			echo "\"permit udp any 10.$c.$((i / 250)).$((i % 250))/32 eq $i\","
		done
		echo '"deny ip any any" } }'
		echo "class-map L$c { match-any = \"access-group L$c\" }"
	done
	echo "policy-map BIG {"
	for ((c = 0; c < $1; c++)); do
		echo "class L$c { set-mark = $c }"
	done
	echo "}"
}

need_module
plan 29
cloud_prepare 0
cp "$EXAMPLES/nhrpd-qos.conf" "$CLOUD/R6/nhrpd.conf"
cloud_start 0
wait_for -t 60 registered 1
on R6 ip route add 11.11.11.0/24 via 192.168.1.1
on R1 ip route add 172.16.6.0/24 via 192.168.1.6

# ---- what is in force, and seen ----

check_eq "both policies are in the kernel" "$(policies)" "INNER OUTER"
check "business leaves with AF31 outside, AF21 inside" \
	marked "$AF31" "$AF21" 11.11.11.1
check "all else leaves as it is" marked 0 0 192.168.1.1
check "show policy-map interface: the operator's words, and counters" \
	shows "QoS pre-classification is on Service-policy output: INNER Class-map: BIZ (match-any) 3 packets, 252 bytes 5 minute offered rate" \
	show policy-map interface dmvpn0
check "of its statements, too, and a rate" \
	shows "bps, drop rate 0 bps Match: access-group name BIZ 3 packets, 252 bytes QoS Set dscp af21 Packets marked 3" \
	show policy-map interface dmvpn0
check "show policy-map" \
	shows "Policy Map OUTER Class BIZ Match: access-group name BIZ set dscp tunnel af31 Class class-default" \
	show policy-map OUTER
check "show policy-map multipoint: no peer has a policy" \
	ctl show policy-map multipoint
check "test classify: business" shows "class BIZ Match: access-group name BIZ Line 2: permit ip any 11.11.11.0/24 set-outer-dscp af31" \
	test classify OUTER src 172.16.6.1 dst 11.11.11.9 protocol udp dport 53
check "test classify: denied by the access list" shows "class class-default" \
	test classify OUTER src 172.16.6.1 dst 11.11.11.9 protocol tcp dport ssh
check_fails "test classify: no such policy" "policy NONE: no such policy" \
	ctl test classify NONE src 1.1.1.1 dst 2.2.2.2 protocol tcp

# ---- reload ----

conf 's/qos-pre-classify = true/qos-pre-classify = false/' | reload
check "without pre-classify the outer mark is copied" \
	marked "$AF21" "$AF21" 11.11.11.1
conf 's/set-dscp = af21/set-dscp = af99/' | reload
check "a reload with an error says where" \
	grep -q 'nhrpd.conf:19: set-dscp = af99: use a name' \
	"$CLOUD/R6/nhrpd.log"
check "and leaves all as it was" marked "$AF21" "$AF21" 11.11.11.1
stream_start
conf 's/af31/af41/; s/OUTER/OTHER/' | reload
check "other policies" marked "$AF41" "$AF21" 11.11.11.1
check "came without a loss" stream_end
check_eq "those that went are gone" "$(policies)" "INNER OTHER"
check "a policy that did not change keeps its counters" \
	test "$(ctl -j show policy-map INNER |
		jq '.policies[0].classes[0].packets')" -gt 12

# ---- restart ----

stream_start
daemon_stop R6 nhrpd KILL
check "nhrpd killed: marks go on" marked "$AF41" "$AF21" 11.11.11.1
check "and the lines speak for themselves" \
	shows "Match: permit ip any 11.11.11.0/24" \
	show policy-map interface dmvpn0
cp "$EXAMPLES/nhrpd-qos.conf" "$CLOUD/R6/nhrpd.conf"
nhrpd_start R6
check "started again, with other policies" wait_for \
	marked "$AF31" "$AF21" 11.11.11.1
check "without a loss" stream_end
check_eq "what its forerunner had is left" "$(policies)" "INNER OTHER OUTER"
conf '/qos-pre\|service-policy/d' | reload
check "a device that shall have none has none" marked 0 0 11.11.11.1

# ---- dmvpnctl alone ----

cp "$EXAMPLES/nhrpd-qos.conf" "$CLOUD/R6/nhrpd.conf"
kill -HUP "$(pid_of R6 nhrpd)"
wait_for marked "$AF31" "$AF21" 11.11.11.1
check_fails "a policy in use is not deleted" "policy OUTER: .* refer to it" \
	ctl policy delete OUTER
daemon_stop R6 nhrpd
check_eq "nhrpd stopped: its policies are gone" "$(policies)" "OTHER"
check "policy delete" ctl policy delete OTHER
big 4 500 >"$TMP/big.conf"
check "policy load: 2,000 lines" ctl policy load "$TMP/big.conf"
check "of which each is found" shows "class L3 Line 500: permit udp any host 10.3.1.249 eq 499 set-mark 3" \
	test classify BIG src 1.1.1.1 dst 10.3.1.249 protocol udp dport 499
echo 'policy-map A { class B { } }' >"$TMP/bad.conf"
check_fails "a file with an error" "bad.conf:1: class B: no class-map" \
	ctl policy load "$TMP/bad.conf"
finish
