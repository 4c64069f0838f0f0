# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The reference cloud with IKE version $IKE: it comes up, spoke to spoke goes
# over the hub first and then directly, LANs get shortcuts, and the tool shows
# all that an operator looks for. Sourced by functional/cloud-ikev*.sh.
. "$SELFTESTS/cloud.sh"

at_end() {
	cloud_keep
}

report_failure() {
	cloud_log
	diag "$(genl R6 dump session-get; genl R6 dump nexthop-get)"
}

# hub_moves BY COMMAND...: by how many packets the hub's counters grow.
hub_moves() {
	local before=$(($(hub_carried)))
	"$@" >"$TMP/moved" || return 1
	HUB_MOVED=$(($(hub_carried) - before))
	echo "the hub sent $HUB_MOVED packets meanwhile"
}

# The hub is a router on the way: it takes one from the TTL of 64.
first_goes_over_hub() {
	hub_moves on R6 ping -n -c 1 -W 5 -p "$CANARY_HEX" \
		"$(overlay R7)" && [ "$HUB_MOVED" -ge 1 ] || return 1
	grep -q 'ttl=63' "$TMP/moved"
}

# goes_direct ADDRESS [OPTION...]: 50 packets from R6, of which the hub
# carries none.
goes_direct() {
	local address=$1
	shift
	hub_moves on R6 ping -n -c 50 -i 0.02 -W 2 -p "$CANARY_HEX" "$@" \
		"$address" && [ "$HUB_MOVED" -eq 0 ] || return 1
	grep -q 'ttl=64' "$TMP/moved" && ! grep -q 'ttl=63' "$TMP/moved"
}

shortcut_route() {
	on R6 ip route show proto nhrp | grep "$(lan R7).0/24"
}

# lan_routes: what a routing daemon would bring; over the hub.
lan_routes() {
	local r
	for r in R6 R7; do
		on "$HUB" ip route add "$(lan "$r").0/24" via "$(overlay "$r")"
		on "$r" ip route add 172.16.0.0/16 via "$(overlay "$HUB")"
	done
}

# shows WORDS COMMAND...: every line of WORDS matches the command's output.
shows() {
	local words=$1 word out missing=0
	shift
	out=$("$@") || return 1
	echo "$out"
	while read -r word; do
		[ -n "$word" ] || continue
		grep -Eiq -- "$word" <<<"$out" && continue
		echo "MISSING: $word"
		missing=1
	done <<<"$words"
	return "$missing"
}

# json FILTER COMMAND...: the output is JSON for which FILTER is true.
json() {
	local filter=$1 out
	shift
	out=$("$@") || return 1
	echo "$out"
	jq -e "$filter" <<<"$out" >/dev/null
}

# ESP may come before its receiver has the SA, which it then says by ICMP.
wire_is_closed() {
	local others
	others=$(packets "$TMP/wire.pcap" \
		'not esp and not udp port 500 and not udp port 4500' \
		'and not icmp[icmptype] == icmp-unreach')
	echo "$others packets are neither ESP nor IKE"
	[ "$others" -eq 0 ] && [ "$(packets "$TMP/wire.pcap" esp)" -gt 200 ]
}

hub_detail() {
	cat <<-'EOF'
	dmvpn0.*up
	1\.1\.1\.1
	MGRE
	GRE/IP
	"?DMVPN"?
	hub
	peers.*3
	6\.6\.6\.6 +192\.168\.1\.6 +UP .*D
	7\.7\.7\.7 +192\.168\.1\.7 +UP .*D
	8\.8\.8\.8 +192\.168\.1\.8 +UP .*D
	192\.168\.1\.6/32
	EOF
}

crypto_session() {
	cat <<-'EOF'
	1\.1\.1\.1
	6\.6\.6\.6
	up.*active
	active sas: *2
	dec'ed|decrypt|decaps
	enc'ed|encrypt|encaps
	drop
	0x[0-9a-f]{8}
	EOF
}

operator_checks() {
	check "show dmvpn detail on the hub" \
		shows "$(hub_detail)" on "$HUB" dmvpnctl show dmvpn detail
	check "show crypto session detail on the hub" \
		shows "$(crypto_session)" \
		on "$HUB" dmvpnctl show crypto session detail
	check "show crypto sa on R6" shows 'esp|gcm|cbc
		0x[0-9a-f]{8}' on R6 dmvpnctl show crypto sa
	check "show nhrp on the hub" shows '192\.168\.1\.6
		6\.6\.6\.6
		192\.168\.1\.8' on "$HUB" dmvpnctl show nhrp
	check "show interface on R6" shows 'dmvpn0
		6\.6\.6\.6' on R6 dmvpnctl show interface
	for view in dmvpn "dmvpn detail" nhrp "crypto session" "crypto sa" \
		interface; do
		# shellcheck disable=SC2086
		check "show $view as JSON" json '.version == 1' \
			on "$HUB" dmvpnctl -j show $view
	done
}

# cloud_checks IKE
cloud_checks() {
	local r
	need_module
	plan 26
	cloud_prepare "$1"
	capture net any "$TMP/wire.pcap" not arp
	cloud_start "$1"
	check "three spokes register" wait_for -t 60 registered 3
	check "R6's first packet to R7 goes over the hub" first_goes_over_hub
	check "R6 resolves R7 and has a session with it" \
		wait_for -t 40 direct R6 R7
	check "R7 has the same of R6" wait_for -t 40 direct R7 R6
	check "then 50 packets go directly: the hub's counters stand still" \
		wait_for goes_direct "$(overlay R7)"
	for r in "${SPOKES[@]}"; do
		on "$r" ip route add 11.11.11.0/24 via "$(overlay "$HUB")"
		check "$r reaches the business LAN" \
			wait_for ping_ok "$r" 11.11.11.1
	done
	lan_routes
	on R6 ping -n -c 3 -i 0.3 -I "$(lan R6).1" "$(lan R7).1" >/dev/null ||
		true
	check "redirect: R6 gets a shortcut for R7's LAN" \
		wait_for shortcut_route
	check "LAN to LAN goes directly" \
		wait_for goes_direct "$(lan R7).1" -I "$(lan R6).1"
	check "R8 is not disturbed" ping_ok R8 "$(overlay "$HUB")"
	check_eq "one session a peer: the hub has 3" \
		"$(genl "$HUB" dump session-get |
			jq -s 'map(select(.state == "up")) | length')" 3
	operator_checks
	capture_end
	check "nothing but IKE and ESP on the wire" wire_is_closed
	check "no byte of the canary is on the wire" \
		silent_on "$CANARY" "$TMP/wire.pcap"
	check_eq "ESP arrived whole: nothing failed authentication" \
		"$(genl "$HUB" dump sa-get | jq -s \
			'map(."auth-failed" + .malformed) | add')" 0
	finish
}
