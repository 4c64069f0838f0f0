#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# What templates may have besides what the examples have: tunnel mode, limits in
# bytes (R6) and packets (R7), and one template for each device. An IKE_SA is
# used again, both ends begin at once, one that is refused does not insist, and a
# charon of another release has nothing to do with the plugin.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"
. "$SELFTESTS/vici.sh"

SPOKES=(R6 R7)
ROUTERS=("$HUB" "${SPOKES[@]}")
RATE=50
# Other addresses and tunnel addresses, of the other devices.
declare -A OTHER=([R1]=1.1.1.11 [R6]=6.6.6.66) SECOND=([R1]=192.168.2.1
	[R6]=192.168.2.6)

at_end() {
	cloud_keep
}

report_failure() {
	cloud_log 30
	diag "$(on R6 swanctl --list-sas; on "$HUB" swanctl --list-sas
		genl "$HUB" dump session-get)"
}

# with_limit ROUTER UNIT SOFT HARD: its SAs have it.
with_limit() {
	sed -i "s/life_time = .*/&\n life_$2 = $4\n rekey_$2 = $3\n rand_$2 = 0/" \
		"$CLOUD/$1/swanctl/swanctl.conf"
}

modes() {
	genl "$HUB" dump sa-get | jq -sc 'map(.mode) | unique'
}

