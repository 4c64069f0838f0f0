# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# FRR on a router of the cloud. Sourced after cloud.sh.

# frr_conf ROUTER: frr.conf comes on stdin.
frr_conf() {
	cat >"$CLOUD/$1/frr/frr.conf"
	touch "$CLOUD/$1/frr/vtysh.conf"
	chown -R frr:frr "$CLOUD/$1/frr"
}

# frr_start ROUTER DAEMON...: zebra and what it needs come first.
frr_start() {
	local r=$1 d
	shift
	for d in mgmtd zebra staticd "$@"; do
		[ -x "/usr/lib/frr/$d" ] || continue
		on "$r" "/usr/lib/frr/$d" -d -A 127.0.0.1 \
			--log "file:/run/frr/$d.log" --log-level debugging \
			>>"$CLOUD/$r/frr.log" 2>&1 3>&-
		wait_for frr_vty "$r" "$d"
	done
	on "$r" vtysh -b >>"$CLOUD/$r/frr.log" 2>&1
}

frr_vty() {
	on "$1" test -S "/run/frr/$2.vty"
}

# frr_show ROUTER WORD...: what vtysh says to that.
frr_show() {
	local r=$1
	shift
	on "$r" vtysh -c "$*" 2>/dev/null
}

# frr_gre ROUTER: the kernel's mGRE device of a router without our module,
# which FRR's nhrpd works on.
frr_gre() {
	ip -n "$1" link add gre1 type gre local "$(nbma "$1")" key 1 ttl 64
	ip -n "$1" link set gre1 up
	ip netns exec "$1" sysctl -qw net.ipv4.ip_forward_use_pmtu=0
}

# frr_nhrp ROUTER: what its nhrpd needs whatever its role; further lines of
# the interface come on stdin.
frr_nhrp() {
	cat <<-EOF
	debug nhrp all
	ip forwarding
	nhrp nflog-group 1
	interface gre1
	 ip address $(overlay "$1")/32
	 no link-detect
	 ip nhrp holdtime 30
	 ip nhrp network-id 1
	 ip nhrp registration no-unique
	 tunnel source loop1
	EOF
	cat
	echo exit
}

# frr_routed ROUTER PROTOCOL PREFIX [VIA]: the kernel has that route.
frr_routed() {
	on "$1" ip route show proto "$2" | grep "^$3 ${4:+.*via $4 }"
}

# frr_kill ROUTER: its nhrpd ends without a word, and nothing reaches it any more.
frr_kill() {
	on "$1" sh -c 'kill -KILL "$(cat /run/frr/nhrpd.pid)"'
	ip -n net link set "to_$1" down
}

# frr_again ROUTER: it is back, and its nhrpd reads its configuration.
frr_again() {
	ip -n net link set "to_$1" up
	ip -n net route replace "$(nbma "$1")/32" via "10.0.${1#R}.2"
	on "$1" /usr/lib/frr/nhrpd -d -A 127.0.0.1 \
		--log "file:/run/frr/nhrpd.log" >>"$CLOUD/$1/frr.log" 2>&1 3>&-
	wait_for frr_vty "$1" nhrpd
	on "$1" vtysh -b >>"$CLOUD/$1/frr.log" 2>&1
}
