#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core datapath
# A peer that says who has to be there: nobody else gets its packets, from behind
# the same NAT neither, whoever comes first.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

HUB=hub1.example MEMBER=spoke9.example

# sa SPI PORT [IDENTITY]: an outbound SA; PORT 0 is native ESP.
sa() {
	local ports=()
	[ "$2" = 0 ] || ports=(local-port=4500 remote-port="$2")
	suite_keys gcm128
	genl a sa-new dir=out spi="$1" local="${NBMA[a]}" \
		remote="${NBMA[b]}" cipher="$CIPHER" icv-len="$ICV" \
		cipher-key="$CIPHER_KEY" "${ports[@]}" ${3:+identity="$3"}
}

flush() {
	genl a sa-flush
}

wanted() { # [name=value...]
	genl a peer-new dev=dmvpn0 remote="${NBMA[b]}" "$@"
}

no_peer() {
	genl a peer-del dev=dmvpn0 remote="${NBMA[b]}"
}

state() {
	genl_field a .state peer-get dev=dmvpn0 remote="${NBMA[b]}"
}

# who: in whose session the peer is, and what that is called.
who() {
	local handle
	handle=$(genl_field a .session peer-get dev=dmvpn0 remote="${NBMA[b]}")
	genl_field a '[.identity, .state] | join(" ")' session-get \
		handle="$handle"
}

# sent SPI: packets through that SA.
sent() {
	genl_field a .packets sa-get dir=out spi="$1" remote="${NBMA[b]}"
}

has_sent() {
	[ "$(sent "$1")" = 1 ]
}

# An NHRP packet to whoever has that port.
frame() {
	genl a frame dev=dmvpn0 remote="${NBMA[b]}" remote-port="$1" \
		data=0001080000000000
}

need_module
plan 27
pair protection DMVPN
no_peer

check "a peer for one identity" wanted identity='hub*'
check_eq "which is told" "$(genl_field a .identity peer-get dev=dmvpn0 \
	remote="${NBMA[b]}")" 'hub*'
check_fails "an SA of somebody else" 'genl.py: .*another identity is wanted' \
	sa 3801 0 "$MEMBER"
check_fails "an SA of nobody" 'genl.py: .*another identity is wanted' sa 3801 0
check "an SA of who is wanted" sa 3801 0 "$HUB"
check_eq "is the peer's" "$(who)" "$HUB up"
check "a narrower identity that is the same" wanted identity="$HUB"
check_fails "another one, under its SAs" 'genl.py: .*somebody else is there' \
	wanted identity=hub2.example
check_eq "nothing changed" "$(genl_field a .identity peer-get dev=dmvpn0 \
	remote="${NBMA[b]}")" "$HUB"
flush

check "somebody else behind the same NAT" sa 3802 61000 "$MEMBER"
check_eq "is not in its session" "$(who)" "$HUB down"
check "who is wanted, later" sa 3803 4500 "$HUB"
check_eq "is" "$(who)" "$HUB up"
check "a packet for the other" frame 61000
check "goes to the other" wait_for has_sent 3802
check_eq "and to nobody else" "$(sent 3803)" 0
check "a packet for the peer" frame 4500
check "goes to the peer" wait_for has_sent 3803
no_peer
check "a peer that comes later" wanted identity="$HUB"
check_eq "finds who is wanted" "$(who)" "$HUB up"
flush
no_peer

check "somebody who is there alone" sa 3804 61000 "$MEMBER"
wanted identity="$HUB"
check_eq "is not taken for who is wanted" "$(state)" down
flush
no_peer
sa 3805 0 "$MEMBER"
wanted
check_eq "anybody, for a peer that does not mind" "$(who)" "$MEMBER up"
no_peer
wanted identity="$HUB"
check_eq "who is at the very address has to go" \
	"$(genl a dump sa-get | wc -l)" 0
check "for who is wanted" sa 3806 0 "$HUB"
check_eq "who is there then" "$(who)" "$HUB up"

ip -n a link add clear0 type dmvpn local "${NBMA[a]}" key 77
check_fails "an identity without protection" 'genl.py: .*\(in identity\)' \
	genl a peer-new dev=clear0 remote="${NBMA[b]}" identity="$HUB"
finish
