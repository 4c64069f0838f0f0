#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# A spoke without anything of ours, R8, and our hub; see ../stock.sh.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"
. "$SELFTESTS/stock.sh"

report_failure() {
	cloud_log 40
	diag "$(on R8 swanctl --list-sas; genl R1 dump session-get
		genl R1 dump peer-get)"
	cloud_keep
}

big_transfer() {
	background ip netns exec R1 iperf3 -s -1 --forceflush \
		>"$TMP/iperf3.server"
	wait_for grep -q listening "$TMP/iperf3.server" || return 1
	timeout 60 ip netns exec R8 iperf3 -c "$(overlay R1)" -n 2M "$@" ||
		return 1
	stop "$BG"
}

without_ours() {
	! on R8 swanctl --stats | grep -w dmvpn
}

need_module
mapfile -t VERSIONS < <(ike_versions)
plan $((8 * ${#VERSIONS[@]}))
modprobe ip_gre
for ike in "${VERSIONS[@]}"; do
	rm -rf "$CLOUD"
	cloud_underlay
	capture net to_R8 "$TMP/wire-$ike.pcap" ip
	stock_hub "$ike"
	stock_spoke "$ike"
	check "IKEv$ike: the spoke's charon has no plugin of ours" without_ours
	check "IKEv$ike: the stock spoke reaches our hub" \
		wait_for ping_ok R8 "$(overlay R1)"
	check "IKEv$ike: our hub reaches the stock spoke" \
		wait_for ping_ok R1 "$(overlay R8)"
	check "IKEv$ike: TCP to our hub" big_transfer
	check "IKEv$ike: TCP from our hub" big_transfer -R
	check "IKEv$ike: XFRM holds the spoke's SAs" \
		grep -q 'proto esp' <(ip -n R8 xfrm state)
	capture_end
	# While the spoke's charon is not there, it says so by ICMP.
	check_eq "IKEv$ike: nothing but IKE and ESP on the wire" \
		"$(packets "$TMP/wire-$ike.pcap" \
			'not esp and not udp port 500 and not udp port 4500' \
			'and not icmp[icmptype] == icmp-unreach')" 0
	check "IKEv$ike: and plenty of ESP" test \
		"$(packets "$TMP/wire-$ike.pcap" esp)" -gt 1000
	cloud_down
done
finish
