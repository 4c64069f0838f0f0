#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# MOBIKE: R6's address changes. With mobike = yes on both sides the IKE_SA goes
# along, with its SAs and the session, and the tunnel goes on before the device is
# told of it, and after that. As our examples have it, a new IKE_SA is made then.
# Either way the hub soon has R6 at its new address.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

SPOKES=(R6)
ROUTERS=("$HUB" R6)
NEW=6.6.6.66

at_end() {
	cloud_keep
}

report_failure() {
	cloud_log 40
	diag "$(genl R1 dump session-get; genl R6 dump session-get
		genl R1 dump peer-get; on R1 dmvpnctl show nhrp
		on R6 dmvpnctl show nhrp nhs; on R1 swanctl --list-sas)"
}

# Neither our own tunnel nor a LAN is a path of IKE, nor the address of the link,
# where nobody looks for a peer: charon takes none with the scope of a link.
underlay_alone() {
	local r n
	for r in "${ROUTERS[@]}"; do
		n=${r#R}
		charon_edit "$r" \
			's/^charon {/&\n\tinterfaces_ignore = dmvpn0, lan0/'
		ip -n "$r" -batch - <<-EOT
			addr del 10.0.$n.2/30 dev eth0
			addr add 10.0.$n.2/30 dev eth0 scope link
			route replace default via 10.0.$n.1 src $(nbma "$r")
		EOT
	done
}

# ike_sa: the hub's, by the SPI of who began it, which it keeps.
ike_sa() {
	on R1 swanctl --list-sas | grep -m 1 -o '[0-9a-f]*_i'
}

# spis: of the hub's SAs.
spis() {
	genl R1 dump sa-get | jq -c .spi | sort -n
}

new_address() {
	ip -n net route add "$NEW/32" via 10.0.6.2
	ip -n R6 -batch - <<-EOT
		addr add $NEW/32 dev loop1
		route replace default via 10.0.6.1 src $NEW
		addr del $(nbma R6)/32 dev loop1
	EOT
}

# at ADDRESS: the hub's session with R6 is there, and up.
at() {
	[ "$(genl_field R1 .state session-get local="$(nbma R1)" \
		remote="$1")" = up ]
}

tell_device() {
	ip -n R6 link set dmvpn0 type dmvpn local "$NEW"
}

at_new_address() {
	[ "$(genl_field R1 '"\(.state) \(.remote)"' nexthop-get dev=dmvpn0 \
		address="$(overlay R6)")" = "valid $NEW" ]
}

# move MOBIKE ORDER: the address changes and the device is told, in that order
# ("after") or the other ("before"). Until then all is as ever.
move() {
	local r
	CASE="mobike = $1, device told $2"
	cloud_prepare 2
	for r in "${ROUTERS[@]}"; do
		sed -i "s/mobike = no/mobike = $1/" \
			"$CLOUD/$r/swanctl/swanctl.conf"
	done
	underlay_alone
	cloud_start 2
	check "$CASE: R6 registers" wait_for -t 60 registered 1
	wait_for ping_ok R6 "$(overlay R1)"
	IKE_SA=$(ike_sa) SPIS=$(spis)
	if [ "$2" = before ]; then
		tell_device
		new_address
		return
	fi
	new_address
	[ "$1" = no ] || goes_along
	tell_device
}

# The device still has the old address.
goes_along() {
	check "$CASE: the session with R6 is at the new address" \
		wait_for at "$NEW"
	check "$CASE: R6 reaches the hub from there" \
		wait_for ping_ok R6 "$(overlay R1)"
	check "$CASE: and the hub R6" wait_for ping_ok R1 "$(overlay R6)"
}

reached() {
	check "$CASE: the hub has R6 at the new address" \
		wait_for -t 60 at_new_address
	check "$CASE: R6 reaches the hub" wait_for ping_ok R6 "$(overlay R1)"
	check "$CASE: and the hub R6" wait_for ping_ok R1 "$(overlay R6)"
}

need_module
plan 18
move yes after
reached
check_eq "the IKE_SA is the same" "$(ike_sa)" "$IKE_SA"
check_eq "and so are its SAs" "$(spis)" "$SPIS"
cloud_down
move yes before
reached
cloud_down
move no after
reached
check "it is another IKE_SA" test "$(ike_sa)" != "$IKE_SA"
finish
