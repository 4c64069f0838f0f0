#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Hub and spoke come up from installed packages alone. The machine is the spoke
# R6: systemd has booted it as "machine-spoke" has prepared it. The hub is a
# namespace with the same programs, started by hand. $OUT/next has a later version
# of the packages.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

export DEBIAN_FRONTEND=noninteractive
ROUTERS=("$HUB")
RATE=40

report_failure() {
	cloud_log 20
	diag "$(journalctl -b -o short-monotonic --no-pager -n 60 -u nhrpd \
		-u strongswan -u dmvpn@dmvpn0)"
}

at_end() {
	[ -z "${OUT:-}" ] ||
		journalctl -b -o short-monotonic --no-pager >"$OUT/journal"
}

# ---- boot ----

no_failed() {
	systemctl --failed --no-legend --plain | tee "$TMP/failed"
	[ ! -s "$TMP/failed" ]
}

when() { # UNIT: it became active
	systemctl show -P ActiveEnterTimestampMonotonic "$1"
}

made_first() {
	local made
	made=$(when dmvpn@dmvpn0.service)
	echo "device $made, network-pre $(when network-pre.target)," \
		"networkd $(when systemd-networkd.service)"
	[ "$made" -gt 0 ] &&
		[ "$made" -le "$(when network-pre.target)" ] &&
		[ "$made" -le "$(when systemd-networkd.service)" ] &&
		ip -d link show dmvpn0 | grep 'protection DMVPN'
}

# The kernel has loaded it for the device: what DKMS has made.
module_of_dkms() {
	modinfo -n dmvpn | grep updates/dkms/ &&
		[ "$(modinfo -F srcversion dmvpn)" = \
			"$(</sys/module/dmvpn/srcversion)" ]
}

has_address() {
	ip -br address show dmvpn0 | grep '192.168.1.6/24'
}

# ---- the cloud ----

# The machine is a router like the hub, by the name of R6.
machine_is_router() {
	ip netns attach R6 1
	mkdir -p "$CLOUD/R6"
	echo 1 >"$CLOUD/R6/holder"
	ip link add eth0 type veth peer name to_R6 netns net
	provider_side R6 | ip -n net -batch -
	router_side R6 | ip -batch -
}

pid_of_unit() {
	systemctl show -P MainPID "$1.service"
}

# active UNIT: as it has said itself.
active() {
	systemctl is-active "$1.service" &&
		[ "$(systemctl show -P Type "$1.service")" = notify ]
}

plugin_loaded() {
	grep libstrongswan-dmvpn.so "/proc/$(pid_of_unit strongswan)/maps" &&
		dpkg -S /usr/lib/ipsec/plugins/libstrongswan-dmvpn.so &&
		swanctl --list-sas | tee "$TMP/sas" | grep -E 'DMVPN.*ESTABLISHED' &&
		grep -E 'gre.*TRANSPORT.*AES_GCM_16-256' "$TMP/sas"
}

ping_in_esp() {
	capture net to_R6 "$TMP/wire.pcap" not arp and not icmp6
	ping -n -c 5 -i 0.2 -W 2 -p "$CANARY_HEX" "$(overlay "$HUB")" || return 1
	capture_end
	[ "$(packets "$TMP/wire.pcap" esp)" -ge 10 ] &&
		[ "$(packets "$TMP/wire.pcap" not esp and not udp port 500)" \
			-eq 0 ] &&
		silent_on "$CANARY" "$TMP/wire.pcap"
}

# ---- confinement ----

# CAP_NET_ADMIN is the twelfth.
confined() {
	grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' \
		"/proc/$(pid_of_unit nhrpd)/status" | tr '\t\n' '  ' |
		tee "$TMP/status"
	grep 'CapEff: 0000000000001000 CapBnd: 0000000000001000' "$TMP/status" &&
		grep 'NoNewPrivs: 1 Seccomp: 2' "$TMP/status"
}

