#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long
# What `ip link` options do to packets: ttl, tos, df, csum, fwmark, VRF below,
# another namespace below, source-check, mcast-rate, nhrp-rate; and the tables
# of RFC 2983 and RFC 6040, all of them.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

report_failure() {
	diag "$(genl a dump device-get; genl b dump device-get
		ip -n a -d link show dmvpn0)"
}

change() {
	local node=$1
	shift
	ip -n "$node" link change dmvpn0 type dmvpn "$@"
}

# outer_is FILTER PING_OPTION...: what a's ping looks like between the nodes,
# answered or not.
outer_is() {
	local file=$TMP/outer-$RANDOM.pcap filter=$1
	shift
	capture mid to_a "$file" 'ip and src host 10.9.1.2'
	in_ns a ping -n -q -c 2 -i 0.05 -W 0.2 "$@" "${OVERLAY[b]}" || true
	capture_end
	echo "$(packets "$file"), of which $(packets "$file" "$filter")"
	[ "$(packets "$file")" -ge 2 ] &&
		[ "$(packets "$file" "$filter")" -eq "$(packets "$file")" ]
}

one_more_drop() { # NODE REASON COMMAND...
	local node=$1 reason=$2 before
	shift 2
	before=$(drops "$node" dmvpn0 "$reason")
	"$@" >/dev/null 2>&1 || true
	echo "$reason: $before, then $(drops "$node" dmvpn0 "$reason")"
	[ "$(drops "$node" dmvpn0 "$reason")" -gt "$before" ]
}

no_answer() {
	! ping_ok "$@"
}

came() {
	[ "$(wc -l <"$TMP/frames")" -gt "$1" ]
}

need_module
plan 38

pair
with_ipv6 a b mid
wait_for ping_ok a "${OVERLAY[b]}"
check "ttl 64: so outside" outer_is 'ip[8] = 64' -t 9
change a ttl inherit
check "ttl inherit: as inside" outer_is 'ip[8] = 9' -t 9
change a ttl 64 tos 0xb8
check "tos 0xb8: whatever is inside" outer_is 'ip[1] = 0xb8' -Q 0x20
change a tos inherit
check "df copy: set where it is inside" outer_is 'ip[6] & 0x40 != 0' -M 'do'
check "df copy: not set where it is not" outer_is 'ip[6] & 0x40 = 0' -M dont
change a df set
check "df set: where it is not inside" outer_is 'ip[6] & 0x40 != 0' -M dont
change a df clear
check "df clear: where it is inside" outer_is 'ip[6] & 0x40 = 0' -M 'do'
ip -n a link set eth0 mtu 1300
check "df clear: fragments outside carry a large DF packet" \
	outer_is 'ip[6:2] & 0x3fff != 0' -M 'do' -s 1350
change a df copy
check "df copy: fragments are made inside" \
	outer_is 'ip[6:2] & 0x3fff = 0' -M dont -s 1350
ip -n a link set eth0 mtu 1500
check "DSCP and ECN outside are those inside, IPv4" \
	"$SELFTESTS/functional/tos.py" out a "${OVERLAY[b]}" mid to_a
genl a nexthop-new dev=dmvpn0 address=fd99::2 remote="${NBMA[b]}" \
	state=valid kind=static
ip -n a addr add fd99::1/64 dev dmvpn0
check "DSCP and ECN outside are those inside, IPv6" \
	"$SELFTESTS/functional/tos.py" out a fd99::2 mid to_a
BEFORE=$(drops a dmvpn0 rx-ecn)
check "DSCP and ECN come in as RFC 6040 has it" \
	"$SELFTESTS/functional/tos.py" in a dmvpn0 mid "${NBMA[b]}" \
	"${NBMA[a]}" 9
check_eq "what it drops is counted: 64 values of either family" \
	"$(($(drops a dmvpn0 rx-ecn) - BEFORE))" 128

change a csum
check "csum: the flag is set outside" \
	outer_is 'ip[20:2] = 0xa000 and ip[28:4] = 9'
check "csum: shown" grep -q ' csum ' <(ip -n a -d link show dmvpn0)
check "csum: the peer takes it, and a takes packets without" \
	wait_for ping_ok a "${OVERLAY[b]}"
check "csum: a wrong one is dropped and counted" \
	one_more_drop b rx-checksum in_ns mid "$SELFTESTS/functional/forge.py" \
	bad-checksum "${NBMA[a]}" "${NBMA[b]}" 9 "${OVERLAY[a]}" "${OVERLAY[b]}"
change a nocsum

# Routes by mark: the main table has none that leads to b.
ip -n a route add blackhole "${NBMA[b]}/32"
ip -n a route add default via 10.9.1.1 table 77
ip -n a rule add fwmark 0x4d lookup 77
check "no route: dropped and counted" \
	one_more_drop a tx-no-route ping_ok a "${OVERLAY[b]}"
