#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# no-debug
# A spoke whose NBMA address comes by DHCP: its device, made of an IOS
# configuration, waits for it, and the hook that is among the examples gives it
# each one that there is.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"

HOOK=$SELFTESTS/../Documentation/examples/dhcp-hook
HUB_NBMA=10.9.0.1

report_failure() {
	diag "$(cat "$TMP"/{hub,spoke,udhcpd}.log; ip -n spoke -d link show dmvpn0
		ip -n spoke addr; dmvpnctl -N hub show nhrp
		dmvpnctl -N spoke show nhrp nhs)"
}

# hub: has the DHCP server, too.
hub() {
	ip -n hub -batch - <<-EOF
		addr add $HUB_NBMA/24 dev eth0
		link add dmvpn0 type dmvpn local $HUB_NBMA key 1
		addr add 192.168.1.1/24 dev dmvpn0
		link set dmvpn0 up
	EOF
	echo "interface dmvpn0 { network-id = 1 }" >"$TMP/hub.conf"
	background nhrpd -f -N hub -c "$TMP/hub.conf" 2>"$TMP/hub.log"
}

# leases ADDRESS: the one that the server gives.
leases() {
	cat >"$TMP/udhcpd.conf" <<-EOF
		interface eth0
		start $1
		end $1
		max_leases 1
		lease_file $TMP/leases
		pidfile $TMP/udhcpd.pid
		option subnet 255.255.255.0
		option lease 600
	EOF
	rm -f "$TMP/leases"
	touch "$TMP/leases"
	background ip netns exec hub busybox udhcpd -f "$TMP/udhcpd.conf" \
		>"$TMP/udhcpd.log" 2>&1
	SERVER=$BG
}

# client: gets one, and ends; what clients do with it, and then the hook.
client() {
	cat >"$TMP/script" <<-EOF
		#!/bin/sh
		case \$1 in
		deconfig) ip addr flush dev \$interface scope global ;;
		bound | renew) ip addr add \$ip/\$mask dev \$interface ;;
		esac
		. $HOOK
	EOF
	chmod +x "$TMP/script"
	in_ns spoke busybox udhcpc -i eth0 -n -q -t 20 -T 1 -s "$TMP/script"
}

imported() {
	cat >"$TMP/spoke.ios" <<-EOF
		interface GigabitEthernet0
		 ip address dhcp
		interface Tunnel0
		 ip address 192.168.1.6 255.255.255.0
		 ip nhrp network-id 1
		 ip nhrp nhs 192.168.1.1 nbma $HUB_NBMA multicast
		 ip nhrp registration no-unique
		 tunnel source GigabitEthernet0
		 tunnel mode gre multipoint
		 tunnel key 1
	EOF
	dmvpnctl import ios "$TMP/spoke.ios" -o "$TMP" &&
		ip -n spoke -batch "$TMP/dmvpn/dmvpn0.conf"
}

# local_is ADDRESS
local_is() {
	ip -n spoke -d link show dmvpn0 | grep -q "local $1 "
}

is_up() {
	ip -n spoke link show dmvpn0 | grep -q '[<,]UP[,>]'
}

# registered ADDRESS: the hub has the spoke there.
registered() {
	[ "$(genl_field hub '"\(.state) \(.remote)"' nexthop-get dev=dmvpn0 \
		address=192.168.1.6)" = "valid $1" ]
}

requests() {
	dmvpnctl -N spoke -j show nhrp nhs | jq .servers[0].requests
}

is_down() {
	! is_up
}

need_module
plan 12
ns_add hub spoke
veth hub eth0 spoke eth0
hub
check "a device is made of a tunnel whose source has \"ip address dhcp\"" imported
check "it is down" is_down
background nhrpd -f -N spoke -c "$TMP/nhrpd.conf" 2>"$TMP/spoke.log"
check "the hook does nothing where there is no address" in_ns spoke sh "$HOOK"
check "and the device stays down" is_down
leases 10.9.0.66
check "an address comes by DHCP" client
check "the device has it" local_is 10.9.0.66
check "and is up" is_up
check "the spoke registers from there" wait_for registered 10.9.0.66
BEFORE=$(requests)
check "the same address once more" client
nap 1
check_eq "is no reason to register again" "$(requests)" "$BEFORE"
stop "$SERVER"
leases 10.9.0.67
check "another address comes" client
check "the spoke registers from there" wait_for registered 10.9.0.67
finish
