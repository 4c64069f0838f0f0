#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# The hub is behind a NAT, which hands on to it what comes to the one address
# that R6 knows of it: packets go both ways in UDP, and either end rekeys.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

SPOKES=(R6)
ROUTERS=("$HUB" R6)
NAT=192.0.2.1
RATE=20

at_end() {
	cloud_keep
}

report_failure() {
	cloud_log 30
	diag "$(genl "$HUB" dump session-get; genl R6 dump session-get
		on R6 dmvpnctl show nhrp nhs; on R6 swanctl --list-sas)"
}

nat() {
	ip -n net addr add "$NAT/32" dev lo
	in_ns net nft -f - <<-EOT
		table ip nat {
			chain in {
				type nat hook prerouting priority dstnat
				ip daddr $NAT dnat to $(nbma "$HUB")
			}
			chain out {
				type nat hook postrouting priority srcnat
				ip saddr $(nbma "$HUB") snat to $NAT
			}
		}
	EOT
}

up() { # IKE
	cloud_prepare "$1"
	nat
	sed -i "s/nbma = .*/nbma = $NAT/" "$CLOUD/R6/nhrpd.conf"
	cloud_start "$1"
	wait_for -t 60 registered 1 &&
		wait_for ping_ok R6 "$(overlay "$HUB")" &&
		wait_for ping_ok "$HUB" "$(overlay R6)"
}

# in_udp ROUTER: it gets its packets that way.
in_udp() {
	[ "$(genl "$1" dump sa-get | jq -s 'map(select(.dir == "in" and
		."remote-port" != 0).packets) | add')" -ge 1 ]
}

# out_spis: of both.
out_spis() {
	local r
	for r in "${ROUTERS[@]}"; do
		genl "$r" dump session-get | jq -r '."out-spi"'
	done
}

spis_are_new() {
	local spi
	while read -r spi; do
		[ "$spi" != 0 ] && ! grep -qx "$spi" <<<"$SPIS" || return 1
	done < <(out_spis)
}

# rekeys ROUTER
rekeys() {
	SPIS=$(out_spis)
	on "$1" swanctl --rekey --child gre && wait_for spis_are_new
}

need_module
mapfile -t VERSIONS < <(ike_versions)
plan $((6 * ${#VERSIONS[@]}))
for ike in "${VERSIONS[@]}"; do
	check "IKEv$ike: R6 registers with a hub behind a NAT" up "$ike"
	check "IKEv$ike: in UDP from the hub" in_udp R6
	check "IKEv$ike: and to it" in_udp "$HUB"
	flows_start "$HUB" R6
	check "IKEv$ike: R6 rekeys" rekeys R6
	check "IKEv$ike: the hub does" rekeys "$HUB"
	check_flows "IKEv$ike: nothing lost, doubled or spoilt"
	cloud_down
done
finish