change a fwmark 0x4d
peer a b
check "fwmark: the other table is asked" wait_for ping_ok a "${OVERLAY[b]}"
check "fwmark: shown" grep -q 'fwmark 0x4d ' <(ip -n a -d link show dmvpn0)
change a fwmark 0
peer a b
check "fwmark 0: no more" no_answer a "${OVERLAY[b]}"
ip -n a route del blackhole "${NBMA[b]}/32"

# The underlay in a VRF.
ip -n a link add below type vrf table 78
ip -n a link set below up
ip -n a link set eth0 master below
ip -n a route add default via 10.9.1.1 vrf below
ip -n a route flush cache
change a dev below
peer a b
check "VRF below: with dev" wait_for ping_ok a "${OVERLAY[b]}"
check "VRF below: from the peer" wait_for ping_ok b "${OVERLAY[a]}"
change a nodev
peer a b
check "VRF below: not without dev" no_answer a "${OVERLAY[b]}"
ip -n a link del below
ns_del a b mid

# The device in another namespace than its underlay.
pair protection DMVPN
ns_add inside
ip -n a link set dmvpn0 netns inside
ip -n inside addr add "${OVERLAY[a]}/24" dev dmvpn0
ip -n inside link set dmvpn0 up
genl inside peer-new dev=dmvpn0 remote="${NBMA[b]}"
genl inside nexthop-new dev=dmvpn0 address="${OVERLAY[b]}" \
	remote="${NBMA[b]}" state=valid kind=static
protect a b gcm128
check "another namespace below: out and in" \
	wait_for ping_ok inside "${OVERLAY[b]}"
check_eq "another namespace below: the SAs are there" \
	"$(genl a dump sa-get | jq -s length) $(genl inside dump sa-get |
		jq -s length)" "2 0"
ns_del a b mid inside

# b as a hub that looks at sources.
underlay a b c
for node in a b c; do
	tunnel "$node" protection DMVPN
done
peer a b nhs
peer c b nhs
peer b a multicast
peer b c multicast
protect a b gcm128
protect c b gcm128
change b source-check
check "source-check: honest spokes" wait_for ping_ok a "${OVERLAY[b]}"
check "source-check: through the hub" wait_for ping_ok a "${OVERLAY[c]}"
ip -n a addr add 192.168.9.99/24 dev dmvpn0
check "source-check: an address of nobody is dropped and counted" \
	one_more_drop b rx-source ping_ok a "${OVERLAY[b]}" -I 192.168.9.99
ip -n a addr del 192.168.9.99/24 dev dmvpn0
ip -n a addr add "${OVERLAY[c]}/32" dev lo
check "source-check: another spoke's address, too" \
	one_more_drop b rx-source ping_ok a "${OVERLAY[b]}" -I "${OVERLAY[c]}"
change b nosource-check
check_fails "nosource-check: it is not looked at" . \
	one_more_drop b rx-source ping_ok a "${OVERLAY[b]}" -I "${OVERLAY[c]}"

# merged on|off: the largest that b gets of a's twenty datagrams of 1000 bytes.
merged() {
	local receiver
	in_ns b ethtool -K dmvpn0 rx-udp-gro-forwarding "$1"
	background ip netns exec b "$SELFTESTS/udp.py" largest "${OVERLAY[b]}" \
		9 >"$TMP/largest"
	receiver=$BG
	wait_for grep -q ready "$TMP/largest"
	in_ns a "$SELFTESTS/udp.py" train "${OVERLAY[b]}" 9 1000 20
	wait "$receiver"
	tail -n 1 "$TMP/largest"
}

check_eq "UDP comes as it was sent" "$(merged off)" 1000
check_eq "rx-udp-gro-forwarding: it comes merged" "$(merged on)" 20000

change b mcast-rate 20
check "mcast-rate: a burst is cut and counted" one_more_drop b tx-mcast-rate \
	in_ns b ping -n -q -c 30 -i 0.002 -W 1 -t 1 -I dmvpn0 224.0.0.99
change b mcast-rate 0
check_fails "mcast-rate 0: none is" . one_more_drop b tx-mcast-rate \
	in_ns b ping -n -q -c 30 -i 0.002 -W 1 -t 1 -I dmvpn0 224.0.0.99

# NHRP that a sends to b, whose daemon would get it.
flood() {
	local i
	for i in $(seq 30); do
		genl a frame dev=dmvpn0 remote="${NBMA[b]}" data=00$((10 + i))
	done
}

background ip netns exec b "$SELFTESTS/genl.py" frames dmvpn0 \
	>"$TMP/frames" 2>&1
wait_for grep -q listening "$TMP/frames"
change b nhrp-rate 2
check "nhrp-rate: a flood is cut and counted" one_more_drop b rx-nhrp-rate flood
check "but what it allows comes" wait_for came 2
change b nhrp-rate 0
check_fails "nhrp-rate 0: nothing is" . one_more_drop b rx-nhrp-rate flood
finish
