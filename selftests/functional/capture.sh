#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# dmvpnctl capture: packets in clear as Wireshark reads them, those of one peer
# and no others, with who sent them where; and it is told that somebody does it.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"
. "$SELFTESTS/cloud.sh"

SPOKES=(R6 R7)
ROUTERS=(R1 R6 R7)

report_failure() {
	diag "$(cat "$TMP"/*.said 2>/dev/null; tail -n 5 "$TMP/syslog")"
	diag "$(tshark -r "$TMP/pcap" 2>&1 | tail -n 20)"
}

# begin NODE ARGUMENT...: a capture, which runs when this returns.
begin() {
	local node=$1
	shift
	background dmvpnctl -N "$node" capture -w "$TMP/pcap" "$@" \
		2>"$TMP/capture.said"
	CAPTURE=$BG
	wait_for grep -q '^capturing' "$TMP/capture.said"
}

# end: it writes what it has.
end() {
	stop "$CAPTURE" INT
	grep -Eq '^[0-9]+ packets captured, 0 lost' "$TMP/capture.said"
}

# shark FILTER FIELD...: of the packets that it is true of.
shark() {
	local filter=$1 field fields=()
	shift
	for field in "$@"; do
		fields+=(-e "$field")
	done
	tshark -r "$TMP/pcap" -Y "$filter" -T fields "${fields[@]}" 2>/dev/null
}

number() {
	shark "$1" frame.number | wc -l
}

written() {
	[ "$(stat -c %s "$TMP/pcap")" -gt "$1" ]
}

need_module
background busybox syslogd -n -O "$TMP/syslog"
wait_for test -S /dev/log
plan 33

# ---- protected, no daemon ----

underlay a b c
for node in a b c; do
	tunnel "$node" protection DMVPN
done
for node in b c; do
	peer a "$node"
	peer "$node" a
	protect a "$node" gcm128
done
ip -n a route add 172.16.2.0/24 via "${OVERLAY[b]}" dev dmvpn0
ip -n b addr add 172.16.2.1/32 dev lo
wait_for ping_ok a "${OVERLAY[b]}"
wait_for ping_ok a "${OVERLAY[c]}"

begin a "${NBMA[b]}"
check "ping b" ping_ok a "${OVERLAY[b]}" -p "$CANARY_HEX"
check "and what is behind b" ping_ok a 172.16.2.1
check "and c" ping_ok a "${OVERLAY[c]}"
wait_for written 600
check "it ends when it is interrupted" end
check "what was encrypted is there in clear" says "$CANARY" "$TMP/pcap"
check_eq "four packets, all of b" "$(number icmp) $(number frame)" "4 4"
check_eq "none of c" "$(number "ip.addr == ${OVERLAY[c]}")" 0
check_eq "where they went" "$(shark 'icmp.type == 8' frame.comment | sort -u)" \
	"to ${NBMA[b]}"
check_eq "whence they came" \
	"$(shark 'icmp.type == 0' frame.comment | sort -u)" "from ${NBMA[b]}"
check_eq "senders in the underlay" \
	"$(shark icmp sll.src.ipv4 | sort -u | tr '\n' ' ')" \
	"${NBMA[a]} ${NBMA[b]} "
check_eq "directions" "$(shark icmp frame.packet_flags_direction icmp.type |
	tr -s '\t\n' ' ')" "0x00000002 8 0x00000001 0 0x00000002 8 0x00000001 0 "
check_eq "the device's name" \
	"$(shark icmp frame.interface_name | sort -u)" dmvpn0
check "nobody else may read it" [ "$(stat -c %a "$TMP/pcap")" = 600 ]
check "syslog says that it ran" \
	grep -q "capturing the traffic in clear of ${NBMA[b]} on all devices, for user 0" "$TMP/syslog"
check "and that it ended" grep -q 'capture has ended: 4 packets' "$TMP/syslog"

begin a "${OVERLAY[c]}" -c 3 dev dmvpn0
ping_ok a "${OVERLAY[b]}"
ip netns exec a ping -q -c 3 -i 0.1 "${OVERLAY[c]}" >/dev/null
check "a peer by its tunnel address, and an end after 3 packets" \
	wait_for gone_or_reaped "$CAPTURE"
