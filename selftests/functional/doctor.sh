#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# no-debug
# dmvpnctl doctor: silent when all is well, and right about what is broken.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

# A hub and one spoke are enough, and faster.
SPOKES=(R6)
ROUTERS=(R1 R6)
STATUS=

report_failure() {
	diag "$(cat "$TMP/doctor")"
	[ ! -e "$CLOUD/R6/charon.log" ] || cloud_log
}

# examine COMMAND...: doctor is asked; what it says, and its status.
examine() {
	STATUS=0
	"$@" doctor >"$TMP/doctor" 2>&1 || STATUS=$?
}

# asked ROUTER [VARIABLE=VALUE]
asked() {
	local router=$1
	shift
	examine on "$router" env "$@" dmvpnctl
}

# line LEVEL CHECK PATTERN: it has said so.
line() {
	grep -Eq "^$1 +$2 +.*$3" "$TMP/doctor"
}

# well ROUTER: it says so of everything.
well() {
	asked "$1"
	cat "$TMP/doctor"
	[ "$STATUS" -eq 0 ] && ! grep -v '^ok ' "$TMP/doctor"
}

# comes ROUTER LEVEL CHECK PATTERN: it says so now.
comes() {
	asked "$1"
	shift
	line "$@"
}

others() {
	grep -Ev "^ok |^[a-z]+ +($1) " "$TMP/doctor" || true
}

# set_sysctl ROUTER NAME=VALUE...
set_sysctl() {
	local router=$1
	shift
	on "$router" sysctl -qw "$@"
}

plan 48

# ---- no cloud yet ----

rm -rf "$CLOUD"
# Whoever asks for it has the kernel load the module, if there is one.
! [ -d /sys/module/dmvpn ] || modprobe -r dmvpn
MODPROBE=$(sysctl -n kernel.modprobe)
sysctl -qw kernel.modprobe=/bin/false
examine dmvpnctl
sysctl -qw "kernel.modprobe=$MODPROBE"
check "no module" line fail module 'not loaded, .* -> modprobe dmvpn'
check_eq "and nothing more is looked at" \
	"$STATUS $(grep -c device "$TMP/doctor")" "1 0"
need_module
examine setpriv --reuid nobody --clear-groups dmvpnctl
check "no rights" line fail rights 'CAP_NET_ADMIN .*-> run it as root'
NOW=$(date +%s)
date -s @1000000000 >/dev/null
examine dmvpnctl
date -s "@$NOW" >/dev/null
check "the module is there, of our version" line ok module 'version [0-9.]+$'
check "a clock that is not set" line fail clock 'not set: 2001-09-09'
check "no nhrpd" line fail nhrpd 'does not run .*-> systemctl start nhrpd'
check "no device" line fail device 'no dmvpn device .*-> ip link add'
check_eq "this is all" "$(others 'clock|nhrpd|device')" ""

# ---- all is well ----

cloud_up 2
check "all is well on the spoke" wait_for well R6
check "and on the hub" wait_for well R1
check_eq "in JSON" "$(on R1 dmvpnctl -j doctor | jq -r '[.findings[] |
	select(.level == "ok" and .text and .advice == null)] | length')" 22
on R1 script -qec "dmvpnctl doctor" /dev/null >"$TMP/doctor"
check "on a terminal it tells what it is at" \
	grep -q 'looking at drops' "$TMP/doctor"
check_eq "and has no colours" "$(grep -c $'\e' "$TMP/doctor")" 0
check_fails "no such device" 'no dmvpn device "dmvpn9"' \
	on R1 dmvpnctl doctor dev dmvpn9

# ---- this host and its devices ----

# A path is known as long as its route is the one that packets went.
ip -n R6 link set dmvpn0 mtu 1500
ping_ok R6 "$(overlay R1)"
asked R6
ip -n R6 link set dmvpn0 mtu 1400
check "an MTU that does not fit" line warn mtu \
	'has MTU 1500, but no more than 14.. .*1.1.1.1.*-> ip link .* mtu 14'

set_sysctl R6 net.ipv4.conf.dmvpn0.rp_filter=1 net.ipv4.conf.eth0.rp_filter=1 \
	net.ipv4.ip_forward=0
on R6 nft -f - <<-EOF
	table inet filter {
		chain input {
			type filter hook input priority 0; policy drop;
			iifname != "eth0" accept
		}
	}
EOF
ip -n R6 addr add 192.168.1.6/32 dev lan0
genl R6 nexthop-new dev=dmvpn0 address=192.168.1.99 state=negative kind=cached \
	lifetime=60
background ip netns exec R6 ping -q -i 0.2 192.168.1.99 >/dev/null 2>&1
PING=$BG
asked R6 IP_LIB_DIR=/nowhere
on R6 nft flush ruleset
stop "$PING"
check "strict rp_filter on the tunnel" \
	line warn rp-filter 'on dmvpn0: .*-> sysctl -w .*dmvpn0.rp_filter=2'
check "and in the underlay" \
	line warn rp-filter 'on eth0: .*-> sysctl -w .*eth0.rp_filter=2'
check "a spoke that does not forward" \
	line warn forwarding 'ipv4.conf.dmvpn0.forwarding is 0: .*ip_forward=1'
check "a firewall without a rule for IKE" \
	line warn firewall 'chain input of table inet filter .*UDP ports 500'
check "and the rule" line warn firewall \
	'-> nft add rule inet filter input udp dport . 500, 4500 . accept'
check "nor one for ESP" line warn firewall '-> nft add rule .* esp accept'
check "a tunnel address that another device has" line fail address \
	'192.168.1.6, and so has lan0 -> ip addr del 192.168.1.6 dev lan0'
