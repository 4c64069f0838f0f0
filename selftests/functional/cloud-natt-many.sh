#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# Sixteen spokes of the cloud behind one NAT address, or as many as DMVPN_NATTED
# says, and one, R5, without a NAT, with IKEv1 where there is one, or what
# DMVPN_IKE says: each is registered for itself, one that is rebooted and one
# whose mapping moves are nothing to the others, and where there is no direct path
# the hub carries on.
#
# Nobody reaches a spoke behind the NAT but along a flow that it has begun, and
# what comes to the NAT's own address goes nowhere.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

COUNT=${DMVPN_NATTED:-16} IKE=${DMVPN_IKE:-$(oldest_ike)}
NAT=192.0.2.9
RATE=10		# datagrams a second, each way of each spoke
TALK=40		# packets of a conversation, five a second
LIMIT=10	# seconds until who was rebooted is back
NATTED=()
for ((n = 6; n < 6 + COUNT; n++)); do
	NATTED+=("R$n")
done
SPOKES=(R5 "${NATTED[@]}")
ROUTERS=("$HUB" "${SPOKES[@]}")

at_end() {
	cloud_keep
}

report_failure() {
	cloud_log 20
	diag "$(genl R1 dump session-get | jq -c .; genl R6 dump session-get |
		jq -c .; on R6 dmvpnctl show nhrp; on R1 dmvpnctl show nhrp)"
}

