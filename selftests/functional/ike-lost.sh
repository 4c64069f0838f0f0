#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# What happens to IKE does not happen to the tunnel: while IKE messages are lost,
# a peer is sent through SAs that it has, and nothing in the tunnel is lost.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

SPOKES=(R6)
ROUTERS=("$HUB" R6)
RATE=50

report_failure() {
	cloud_log 40
	diag "$(cat "$TMP/ways"; for r in "${ROUTERS[@]}"; do
		genl "$r" dump session-get; genl "$r" dump sa-get; done)"
	cloud_keep
}

# Giving up takes seconds instead of minutes, yet longer than an answer may on a
# kernel that checks more.
impatient() {
	local r
	for r in "${ROUTERS[@]}"; do
		charon_edit "$r" 's/^charon {/&\n\tretransmit_timeout = '"$SLOW"'/
			s/^charon {/&\n\tretransmit_tries = 1/'
	done
}

# A qdisc that comes or goes stops its device for a moment, and with it what the
# flows send. So it is there before them.
provider_prepare() {
	local r
	for r in "${ROUTERS[@]}"; do
		tc -n net qdisc add dev "to_$r" clsact
	done
}

# ike_drop ROUTER [MATCH...]: the provider loses IKE to it, all or what matches.
ike_drop() {
	tc -n net filter add dev "to_$1" egress protocol ip u32 \
		match ip protocol 17 0xff match ip dport 500 0xffff "${@:2}" \
		action drop
}

ike_pass() {
	tc -n net filter del dev "to_$1" egress
}

out_spi() { # ROUTER
	genl "$1" dump session-get | jq -r '."out-spi"'
}

# outbound_sas ROUTER N: it has so many.
outbound_sas() {
	[ "$(genl "$1" dump sa-get | jq -s 'map(select(.dir == "out")) | length')" \
		-eq "$2" ]
}

# says ROUTER TEXT: its charon does, after line SINCE of the log: under load an
# impatient one may give the first IKE_SA up, too.
says() {
	sed "1,${SINCE}d" "$CLOUD/$1/charon.log" | grep "$2"
}

is_new() {
	local r spi
	for r in "${ROUTERS[@]}"; do
		spi=$(out_spi "$r")
		[ "$spi" != 0 ] && [ "$spi" != "${SPI[$r]}" ] || return 1
	done
}

begin() {
	local r
	declare -gA SPI
	for r in "${ROUTERS[@]}"; do
		SPI[$r]=$(out_spi "$r")
	done
	flows_start R6 "$HUB"
}

# After a DPD request IKEv1 does not repeat the last message of a Quick Mode.
no_dpd() {
	local r
	for r in "${ROUTERS[@]}"; do
		sed -i 's/dpd_delay = .*/dpd_delay = 0s/' \
			"$CLOUD/$r/swanctl/swanctl.conf"
	done
}

up() { # IKE
	cloud_prepare "$1"
	if [ "$1" = 1 ]; then
		no_dpd
	else
		impatient
	fi
	cloud_start "$1"
	provider_prepare
	wait_for -t 60 registered 1 && wait_for ping_ok R6 "$(overlay "$HUB")"
}

# The last message of a Quick Mode is the only small one. The spoke has the new
# SAs and the hub has not.
lost_quick_mode() {
	check "IKEv1: the spoke registers" up 1
	begin
	ike_drop "$HUB" match u16 0 0xff80 at 2
	on R6 swanctl --rekey --child gre >/dev/null
	check "the spoke has a new outbound SA" wait_for outbound_sas R6 2
	sleep 3
	check_eq "it sends through the old one, as the hub has no new one" \
		"$(out_spi R6)" "${SPI[R6]}"
	ike_pass "$HUB"
	check "the message is repeated, and both use the new ones" \
		wait_for -t 60 is_new
	check "the old one is gone" wait_for outbound_sas R6 1
	check_flows "nothing lost, doubled or spoilt"
	cloud_down
}

# An IKE_SA that fails leaves its SAs to the peer that does not know.
failed_ike_sa() {
	check "IKEv2: the spoke registers" up 2
	begin
	SINCE=$(wc -l <"$CLOUD/R6/charon.log")
	ike_drop R6
	on R6 swanctl --rekey --child gre >/dev/null
	check "the spoke gives its IKE_SA up" \
		wait_for -t 60 says R6 "giving up"
	check "and keeps the SAs that the hub uses" \
		wait_for says R6 "stays while the peer"
	check_eq "it sends through the same one" "$(out_spi R6)" "${SPI[R6]}"
	ike_pass R6
	check "a new IKE_SA brings new ones" wait_for -t 60 is_new
	check_flows "nothing lost, doubled or spoilt"
	cloud_down
}

need_module
if has_ikev1; then
	plan 12
	lost_quick_mode
else
	plan 6
fi
failed_ike_sa
finish
