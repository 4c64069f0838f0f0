#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# Two spokes of the reference cloud behind one NAT address: charon finds the NAT
# and agrees on UDP, the hub tells the spokes apart by their ports, packets go
# both ways through charon's socket, and the sessions survive a rekeying.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

NAT=9.9.9.9

at_end() {
	cloud_keep
}

report_failure() {
	cloud_log 30
	diag "$(genl R1 dump session-get; genl R1 dump peer-get
		genl R1 dump nexthop-get)"
}

# The provider shows R6 and R7 to all others as NAT.
nat() {
	ip -n net addr add "$NAT/32" dev lo
	in_ns net nft -f - <<-EOF
		table ip nat {
			chain out {
				type nat hook postrouting priority srcnat
				ip saddr $(nbma R6) snat to $NAT
				ip saddr $(nbma R7) snat to $NAT
			}
		}
	EOF
}

# sessions FILTER: how many of the hub's that are up.
sessions() {
	genl "$HUB" dump session-get |
		jq -s "map(select(.state == \"up\" and ($1))) | length"
}

have_sessions() {
	[ "$(sessions ".remote == \"$NAT\" and .\"remote-port\" != 0")" -eq 2 ]
}

# in_udp ROUTER COUNT: so many packets came to it in UDP.
in_udp() {
	[ "$(genl "$1" dump sa-get | jq -s 'map(select(."remote-port" != 0 and
		.dir == "in").packets) | add')" -ge "$2" ]
}

both_ways() {
	on "$1" ping -n -q -c 20 -i 0.02 -W 2 -p "$CANARY_HEX" \
		"$(overlay "$2")" >"$TMP/ping"
	grep '20 received' "$TMP/ping"
}

# out_spi ROUTER: that of its session with the hub.
out_spi() {
	genl "$1" dump session-get |
		jq "select(.remote == \"$(nbma "$HUB")\").\"out-spi\""
}

# rekeyed ROUTER SPI: it sends with another, which it does when it has seen that
# the hub has the new SAs, too.
rekeyed() {
	ping_ok "$1" "$(overlay "$HUB")" && [ "$(out_spi "$1")" != "$2" ]
}

# rekey ROUTER: its IKE daemon makes new SAs while packets go.
rekey() {
	local before
	before=$(out_spi "$1")
	on "$1" swanctl --rekey --child gre || return 1
	wait_for rekeyed "$1" "$before"
}

need_module
plan $((12 * $(ike_versions | wc -l)))
for ike in $(ike_versions); do
	cloud_prepare "$ike"
	nat
	capture net to_R1 "$TMP/wire.pcap" not arp
	cloud_start "$ike"
	check "IKEv$ike: three spokes register" wait_for -t 90 registered 3
	check "IKEv$ike: two have sessions with the same address" \
		wait_for have_sessions
	for r in R6 R7; do
		check "IKEv$ike: $r reaches the hub" both_ways "$r" R1
		check "IKEv$ike: the hub reaches $r" both_ways R1 "$r"
		check "IKEv$ike: in UDP" in_udp "$r" 40
	done
	check "IKEv$ike: R8, which has no NAT, reaches the hub" both_ways R8 R1
	check "IKEv$ike: R6 rekeys" rekey R6
	check "IKEv$ike: and is reached" both_ways R1 R6
	capture_end
	check "IKEv$ike: no byte of the canary is on the wire" \
		silent_on "$CANARY" "$TMP/wire.pcap"
	cloud_down
done
finish
