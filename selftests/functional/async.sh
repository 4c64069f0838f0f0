#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long
# smp
# Ciphers that answer later and elsewhere: pcrypt, cryptd, and the help of other
# processors. Packets stay in order, none is lost, and everything can go away
# meanwhile.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

report_failure() {
	diag "$(genl a dump sa-get; genl b dump sa-get
		genl a dump device-get; cat "$TMP/udp.json")"
}

at_end() {
	local driver
	for driver in "${DRIVERS[@]}"; do
		crypto del "$driver" || true
	done
}

crypto() {
	"$SELFTESTS/cryptouser.py" "$@"
}

# users DRIVER: its reference count.
users() {
	awk -F' *: *' -v driver="$1" '$1 == "driver" { on = $2 == driver }
		on && $1 == "refcnt" { print $2 }' /proc/crypto
}

# total NODE FIELD: over its SAs.
total() {
	genl "$1" dump sa-get | jq -s "map(.\"$2\") | add"
}

some_asynchronous() {
	[ "$(total a async)" -gt 0 ] && [ "$(total b async)" -gt 0 ]
}

all_asynchronous() {
	[ "$(total a async)" -ge "$(total a packets)" ] &&
		[ "$(total b async)" -ge "$(total b packets)" ]
}

# udp SECONDS [OPTION...]: numbered datagrams from a to b. What a busy machine
# lets wait comes all at once: there is room for it.
udp() {
	local server
	background ip netns exec b iperf3 -s -1 --forceflush \
		>"$TMP/iperf3.server" 2>&1
	server=$BG
	wait_for grep -q listening "$TMP/iperf3.server" || return 1
	timeout 60 taskset -c 0 ip netns exec a iperf3 -c "${OVERLAY[b]}" -u \
		-l 200 -b 3M -w 4M -t "$1" -J "${@:2}" >"$TMP/udp.json" ||
		{ stop "$server"; return 1; }
	stop "$server"
}

udp_says() {
	jq "[.end.streams[].udp.$1] | add" "$TMP/udp.json"
}

# sa_packets NODE SPI: that went through its SA.
sa_packets() {
	genl "$1" dump sa-get | jq "select(.spi == $2).packets"
}

# arrived FROM TO SPI: all that was sent through it.
arrived() {
	[ "$(sa_packets "$1" "$3")" = "$(sa_packets "$2" "$3")" ]
}

# A new pair of SAs, and the old one goes, as IKE does it: when nothing is on
# its way in it.
rekey() {
	local old from to spi
	for from in a b; do
		[ "$from" = a ] && to=b || to=a
		old=$(genl "$from" dump sa-get |
			jq 'select(.dir == "out").spi')
		sa_one_way "$from" "$to" "$1"
		for spi in $old; do
			wait_for arrived "$from" "$to" "$spi" || return 1
			genl "$from" sa-del spi="$spi" dir=out \
				remote="${NBMA[$to]}"
			genl "$to" sa-del spi="$spi" dir=in \
				local="${NBMA[$to]}"
		done
	done
}

rekeys() {
	local _
	udp 8 &
	for _ in 1 2 3; do
		rekey "$1" || return 1
	done
	wait $!
}

# counted FIELD...: over all SAs, those that are gone too.
counted() {
	local node
	for node in a b; do
		genl "$node" dump session-get
	done | jq -s "map($1) | add"
}

traffic() {
	local node other
	for node in a b; do
		other=b
		[ "$node" = a ] || other=a
		background ip netns exec "$node" "$SELFTESTS/udp.py" send \
			"${OVERLAY[$other]}" 9 100000000 >/dev/null 2>&1
	done
	sleep 0.5
}

quiet() {
	local pid
	for pid in "${PIDS[@]}"; do
		stop "$pid" KILL
	done
	PIDS=()
}

start() {
	pair protection DMVPN
	protect a b "$1"
	wait_for ping_ok a "${OVERLAY[b]}"
}

removal() {
	start "$1"
	traffic
	check "$2: the device goes under traffic" ip -n a link del dmvpn0
	quiet
	ns_del a b mid
	start "$1"
	traffic
	check "$2: the namespace goes" ns_del a
	quiet
	ns_del b mid
	start "$1"
	traffic
	check "$2: the module goes" wait_for modprobe -r dmvpn
	quiet
	ns_del a b mid
	modprobe dmvpn "${OPTIONS[@]}"
}

# carries NAME SUITE ASYNCHRONOUS: a pair that start() has made.
carries() {
	local name=$1 suite=$2
	check "$name: UDP" udp 4
	check "$name: it answers later" "$3"
	check_eq "$name: none was lost" "$(udp_says lost_packets)" 0
	check_eq "$name: none came early" "$(udp_says out_of_order)" 0
	check "$name: TCP" tcp a b 2M
	check "$name: TCP, other way" tcp a b 2M -R
	check "$name: rekeying under traffic" rekeys "$suite"
	check_eq "$name: none was lost" "$(udp_says lost_packets)" 0
	check_eq "$name: none came early" "$(udp_says out_of_order)" 0
	check_eq "$name: nothing went wrong" \
		"$(counted '."rx-dropped" + ."tx-dropped"')" 0
	ns_del a b mid
	removal "$suite" "$name"
}

# driver DRIVER CIPHER: what SAs of the suite get from now on.
driver() {
	crypto add "$1" 10000
	DRIVERS+=("$1")
	[ "$(crypto best "$2")" = "$1" ]
}

# asynchronous NAME SUITE CIPHER DRIVER
asynchronous() {
	local name=$1 suite=$2 before
	check "$name: the driver" driver "$4" "$3"
	before=$(users "$4")
	start "$suite"
	check_eq "$name: four SAs use it" $(($(users "$4") - before)) 4
	carries "$name" "$suite" all_asynchronous
	check_eq "$name: nobody uses it any more" "$(users "$4")" "$before"
	crypto del "$4"
	DRIVERS=()
}

# Whatever the load is, one processor lets the other help.
helped() {
	OPTIONS=(pipeline_load=0)
	echo 0 >/sys/module/dmvpn/parameters/pipeline_load
	start gcm128
	carries pipeline gcm128 some_asynchronous
	OPTIONS=()
	modprobe -r dmvpn
	modprobe dmvpn
}

# Lockdep takes two locks of padata, which is under pcrypt, for one, and says
# nothing more after that: not on the debug kernel.
PCRYPT=1
[ ! -e /proc/lockdep ] || PCRYPT=0

DRIVERS=() OPTIONS=()
need_module
modprobe -a crypto_user pcrypt cryptd
sysctl -qw net.core.rmem_max=8388608 net.core.wmem_max=8388608
plan $((29 + 16 * PCRYPT))
helped
# So that the ciphers are there.
start gcm128
start_driver=$(crypto best 'rfc4106(gcm(aes))')
ns_del a b mid
[ "$PCRYPT" = 0 ] || asynchronous pcrypt gcm128 'rfc4106(gcm(aes))' \
	"pcrypt($start_driver)"
asynchronous cryptd cbc-sha256 'authenc(hmac(sha256),cbc(aes))' \
	'cryptd(authenc(hmac(sha256-generic),cbc(aes-generic)))'
finish