# Even who may write anything cannot do so in there.
sees_little() {
	local there=(nsenter "--mount=/proc/$(pid_of_unit nhrpd)/ns/mnt" --)
	local folder
	for folder in /etc /usr /var/lib /root; do
		if "${there[@]}" sh -c "echo >$folder/written"; then
			echo "nhrpd can write to $folder"
			return 1
		fi
	done
	"${there[@]}" sh -c 'echo >/run/nhrpd/written && rm /run/nhrpd/written' &&
		[ -z "$("${there[@]}" find /root /tmp /home -mindepth 1)" ] &&
		! "${there[@]}" test -e /dev/mem
}

# ---- without loss ----

# lossless COMMAND...: numbered datagrams go between the machine and the hub
# meanwhile, and a moment longer.
lossless() {
	local status=0
	flows_start R6 "$HUB" || return 1
	"$@" || status=$?
	nap 2
	flows_end
	cat "$TMP/ways"
	[ "$status" -eq 0 ] && jq -es 'length == 2 and all(.[]; .sent > 40 and
		.lost + .duplicated + .corrupt + .errors == 0)' "$TMP/ways"
}

other_nhrpd() { # PID
	active nhrpd && [ "$(pid_of_unit nhrpd)" != "$1" ] && dmvpnctl show nhrp
}

# nhrpd_by COMMAND...: which replaces it.
nhrpd_by() {
	local before
	before=$(pid_of_unit nhrpd)
	"$@" && wait_for other_nhrpd "$before"
}

# charon_by COMMAND...: the next one has made all SAs anew.
charon_by() {
	local nhrpd before
	nhrpd=$(pid_of_unit nhrpd)
	before=$(sa_owners R6)
	"$@" && wait_for -t 60 sas_taken_over R6 "$before" &&
		[ "$(pid_of_unit nhrpd)" = "$nhrpd" ]
}

upgrade() {
	apt-get -y -qq -o Dpkg::Use-Pty=0 install "$OUT"/next/dmvpn_*.deb \
		"$OUT"/next/dmvpn-charon_*.deb &&
		[ "$(dpkg-query -W -f '${Version}' dmvpn)" = \
			"$(dpkg-deb -f "$OUT"/next/dmvpn_*.deb Version)" ]
}

registered_for() { # SECONDS
	local left
	left=$(genl_field "$HUB" .lifetime nexthop-get dev=dmvpn0 \
		address="$(overlay R6)")
	[ "$left" -gt $(($1 - 60)) ] && [ "$left" -le "$1" ]
}

reload() {
	local pid
	pid=$(pid_of_unit nhrpd)
	sed -i 's/holdtime = .*/holdtime = 900/' /etc/nhrpd.conf
	systemctl reload nhrpd.service && wait_for registered_for 900 &&
		[ "$(pid_of_unit nhrpd)" = "$pid" ]
}

bad_file() {
	local pid
	pid=$(pid_of_unit nhrpd)
	cp /etc/nhrpd.conf "$TMP/nhrpd.conf"
	echo "interface {" >>/etc/nhrpd.conf
	if systemctl reload nhrpd.service; then
		echo "reload succeeds with a bad file"
		return 1
	fi
	cp "$TMP/nhrpd.conf" /etc/nhrpd.conf
	systemctl reload nhrpd.service && active nhrpd &&
		[ "$(pid_of_unit nhrpd)" = "$pid" ]
}

# networkd deletes what it does not know when it starts, unless told.
networkd_again() {
	ip route add 172.16.9.0/24 via "$(overlay "$HUB")" proto 191
	systemctl restart systemd-networkd.service
	wait_for configured && ip route show proto 191 | grep 172.16.9.0/24
}

configured() {
	networkctl status dmvpn0 --no-pager | grep '(configured)'
}

# ---- the end ----

leaves() {
	systemctl stop nhrpd.service && wait_for registered 0
}

ifindex() {
	cat /sys/class/net/dmvpn0/ifindex
}

# "stop" deletes the device; one that is there, whoever made it, stays.
device_stays() {
	local index
	systemctl stop dmvpn@dmvpn0.service
	! ifindex || return 1
	ip -batch /etc/dmvpn/dmvpn0.conf
	index=$(ifindex)
	systemctl start dmvpn@dmvpn0.service
	[ "$(ifindex)" = "$index" ] || return 1
	ip link delete dmvpn0
	systemctl start dmvpn@dmvpn0.service
	[ "$(ifindex)" != "$index" ] && wait_for has_address
}