check_eq "three, all of c" \
	"$(number "frame.comment contains \"${NBMA[c]}\"") $(number frame)" "3 3"

dmvpnctl -N a capture -c 2 2>/dev/null >"$TMP/pcap" &
PIDS+=($!)
wait_for written 60
ping_ok a "${OVERLAY[b]}"
check "to a pipe" wait_for gone_or_reaped $!
check_eq "two of them" "$(number icmp)" 2
ended() {
	grep -c 'capture has ended' "$TMP/syslog"
}

# some_more: a's traffic, until another capture has ended.
some_more() {
	ping_ok a "${OVERLAY[b]}"
	[ "$(ended)" -gt "$ENDED" ]
}

ENDED=$(ended)
dmvpnctl -N a capture 2>/dev/null | head -c 60 >/dev/null &
check "when its reader has gone it ends, and syslog says so" wait_for some_more
check_fails "no such peer" 'no peer has that NBMA or tunnel address: 10.9.9.9' \
	dmvpnctl -N a capture 10.9.9.9 -w "$TMP/none"
check_fails "no number" '-c wants a number of packets: "none"' \
	dmvpnctl -N a capture -c none -w "$TMP/none"
check_fails "a file that cannot be written" 'No such file or directory' \
	dmvpnctl -N a capture -w /nowhere/file
check_fails "no rights" 'CAP_NET_ADMIN|CAP_NET_RAW' \
	ip netns exec a setpriv --reuid nobody --clear-groups \
	dmvpnctl capture -w /dev/null
ns_del a b c mid

# ---- with NHRP ----

cloud_up 0
console R1
background "${CONSOLE[@]}" dmvpnctl capture "$(nbma R6)" -w "$TMP/pcap" \
	2>"$TMP/capture.said"
CAPTURE=$BG
wait_for grep -q '^capturing' "$TMP/capture.said"
check "nhrpd's log says so" wait_for grep -Eq \
	'pid [0-9]+, user 0. captures the traffic in clear of 6.6.6.6 on all' \
	"$CLOUD/R1/nhrpd.log"
on R6 dmvpnctl clear nhrp >/dev/null
on R7 dmvpnctl clear nhrp >/dev/null
wait_for registered 2
check "pings" wait_for ping_ok R6 "$(overlay R1)"
stop "$CAPTURE" INT
check "and says when it ended" \
	wait_for grep -q 'captures no more' "$CLOUD/R1/nhrpd.log"
check "a registration of R6 is dissected" \
	[ "$(number 'nhrp.hdr.op.type == 3 && sll.src.ipv4 == 6.6.6.6')" -ge 1 ]
check "and the hub's reply" [ "$(number \
	'nhrp.hdr.op.type == 4 && frame.comment == "to 6.6.6.6"')" -ge 1 ]
check_eq "none of R7's" "$(number 'nhrp.src.prot.addr == 192.168.1.7')" 0
check "nothing that Wireshark does not understand" \
	[ "$(number '_ws.malformed || data')" -eq "$(number 'icmp && data')" ]
check_eq "all of R6" "$(number frame)" \
	"$(number 'frame.comment contains "6.6.6.6"')"

# What R6 asks R7 for comes from the hub, which passes it on.
console R7
background "${CONSOLE[@]}" dmvpnctl capture "$(nbma R1)" -w "$TMP/pcap" \
	2>"$TMP/capture.said"
CAPTURE=$BG
wait_for grep -q '^capturing' "$TMP/capture.said"
on R6 dmvpnctl clear nhrp shortcut >/dev/null
wait_for ping_ok R6 "$(overlay R7)"
asked_by_r6() {
	[ "$(number 'nhrp.hdr.op.type == 1 && nhrp.src.prot.addr == 192.168.1.6 &&
		frame.comment == "from 1.1.1.1"')" -ge 1 ]
}
check "R6's question is the hub's packet" wait_for asked_by_r6
stop "$CAPTURE" INT
finish
