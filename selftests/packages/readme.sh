#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A day with the packages: README's hub and spoke, typed as it stands there, then
# QoS, monitoring, boot and removal as the guides have them. The machine, which
# systemd has booted with the packages and nothing else, is the spoke. The hub is
# a namespace, where what systemctl would start is started by hand.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

export DEBIAN_FRONTEND=noninteractive
DOC=/usr/share/doc/dmvpn
README=$SELFTESTS/../README
HUB=hub
ROUTERS=(hub)

report_failure() {
	cloud_log 20
	diag "$(journalctl -b -o short-monotonic --no-pager -n 40 -u nhrpd \
		-u strongswan -u dmvpn@dmvpn0 -u dmvpn-metrics)"
}

at_end() {
	[ -z "${OUT:-}" ] ||
		journalctl -b -o short-monotonic --no-pager >"$OUT/journal-readme"
}

# What README presupposes: two machines with an address each, and a way between
# them.
machines() {
	ns_add net hub
	rm -rf "$CLOUD"
	ip -batch - <<-EOF
		link add to_hub netns net type veth peer name eth0 netns hub
		link add to_spoke netns net type veth peer name eth0
		link set eth0 up
		addr add 198.51.100.6/24 dev eth0
		route add default via 198.51.100.1
	EOF
	ip -n hub -batch - <<-EOF
		link set eth0 up
		addr add 203.0.113.1/24 dev eth0
		route add default via 203.0.113.2
		link add lan0 type dummy
		link set lan0 up
		addr add 11.11.11.1/24 dev lan0
	EOF
	ip -n net -batch - <<-EOF
		link set to_hub up
		addr add 203.0.113.2/24 dev to_hub
		link set to_spoke up
		addr add 198.51.100.1/24 dev to_spoke
	EOF
	router_files hub
	readme hub 4 conf >"$CLOUD/hub/nhrpd.conf"
	readme spoke 4 conf >/etc/nhrpd.conf
	on hub mount --bind "$CLOUD/hub/nhrpd.conf" /etc/nhrpd.conf
}

readme() { # ROLE STEP KIND
	"$SELFTESTS/packages/readme.py" "$README" "$@"
}

# typed ROLE COMMAND
typed() {
	local program=()
	[ "$1" = spoke ] || program=(on hub)
	case $1:$2 in
	*:ping*) program+=(timeout --preserve-status -s INT 5) ;;
	hub:"systemctl restart strongswan") charon_start hub; return ;;
	hub:"systemctl start nhrpd") nhrpd_start hub; return ;;
	esac
	"${program[@]}" bash -c "$2"
}

# ---- QoS ----

# The provider sees AF31 outside, as qos.rst has it.
marked() {
	sed 's/nbma = .*/nbma = 203.0.113.1/' "$DOC/examples/nhrpd-qos.conf" \
		>/etc/nhrpd.conf
	systemctl reload nhrpd
	ip route add 11.11.11.0/24 via 192.168.1.1
	wait_for eval 'dmvpnctl show policy-map interface | grep BIZ' || return 1
	capture net to_spoke "$TMP/wire.pcap" esp and src 198.51.100.6
	ping -n -c 5 -i 0.2 -W 2 11.11.11.1 || return 1
	capture_end
	[ "$(packets "$TMP/wire.pcap" 'ip[1] & 0xfc == 0x68')" -eq 5 ]
}

# ---- monitoring ----

idle() { # UNIT
	[ "$(systemctl show -P ActiveState "$1")" = inactive ]
}

metrics() {
	cp "$DOC"/examples/dmvpn-metrics.* /etc/systemd/system/
	mkdir -p /var/lib/prometheus/node-exporter
	systemctl daemon-reload
	systemctl -q enable --now dmvpn-metrics.timer
	wait_for -t 60 grep '^dmvpn_peer_up{.*203.0.113.1.* 1$' \
		/var/lib/prometheus/node-exporter/dmvpn.prom || return 1
	systemctl -q disable --now dmvpn-metrics.timer
	wait_for idle dmvpn-metrics.service || return 1
	rm -r /etc/systemd/system/dmvpn-metrics.* /var/lib/prometheus
}

# ---- at boot ----

# What made the device by hand, without the word "ip", is the unit's file.
unit_makes_device() {
	mkdir -p /etc/dmvpn
	readme spoke 3 commands | sed -n 's/^ip //p' >/etc/dmvpn/dmvpn0.conf
	ip link del dmvpn0
	systemctl enable --now dmvpn@dmvpn0 &&
		wait_for -t 60 ping -n -c 1 -W 1 192.168.1.1
}

# address_by COMMAND...: the device is there and has none before.
address_by() {
	ip link set dmvpn0 down
	ip addr flush dev dmvpn0
	"$@" && wait_for -t 60 ping -n -c 1 -W 1 192.168.1.1
}

ifupdown() {
	address_by ifup -i "$DOC/examples/ifupdown-dmvpn0" dmvpn0 || return 1
	rm -f /run/network/*dmvpn0
}

networkmanager() {
	local to=/etc/NetworkManager
	install -m 600 "$DOC/examples/networkmanager-dmvpn0.nmconnection" \
		$to/system-connections/dmvpn0.nmconnection
	cp "$DOC/examples/networkmanager-dmvpn.conf" $to/conf.d/dmvpn.conf
	systemctl -q unmask NetworkManager
	address_by systemctl start NetworkManager || return 1
	systemctl -q stop NetworkManager
	rm $to/system-connections/dmvpn0.nmconnection $to/conf.d/dmvpn.conf
}

# ---- removal ----

removal() {
	systemctl disable --now nhrpd dmvpn@dmvpn0
	! systemctl is-active nhrpd dmvpn@dmvpn0 || return 1
	wait_for registered 0 && [ ! -e /sys/class/net/dmvpn0 ] &&
		apt-get -y -qq -o Dpkg::Use-Pty=0 purge dmvpn dmvpn-charon \
			dmvpn-dkms && [ ! -e /usr/sbin/nhrpd ]
}

left() {
	rm /etc/nhrpd.conf /etc/dmvpn/dmvpn0.conf
	rmdir /etc/dmvpn
	find /etc /usr /var/lib /run -xdev \
		\( -name '*dmvpn*' -o -name '*nhrpd*' \) ! -path '/usr/share/*'
	systemctl list-units --all --no-legend --plain 'dmvpn*' 'nhrpd*'
}

need_module
machines
for role in hub spoke; do
	for step in 2 3 4; do
		readme "$role" "$step" commands | sed "s/^/$role /"
	done
done >"$TMP/typed"
for role in hub spoke; do
	readme "$role" 5 commands | sed "s/^/$role /"
done >"$TMP/looked"
plan $(($(cat "$TMP/typed" "$TMP/looked" | wc -l) + 9))
while read -r role line; do
	check "$role: $line" typed "$role" "$line"
done <"$TMP/typed"
check "the spoke registers" wait_for -t 60 registered 1
while read -r role line; do
	check "$role: $line" typed "$role" "$line"
done <"$TMP/looked"
check "doctor finds nothing wrong" dmvpnctl doctor
check "metrics come by their timer" metrics
check "QoS: the provider sees what it sells" marked
check "dmvpn@.service makes the device from now on" unit_makes_device
check "ifupdown's example gives it its address" ifupdown
check "so does NetworkManager's" networkmanager
check "removal as the guide has it" removal
check_eq "nothing is left" "$(left)" ""
finish
