#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A spoke without anything of ours (R8): the kernel's gre, XFRM, and charon as
# the distribution ships it. Its NHRP is a static map on the hub and a static
# neighbour on the spoke.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

report_failure() {
	cloud_log 40
	diag "$(on R8 swanctl --list-sas; genl R1 dump session-get
		genl R1 dump peer-get)"
	cloud_keep
}

# example IKE KEY: what the hub's configuration says.
example() {
	sed -n "s/^[[:space:]]*$2 = //p" "$EXAMPLES/swanctl-ikev$1.conf"
}

# stock_spoke IKE
stock_spoke() {
	router_files R8
	cat >"$CLOUD/R8/swanctl/swanctl.conf" <<-EOF
	connections {
		hub {
			version = $1
			local_addrs = $(nbma R8)
			remote_addrs = $(nbma R1)
			proposals = $(example "$1" proposals)
			local {
				auth = psk
			}
			remote {
				auth = psk
			}
			children {
				gre {
					mode = transport
					local_ts = dynamic[47]
					remote_ts = dynamic[47]
					esp_proposals = $(example "$1" esp_proposals)
					start_action = trap
				}
			}
		}
	}
	secrets {
		ike-1 {
			secret = "$PSK"
		}
	}
	EOF
	on R8 mount --bind /dev/null /etc/strongswan.d/charon/dmvpn.conf
	charon_start R8
	ip -n R8 link add gre1 type gre local "$(nbma R8)" key 1 ttl 64
	ip -n R8 addr add "$(overlay R8)/24" dev gre1
	ip -n R8 link set gre1 mtu 1400 up
	ip -n R8 neigh add "$(overlay R1)" lladdr "$(nbma R1)" dev gre1 \
		nud permanent
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
plan 16
modprobe ip_gre
for ike in 1 2; do
	rm -rf "$CLOUD"
	cloud_underlay
	capture net to_R8 "$TMP/wire-$ike.pcap" ip
	router_files R1
	cloud_device R1 protection DMVPN
	charon_conf R1 "$ike"
	charon_start R1
	nhrpd_conf R1
	static_map R1 R8
	nhrpd_start R1
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
