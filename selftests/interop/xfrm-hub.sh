#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# A hub without anything of ours, R1, and spokes of ours: the kernel's gre, XFRM,
# and charon as the distribution ships it, with a connection for each spoke. Its
# NHRP is a static neighbour for each, and a static map on the spoke. R7 is
# behind a NAT. Either end rekeys.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"
. "$SELFTESTS/vici.sh"
. "$SELFTESTS/stock.sh"

SPOKES=(R6 R7)
ROUTERS=("$HUB" "${SPOKES[@]}")
NAT=192.0.2.9
STOCK=R1

at_end() {
	cloud_keep
}

report_failure() {
	local r
	cloud_log 30
	diag "$(on R1 swanctl --list-sas; ip -n R1 -s xfrm state)"
	for r in "${SPOKES[@]}"; do
		diag "$(genl "$r" dump session-get; genl "$r" dump sa-get)"
	done
}

# seen ROUTER: at that address.
seen() {
	if [ "$1" = R7 ]; then
		echo "$NAT"
	else
		nbma "$1"
	fi
}

nat() {
	ip -n net addr add "$NAT/32" dev lo
	in_ns net nft -f - <<-EOF
		table ip nat {
			chain out {
				type nat hook postrouting priority srcnat
				ip saddr $(nbma R7) snat to $NAT
			}
		}
	EOF
}

# connection ROUTER IKE: the hub's for it.
connection() {
	cat <<-EOF
	connections {
		$1 {
			version = $2
			local_addrs = $(nbma R1)
			remote_addrs = $(seen "$1")
			proposals = $(example "$2" proposals)
			local {
				auth = psk
			}
			remote {
				auth = psk
			}
			children {
				to-$1 {
					mode = transport
					local_ts = dynamic[47]
					remote_ts = dynamic[47]
					esp_proposals = $(example "$2" \
						esp_proposals)
				}
			}
		}
	}
	EOF
}

# hub IKE: without our plugin, and without our device.
hub() {
	local r
	router_files R1
	{
		for r in "${SPOKES[@]}"; do
			connection "$r" "$1"
		done
		printf 'secrets {\n\tike-1 {\n\t\tsecret = "%s"\n\t}\n}\n' "$PSK"
	} >"$CLOUD/R1/swanctl/swanctl.conf"
	on R1 mount --bind /dev/null /etc/strongswan.d/charon/dmvpn.conf
	charon_start R1
	ip -n R1 link add gre1 type gre local "$(nbma R1)" key 1 ttl 64
	ip -n R1 addr add "$(overlay R1)/24" dev gre1
	ip -n R1 link set gre1 mtu 1400 up
	for r in "${SPOKES[@]}"; do
		ip -n R1 neigh add "$(overlay "$r")" lladdr "$(seen "$r")" \
			dev gre1 nud permanent
		ip -n R1 route add "$(lan "$r").0/24" via "$(overlay "$r")"
	done
}

# spoke ROUTER IKE: with our example, and the hub's two addresses.
spoke() {
	router_files "$1"
	cloud_device "$1" protection DMVPN
	charon_conf "$1" "$2"
	charon_start "$1"
	printf 'interface dmvpn0 {\n}\n' >"$CLOUD/$1/nhrpd.conf"
	static_map "$1" R1
	nhrpd_start "$1"
	on "$1" ip route add 172.16.0.0/16 via "$(overlay R1)"
}

without_ours() {
	! on R1 swanctl --stats | grep -w dmvpn
}

# ike_is_new ROUTER: the hub's newest IKE_SA with it. With IKEv1 the one before is
# still there for a while.
ike_is_new() {
	local id
	id=$(ike_id R1 "$1")
	[ -n "$id" ] && [ "$id" != "$IKE_ID" ]
}

# ike_rekeyed ROUTER BY CONNECTION: with IKEv1, another main mode.
ike_rekeyed() {
	IKE_ID=$(ike_id R1 "$1")
	on "$2" swanctl --rekey --ike "$3" && wait_for ike_is_new "$1" &&
		reaches "$1"
}

in_udp() {
	ip -n R1 xfrm state | grep -A 8 "^src $NAT dst $(nbma R1)" |
		grep 'encap type espinudp'
}

need_module
modprobe ip_gre
mapfile -t VERSIONS < <(ike_versions)
plan $((13 * ${#VERSIONS[@]} + 1))
for ike in "${VERSIONS[@]}"; do
	rm -rf "$CLOUD"
	cloud_underlay
	nat
	hub "$ike"
	for r in "${SPOKES[@]}"; do
		spoke "$r" "$ike"
	done
	check "IKEv$ike: the hub's charon has no plugin of ours" without_ours
	check "IKEv$ike: R6 reaches the stock hub, and it R6" reaches R6
	check "IKEv$ike: so does R7, behind a NAT" reaches R7
	check "IKEv$ike: that one in UDP" in_udp
	check "IKEv$ike: LAN to LAN, over the stock hub" wait_for \
		ping_ok R6 "$(lan R7).1" -I "$(lan R6).1"
	flows_start "$STOCK" "${SPOKES[@]}"
	for r in "${SPOKES[@]}"; do
		check "IKEv$ike: the stock hub rekeys its IKE_SA with $r" \
			ike_rekeyed "$r" R1 "$r"
		check "IKEv$ike: $r rekeys" rekeyed "$r" \
			on "$r" swanctl --rekey --child gre
		check "IKEv$ike: the stock hub rekeys with $r" \
			rekeyed "$r" on R1 swanctl --rekey --child "to-$r"
	done
	[ "$ike" = 1 ] || check "IKEv2: R6 rekeys the IKE_SA" \
		ike_rekeyed R6 R6 DMVPN
	flows_end
	check_eq "IKEv$ike: from us lost, doubled or spoilt meanwhile" \
		"$(account '.to == "R1"')" "0 0 0"
	check "IKEv$ike: from the hub at most a second's datagrams" few_lost
	cloud_down
done
finish