bad_device() {
	! systemctl start dmvpn@nothing.service || return 1
	printf '%s\n' '# a comment' 'link add dmvpn9 type dmvpn colour red' \
		>/etc/dmvpn/dmvpn9.conf
	! systemctl start dmvpn@dmvpn9.service || return 1
	journalctl -b -u dmvpn@dmvpn9.service --no-pager | tee "$TMP/journal"
	rm /etc/dmvpn/dmvpn9.conf
	systemctl reset-failed dmvpn@dmvpn9.service
	grep colour "$TMP/journal" && grep dmvpn9.conf:2 "$TMP/journal"
}

nothing_denied() {
	journalctl -b -u nhrpd.service -u dmvpn@dmvpn0.service --no-pager |
		tee "$TMP/journal"
	grep running "$TMP/journal" &&
		! grep -iE 'not permitted|denied|SIGSYS' "$TMP/journal" &&
		! dmesg | grep 'type=1326'
}

# Of what runs, nhrpd goes and takes leave; a device is the admin's.
purge() {
	local before
	systemctl start nhrpd.service
	wait_for registered 1 || return 1
	before=$(ifindex)
	apt-get -y -qq -o Dpkg::Use-Pty=0 purge dmvpn dmvpn-charon dmvpn-dkms
	wait_for registered 0 && [ ! -e /usr/sbin/nhrpd ] &&
		! systemctl is-active nhrpd.service && [ "$(ifindex)" = "$before" ]
}

# The admin's files are the admin's to delete, and systemd keeps in mind that the
# unit of the device was started.
no_file_left() {
	rm -r /etc/nhrpd.conf /etc/dmvpn /etc/systemd/network/50-dmvpn0.network \
		/etc/systemd/networkd.conf.d/dmvpn.conf
	ip link delete dmvpn0
	find /etc /usr /var/lib /run -xdev \
		\( -name '*dmvpn*' -o -name '*nhrpd*' \) \
		! -path '/usr/share/*' ! -path '/run/systemd/*'
}

need_module
plan 25
check "no unit failed at boot" no_failed
check "the module is that of DKMS" module_of_dkms
check "the device was made before the network" made_first
check "systemd-networkd gave it its address" wait_for has_address
cloud_prepare 2
machine_is_router
cloud_start 2
check "the spoke registers" wait_for -t 90 registered 1
check "nhrpd.service is active, and has said so" active nhrpd
check "strongswan.service has the plugin, and an SA by IKE" plugin_loaded
check "ping goes in ESP" ping_in_esp
check "nhrpd has one capability, a filter, and no new privileges" confined
check "nhrpd sees a system that it cannot write to" sees_little
check "restart of nhrpd loses nothing" \
	lossless nhrpd_by systemctl restart nhrpd.service
check "nhrpd killed: systemd starts it again, nothing is lost" \
	lossless nhrpd_by systemctl kill -s KILL nhrpd.service
check "reload loses nothing" lossless reload
check "reload with a bad file fails, and changes nothing" bad_file
check "upgrade loses nothing" lossless nhrpd_by upgrade
check "restart of strongswan loses nothing" \
	lossless charon_by systemctl restart strongswan.service
check "an upgrade of strongSwan, as dpkg configures it, loses nothing" \
	lossless charon_by dpkg-reconfigure charon-systemd
check "charon killed: systemd starts it again, nothing is lost" \
	lossless charon_by systemctl kill -s KILL strongswan.service
check "a restart of networkd leaves nhrpd's routes" networkd_again
check "stop takes leave" leaves
check "dmvpn@.service leaves a device alone, and deletes it" device_stays
check "dmvpn@.service says which line is bad" bad_device
check "systemd denied nothing that was wanted, and no unit failed" \
	eval 'nothing_denied && no_failed'
check "purge: nhrpd takes leave, the device stays" purge
check_eq "nothing is left" "$(no_file_left)" ""
finish