# shown IKE: what dmvpnctl shows that charon alone knows, and what both do. R6 has
# limits in bytes, and began.
shown() {
	local view pattern here there state=([1]=QM_IDLE [2]=READY)
	here=$(nbma R6) there=$(nbma "$HUB")
	on R6 dmvpnctl show crypto session detail >"$TMP/session"
	on R6 dmvpnctl show crypto isakmp sa >"$TMP/isakmp"
	on R6 dmvpnctl show crypto ipsec sa peer "$there" >"$TMP/ipsec"
	while read -r view pattern; do
		grep -Eq -- "$pattern" "$TMP/$view" && continue
		echo "$view has no \"$pattern\""
		return 1
	done <<-EOT
		session ^Session status: UP-ACTIVE
		session Phase1_id: $there
		session Local id: $here
		session Flags: .*initiator
		session IKEv$1 SA: local $here/500 remote $there/500 Active
		session connid:[1-9][0-9]* lifetime:2[0-3]:[0-5]
		session permit 47 host $here host $there
		session Active SAs: [2-9]
		session dec'ed [1-9][0-9]* drop 0 life .KB/Sec. [1-9][0-9]*/[1-9]
		session Outbound SPI : 0x[0-9a-f]{8}, transform : esp
		session Socket State: Open
		isakmp ^$there +$here +${state[$1]} +[1-9][0-9]* ACTIVE
		ipsec local  ident .*$here/255.255.255.255/47/0
		ipsec remote ident .*$there/255.255.255.255/47/0
		ipsec pkts encaps: [1-9].*encrypt: [1-9].*digest: [1-9]
		ipsec pkts decaps: [1-9].*decrypt: [1-9].*verify: [1-9]
		ipsec PFS .Y/N.: Y, DH group: [A-Z]
		ipsec ={Tunnel
		ipsec remaining key lifetime .k/sec.: .[1-9][0-9]*/[1-9]
		ipsec replay detection support: Y
		ipsec Status: ACTIVE.ACTIVE.
	EOT
}

# rekeys ROUTER: charon was told that an SA reached a limit, years too early.
rekeys() {
	grep 'creating rekey job' "$CLOUD/$1/charon.log"
}

# established ROUTER: its IKE_SAs, by number.
established() {
	ike_ids "$1" DMVPN ESTABLISHED
}

one_ike_sa_each() {
	[ "$(established R6 | wc -l) $(established R7 | wc -l)" = "1 1" ] &&
		[ "$(established "$HUB" | wc -l)" -eq 2 ] &&
		ping_ok R6 "$(overlay "$HUB")" && ping_ok R7 "$(overlay "$HUB")"
}

# out_spi: what R6 sends to the hub through.
out_spi() {
	genl_field R6 '."out-spi"' session-get local="$(nbma R6)" \
		remote="$(nbma "$HUB")"
}

sends_through_another() { # SPI
	local now
	ping_ok R6 "$(overlay "$HUB")" || return 1
	now=$(out_spi)
	[ "${now:-0}" != 0 ] && [ "$now" != "$1" ]
}

# closes_child: what charon answers is not asked for. It takes them in turn, and
# says that it failed if one that rekeying left behind is gone before its turn.
closes_child() {
	local before
	before=$(out_spi)
	vici R6 terminate child=gre || true
	wait_for sends_through_another "$before"
}

# all_clear: the same moment, at both ends.
all_clear() {
	local r pids=()
	for r in "${ROUTERS[@]}"; do
		on "$r" dmvpnctl clear session &
		pids+=($!)
	done
	wait "${pids[@]}"
}

cloud_with_limits() { # IKE
	local r
	cloud_prepare "$1"
	for r in "${ROUTERS[@]}"; do
		sed -i "s/mode = transport/mode = tunnel/" \
			"$CLOUD/$r/swanctl/swanctl.conf"
	done
	with_limit R6 bytes 40000 40000000
	with_limit R7 packets 200 200000
	cloud_start "$1"
	wait_for -t 60 registered 2
}

common() { # IKE
	local ike_sa
	check "IKEv$1: tunnel mode, and limits: all register" \
		cloud_with_limits "$1"
	check_eq "IKEv$1: that is what the kernel has" "$(modes)" '["tunnel"]'
	flows_start "$HUB" "${SPOKES[@]}"
	check "IKEv$1: so many bytes, and R6 rekeys" wait_for -t 40 rekeys R6
	check "IKEv$1: so many packets, and R7 does" wait_for -t 40 rekeys R7
	sleep 1
	check_flows "IKEv$1: nothing lost, doubled or spoilt"
	check "IKEv$1: shown is all of it" wait_for shown "$1"
	ike_sa=$(established R6)
	check "IKEv$1: a CHILD_SA is closed, and there is another one" \
		closes_child
	check_eq "IKEv$1: in the same IKE_SA" "$(established R6)" "$ike_sa"
	check "IKEv$1: all sessions are cleared at both ends" all_clear
	check "IKEv$1: which bring up one IKE_SA each" \
		wait_for -t 60 one_ike_sa_each
}

# other_device ROUTER PEER: with a template of its own, that has AES-128.
other_device() {
	local here=${OTHER[$1]} there=${OTHER[$2]}
	ip -n net route add "$here/32" via "10.0.${1#R}.2"
	ip -n "$1" -batch - <<-EOT
		addr add $here/32 dev loop1
		link add dmvpn1 type dmvpn local $here key 2 protection OTHER
		addr add ${SECOND[$1]}/24 dev dmvpn1
		link set dmvpn1 up
	EOT
	sed "s/DMVPN {/OTHER {/; s/dmvpn0/dmvpn1/; s/aes256/aes128/
		s/local_addrs = .*/local_addrs = $here/" \
		"$EXAMPLES/swanctl-ikev2.conf" \
		>>"$CLOUD/$1/swanctl/swanctl.conf"
	on "$1" swanctl --load-all --noprompt
	genl "$1" peer-new dev=dmvpn1 remote="$there" flags=
	genl "$1" nexthop-new dev=dmvpn1 address="${SECOND[$2]}" \
		remote="$there" state=valid kind=static
}

other_devices() {
	other_device R1 R6 && other_device R6 R1
}

# ciphers CONNECTION: of R6's IKE_SA.
ciphers() {
	on R6 swanctl --list-sas --ike "$1" | grep -m 1 -o 'AES_CBC-[0-9]*'
}

# R7 has another secret, and much to send. Its session is cleared: when charon
# closes an IKE_SA by force while it waits for an answer, it does not tell the hub,
# and the SAs stay as long as that uses them.
refused() {
	sed -i 's/secret = .*/secret = "another"/' \
		"$CLOUD/R7/swanctl/swanctl.conf"
	on R7 swanctl --load-all --clear --noprompt
	SINCE=$(wc -l <"$CLOUD/R7/charon.log")
	on R7 dmvpnctl clear session
	! in_ns R7 ping -n -q -i 0.05 -c 400 -W 1 "$(overlay "$HUB")"
}

attempts() {
	sed "1,${SINCE}d" "$CLOUD/R7/charon.log" | grep -c '\[IKE\] initiating IKE_SA'
}

# What the plugin tells releases by: 6.x and 5.9 have one of these each, and a
# second one in the place of that which it has would have charon crash.
alien() {
	local function=diffie_hellman_init
	if grep -q $function /usr/lib/ipsec/libstrongswan.so.0; then
		function=key_exchange_init
	fi
	echo "void $function(void){}" |
		gcc -shared -fPIC -o "$TMP/alien.so" -x c - || return 1
	daemon_stop R7 charon
	CHARON=(env LD_PRELOAD="$TMP/alien.so" "${CHARON[@]}")
	charon_start R7
	grep "and this is another release" "$CLOUD/R7/charon.log" &&
		on R7 swanctl --stats >"$TMP/stats" &&
		! grep -w dmvpn "$TMP/stats"
}

need_module
mapfile -t VERSIONS < <(ike_versions)
plan $((10 * ${#VERSIONS[@]} + 6))
for ike in "${VERSIONS[@]}"; do
	[ "$ike" = "${VERSIONS[0]}" ] || cloud_down
	common "$ike"
done
check "another device has another template" other_devices
check "and works" wait_for -t 30 ping_ok R6 "${SECOND[R1]}"
check_eq "each has its own" "$(ciphers DMVPN) $(ciphers OTHER)" \
	"AES_CBC-256 AES_CBC-128"
check "R7 is refused, and sends for 20 seconds" refused
check "it tries again, but not for each packet: $(attempts) times" \
	test "$(attempts)" -ge 2 -a "$(attempts)" -le 8
check "a charon of another release has no plugin, and says why" alien
finish