# nat [ROUTER PORTS]: new flows of that router get a port among those.
nat() {
	local r
	in_ns net nft -f - <<-EOT
		table ip nat
		delete table ip nat
		table ip nat {
			chain out {
				type nat hook postrouting priority srcnat
				$([ $# = 0 ] || echo "ip saddr $(nbma "$1")" \
					"udp sport 4500 snat to $NAT:$2")
				$(for r in "${NATTED[@]}"; do
					echo "ip saddr $(nbma "$r") snat to $NAT"
				done)
			}
			chain between {
				type filter hook forward priority 0
				$(for r in "${NATTED[@]}"; do
					echo "ip daddr $(nbma "$r") ct state" \
						"new drop"
				done)
			}
			chain in {
				type filter hook input priority 0
				ip daddr $NAT drop
			}
		}
	EOT
}

# ports: the hub's sessions with the NAT's address, those that are up, by their ports.
ports() {
	genl "$HUB" dump session-get | jq -c "select(.state == \"up\" and
		.remote == \"$NAT\").\"remote-port\"" | sort -n
}

have_sessions() {
	[ "$(ports | grep -vxc 0)" -eq "$COUNT" ] &&
		[ "$(ports | uniq | wc -l)" -eq "$COUNT" ]
}

# binding ROUTER FIELD: of the hub's for it.
binding() {
	genl_field "$HUB" ".\"$2\"" nexthop-get dev=dmvpn0 \
		address="$(overlay "$1")"
}

# Each is seen at the NAT's address, and has claimed its own.
claimed() {
	local r
	for r in "${NATTED[@]}"; do
		echo "$r: $(binding "$r" remote) $(binding "$r" claimed)"
		[ "$(binding "$r" remote) $(binding "$r" claimed)" = \
			"$NAT $(nbma "$r")" ] || return 1
	done
}

# flowing COUNT: so many packets have come from each.
flowing() {
	[ "$(genl "$HUB" dump sa-get | jq -s "map(select(.dir == \"in\" and
		.packets >= $1)) | length")" -gt "$COUNT" ]
}

# begin ROUTER...: datagrams each way between them and the hub, SINCE that moment.
begin() {
	flows_start "$HUB" "$@"
	SINCE=${EPOCHREALTIME/./}
}

# for_long: they had three seconds to be lost in.
for_long() {
	[ $((${EPOCHREALTIME/./} - SINCE)) -ge 3000000 ]
}

# none_lost: all that was sent has come, and once.
none_lost() {
	wait_for for_long
	flows_end
	ACCOUNT=$(jq -sr '"\(map(.sent) | min > 20) \(map(.lost) | add) " +
		"\(map(.duplicated) | add) \(map(.corrupt) | add)"' "$TMP/ways")
	echo "$ACCOUNT"
	jq -c 'select(.lost > 0 or .duplicated > 0)' "$TMP/ways"
	[ "$ACCOUNT" = "true 0 0 0" ]
}

# reboot ROUTER: nothing of it is left, and nobody was told.
reboot() {
	daemon_stop "$1" charon KILL
	daemon_stop "$1" nhrpd KILL
	ip -n "$1" link del dmvpn0
	genl "$1" sa-flush
	cloud_device "$1" protection DMVPN
	charon_start "$1"
	nhrpd_start "$1"
}

# back ROUTER: MS has the milliseconds since its daemons run.
back() {
	local start=${EPOCHREALTIME/./}
	wait_for -t 60 ping_ok "$1" "$(overlay "$HUB")" || return 1
	MS=$(((${EPOCHREALTIME/./} - start) / 1000))
	wait_for ping_ok "$HUB" "$(overlay "$1")"
}

at_port() {
	[ "$(binding "$1" remote-port)" -ge "$2" ] &&
		ping_ok "$HUB" "$(overlay "$1")"
}

# remap ROUTER: the NAT forgets its flow, and gives it another port.
remap() {
	nat "$1" 40000-40999
	in_ns net conntrack -D -p udp -s "$(nbma "$1")" >/dev/null 2>&1
	wait_for -t 40 at_port "$1" 40000 &&
		wait_for ping_ok "$1" "$(overlay "$HUB")"
}

# talk FROM TO: for so long that a direct path would have been tried. It leaves
# lost packets, and those that came over a router.
talk() {
	on "$1" ping -n -i 0.2 -c "$TALK" -W 3 "$(overlay "$2")" >"$TMP/talk" || true
	LOST=$((TALK - $(grep -c 'icmp_seq' "$TMP/talk")))
	OVER_HUB=$(grep -c 'ttl=63' "$TMP/talk" || true)
	tail -n 2 "$TMP/talk"
}

no_loss() {
	talk "$@"
	[ "$LOST" -eq 0 ]
}

# The same where a direct path begins. With IKEv1 who answers has its SAs only
# when it has read the third message, which the first packets may overtake: one,
# where the machine is as quick as most.
little_loss() {
	talk "$@"
	[ "$LOST" -le $((IKE == 1 ? SLOW : 0)) ]
}

all_over_hub() {
	echo "$OVER_HUB over the hub"
	[ "$OVER_HUB" -eq "$TALK" ]
}

# tries ROUTER: peers that it has besides the hub.
tries() {
	genl "$1" dump peer-get | jq -c "select(.remote != \"$(nbma "$HUB")\")"
}

# place ROUTER: where R5 sends to for it, if it has a direct path.
place() {
	genl_field R5 '"\(.remote) \(."remote-port")"' nexthop-get dev=dmvpn0 \
		address="$(overlay "$1")" || true
}

# Of the NAT's address alone nobody could tell who is meant.
apart() {
	echo "R6: $(place R6), R7: $(place R7)"
	[ -z "$(place R6)" ] || [ "$(place R6)" != "$(place R7)" ]
}

need_module
plan 17
cloud_prepare "$IKE"
ip -n net addr add "$NAT/32" dev lo
nat
cloud_start "$IKE"
check "$((COUNT + 1)) spokes register" wait_for -t 120 registered \
	$((COUNT + 1))
check "$COUNT sessions with one address, each with its port" \
	wait_for have_sessions
check "each binding is at the NAT's address, and has claimed its own" claimed
begin "${SPOKES[@]}"
wait_for flowing 50
check "both ways with all: nothing lost, nothing twice" none_lost

begin R5 "${NATTED[@]:1}"
check "R6 is rebooted" reboot R6
check "and is back" back R6
check "within $LIMIT s: $MS ms" test "$MS" -le $((LIMIT * 1000))
check "which the others do not notice" none_lost
begin R5 "${NATTED[@]::COUNT - 1}"
check "the NAT moves ${NATTED[-1]} to another port" \
	remap "${NATTED[-1]}"
check "which the others do not notice" none_lost

check "between two behind the NAT nothing is lost" no_loss R6 R7
check "all of it goes over the hub" all_over_hub
check_eq "and nothing is tried at the NAT's address, which is nobody's" \
	"$(tries R6)" ""
check "between one behind the NAT and R5 nothing is lost" little_loss R6 R5
check "nor between another and R5" little_loss R7 R5
check "R5 keeps the two apart" apart
check "what it begins itself is not lost, either" little_loss R5 R7
finish
