# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# R8 without anything of ours: the kernel's gre, XFRM, and charon as the
# distribution ships it, with a connection for one peer, R1. Its NHRP is a
# static map on the hub and a static neighbour on the spoke. Sourced after
# cloud.sh.

# example IKE KEY: what the hub's configuration says.
example() {
	sed -n "s/^[[:space:]]*$2 = //p" "$EXAMPLES/swanctl-ikev$1.conf"
}

# stock_conf IKE [PROPOSAL ESP-PROPOSAL [OPTION...]]: the options, KEY=VALUE,
# are the child's.
stock_conf() {
	local ike=$1 proposals=${2:-} esp=${3:-} option options=
	for option in "${@:4}"; do
		options+="${option%%=*} = ${option#*=}"$'\n'
	done
	cat >"$CLOUD/R8/swanctl/swanctl.conf" <<-EOF
	connections {
		hub {
			version = $ike
			local_addrs = $(nbma R8)
			remote_addrs = $(nbma R1)
			proposals = ${proposals:-$(example "$ike" proposals)}
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
					esp_proposals = ${esp:-$(example "$ike" \
						esp_proposals)}
					start_action = trap
					$options
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
}

stock_device() {
	ip -n R8 link add gre1 type gre local "$(nbma R8)" key 1 ttl 64
	ip -n R8 addr add "$(overlay R8)/24" dev gre1
	ip -n R8 link set gre1 mtu 1400 up
	ip -n R8 neigh add "$(overlay R1)" lladdr "$(nbma R1)" dev gre1 \
		nud permanent
}

# stock_spoke IKE: all of R8.
stock_spoke() {
	router_files R8
	stock_conf "$1"
	on R8 mount --bind /dev/null /etc/strongswan.d/charon/dmvpn.conf
	charon_start R8
	stock_device
}

# stock_hub IKE: R1, with our software, that knows of R8.
stock_hub() {
	router_files R1
	cloud_device R1 protection DMVPN
	charon_conf R1 "$1"
	charon_start R1
	nhrpd_conf R1
	static_map R1 R8
	nhrpd_start R1
}

# ---- flows between a router without anything of ours and ours ----

RATE=50		# datagrams a second, each way

# reaches ROUTER: ours, and STOCK, the one without anything of ours.
reaches() {
	wait_for -t 40 ping_ok "$1" "$(overlay "$STOCK")" &&
		wait_for ping_ok "$STOCK" "$(overlay "$1")"
}

# account FILTER: lost, doubled, spoilt, of the ways that match.
account() {
	jq -sr "map(select($1)) | \"\\(map(.lost) | add) \" +
		\"\\(map(.duplicated) | add) \\(map(.corrupt) | add)\"" \
		"$TMP/ways"
}

# XFRM sends with a new SA at once, which our end does not have yet with IKEv1.
few_lost() {
	local lost
	lost=$(account ".from == \"$STOCK\"" | cut -d' ' -f1)
	echo "$lost lost"
	[ "$lost" -le "$RATE" ]
}

# spi ROUTER: that it sends with.
spi() {
	genl "$1" dump session-get | jq '."out-spi"'
}

# It uses a new one when it has seen that the other end has it, too.
spi_is_new() {
	reaches "$1" && [ "$(spi "$1")" != "$SPI" ] && [ "$(spi "$1")" != 0 ]
}

# rekeyed ROUTER COMMAND...: it uses another SA, and all goes on.
rekeyed() {
	SPI=$(spi "$1")
	"${@:2}" && wait_for -t 40 spi_is_new "$1" && reaches "$1"
}