check "a drop counter that grows" \
	line warn drops 'dmvpn0: tx-negative grew .*-> .*trace'
check "no plugin of ip" line warn iproute2 '/nowhere/link_dmvpn.so'
check_eq "this is all" "$(others \
	'rp-filter|forwarding|firewall|address|drops|iproute2')" ""
check_eq "status" "$STATUS" 1
ip -n R6 addr del 192.168.1.6/32 dev lan0
asked R6
check_eq "with warnings alone it is 0" "$STATUS" 0
set_sysctl R6 net.ipv4.conf.dmvpn0.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0 \
	net.ipv4.ip_forward=1
on R6 nft -f - <<-EOF
	table inet filter {
		chain input {
			type filter hook input priority 0; policy drop;
			iifname != "eth0" accept
			udp dport { 500, 4500 } accept
			meta l4proto esp accept
		}
	}
EOF
check "all is well again, with rules in the firewall" well R6
on R6 nft flush ruleset

set_sysctl R1 net.ipv4.ip_forward=0 net.ipv4.conf.all.send_redirects=1
on R1 nft -f - <<-EOF
	table inet filter {
		chain forward {
			type filter hook forward priority 0; policy drop;
			ct state established,related accept
			iifname "lan0" oifname "eth0" accept
		}
	}
EOF
asked R1
on R1 nft flush ruleset
check "a hub that does not forward" \
	line fail forwarding 'this hub passes nothing on'
check "and sends ICMP redirects" \
	line warn forwarding 'redirects .*dmvpn0.send_redirects=0'
check "and whose firewall lets nothing through" line warn firewall \
	'none accepts what this hub passes on, .*-> nft .*iifname dmvpn0 accept'
set_sysctl R1 net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0

ip -n R6 link add dmvpn1 type dmvpn local 6.6.6.7 key 2 protection NOSUCH
asked R6
ip -n R6 link del dmvpn1
check "a device that is down" line fail device 'dmvpn1 is down -> ip link set'
check "that nhrpd has no interface for" line warn nhrpd 'no interface dmvpn1'
check "whose NBMA address is nowhere" line fail address 'dmvpn1 .* 6.6.6.7, whi'
check "whose profile charon has not got" \
	line fail profile 'protection NOSUCH.*-> swanctl --load-conns'
check_eq "this is all" "$(others 'device|nhrpd|address|profile')" ""

# ---- policies ----

on R1 tc qdisc replace dev dmvpn0 root pfifo
sed -i '$d' "$CLOUD/R1/nhrpd.conf"
printf '\tgroup-map GOLD { service-policy = NOSUCH }\n}\n' \
	>>"$CLOUD/R1/nhrpd.conf"
kill -HUP "$(pid_of R1 nhrpd)"
check "a policy that there is not" wait_for comes R1 fail qos \
	'policy NOSUCH of group GOLD .*-> a policy-map NOSUCH'
check "and a queueing discipline that knows none" \
	line warn qos 'is pfifo -> tc qdisc replace dev dmvpn0'

# ---- the underlay ----

ip -n R6 route add 1.1.1.1 dev dmvpn0
asked R6
ip -n R6 route del 1.1.1.1 dev dmvpn0
check "a way to the server that leads into the tunnel" \
	line fail underlay '1.1.1.1 leads into dmvpn0 itself -> .*route add 1.1'
ip -n R6 route add 192.168.1.1 dev lan0
asked R6
ip -n R6 route del 192.168.1.1 dev lan0
check "a way to its tunnel address that does not" \
	line warn overlay '192.168.1.1 leads into lan0 -> .*subnet of dmvpn0'
ip -n R6 route del default
asked R6
ip -n R6 route add default via 10.0.6.1 src 6.6.6.6
check "no route to the server" \
	line fail underlay 'no route to .*1.1.1.1: .*-> ip route add default'

# ---- daemons ----

CONF=$CLOUD/R6/nhrpd.conf
sed -i 's/^interface .*/&\n\tregistration-timeout = 400/' "$CONF"
kill -HUP "$(pid_of R6 nhrpd)"
check "registrations that are renewed late" wait_for comes R6 warn registration \
	'after 600 s, .* every 400 s -> take registration-timeout out'
sed -i /registration-timeout/d "$CONF"
kill -HUP "$(pid_of R6 nhrpd)"

"$SELFTESTS/pki.py" "$TMP" ca cloud ecdsa
"$SELFTESTS/pki.py" "$TMP" issue cloud R6.dmvpn ecdsa
mkdir -p "$CLOUD/R6/swanctl"/{x509,private}
cp "$TMP/R6.dmvpn.pem" "$CLOUD/R6/swanctl/x509"
cp "$TMP/R6.dmvpn.key.pem" "$CLOUD/R6/swanctl/private"
on R6 swanctl --load-creds --noprompt >/dev/null
asked R6
check "a certificate that ends tomorrow" line warn certificate \
	'of R6.dmvpn expires in [01] days, .*-> get a new one into /etc/swanctl/x509'

daemon_stop R6 nhrpd KILL
asked R6
check "nhrpd was killed" line fail nhrpd 'does not run in this network namesp'
nhrpd_start R6

daemon_stop R6 charon
asked R6
check "charon was stopped" line fail charon 'not run.*systemctl start strongsw'
check "and nobody listens at its ports" line fail ike-port 'port 500 -> start'
check "nor at 4500" line fail ike-port 'port 4500 -> start charon'
check "the profile is not judged" line ok profile 'charon does not tell'
finish
