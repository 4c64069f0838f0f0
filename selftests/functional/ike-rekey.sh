#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# charon rekeys CHILD_SAs and IKE_SAs, asked to by either end and by both at
# once, with IKEv1 and IKEv2, on a path that delays IKE by 200 ms and loses some
# of it: no datagram in the tunnel is lost or doubled. DMVPN_IKE_REKEYS says how
# many there are for each version and loss, DMVPN_IKE_LOSS which losses in
# percent, DMVPN_IKE_VERSIONS which versions. Of each version there is every kind
# of rekeying. ike-rekey-many.sh has more.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"
. "$SELFTESTS/vici.sh"

SPOKES=(R6)
ROUTERS=("$HUB" R6)
REKEYS=${DMVPN_IKE_REKEYS:-3}
read -ra LOSSES <<<"${DMVPN_IKE_LOSS:-0 5 30}"
read -ra VERSIONS <<<"${DMVPN_IKE_VERSIONS:-$(ike_versions | xargs)}"
RATE=100

report_failure() {
	cloud_log 40
	diag "$(cat "$TMP/ways" 2>/dev/null; for r in "${ROUTERS[@]}"; do
		genl "$r" dump session-get; genl "$r" dump sa-get
		genl_field "$r" .drops device-get dev=dmvpn0; done)"
	cloud_keep
}

at_end() {
	cloud_keep
}

# ike_path LOSS: what the provider does to IKE, each way; all else goes on.
ike_path() {
	local r port
	for r in "${ROUTERS[@]}"; do
		tc -n net qdisc replace dev "to_$r" root handle 1: prio bands 3 \
			priomap 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1
		tc -n net qdisc replace dev "to_$r" parent 1:3 handle 30: netem \
			delay 100ms loss "$1%"
		for port in 500 4500; do
			tc -n net filter add dev "to_$r" parent 1: protocol ip \
				prio 1 u32 match ip protocol 17 0xff \
				match ip dport "$port" 0xffff flowid 1:3
		done
	done
}

# Lost messages are repeated soon, so that the test does not take an hour.
impatient() {
	local r conf
	for r in "${ROUTERS[@]}"; do
		conf=$(sed 's/^charon {/&\n\tretransmit_timeout = 0.6/
			s/^charon {/&\n\tretransmit_base = 1.2/
			s/^charon {/&\n\tretransmit_tries = 12/' \
			"$CLOUD/$r/strongswan.conf")
		# No new file: the router has the old one mounted.
		echo "$conf" >"$CLOUD/$r/strongswan.conf"
	done
}

out_spi() { # ROUTER
	genl "$1" dump session-get | jq -r '."out-spi"'
}

child_is_new() {
	local r spi
	for r in "${ROUTERS[@]}"; do
		spi=$(out_spi "$r")
		[ "$spi" != 0 ] && [ "$spi" != "${SPI[$r]}" ] || return 1
	done
}

ike_is_new() {
	local id
	id=$(ike_id R6)
	[ -n "$id" ] && [ "$id" != "$ID" ]
}

# settled: no rekeying is under way at either end. A message that was lost may have
# left one of them behind, and charon 6.0 was seen to install no outbound SA when
# another rekeying of IKEv2 began before it had found out that two crossed.
settled() {
	local r sas
	for r in "${ROUTERS[@]}"; do
		sas=$(vici "$r" list-sas) || return 1
		! grep "^task" <<<"$sas" | grep -v DPD || return 1
	done
}

# child_id ROUTER: of the CHILD_SA that it sends through.
child_id() {
	local spi kind id out
	printf -v spi %08x "$(out_spi "$1")"
	while read -r kind id out _; do
		[ "$kind $out" != "child $spi" ] || echo "$id"
	done < <(vici "$1" list-sas)
}

# which_child ROUTER: with IKEv1 charon knows of some that they were replaced,
# and chooses. With IKEv2 it may choose one that the peer is about to make.
which_child() {
	if [ "$ike" = 1 ]; then
		echo child=gre
	else
		echo "child-id=$(child_id "$1")"
	fi
}

newest_ike() { # ROUTER
	echo "ike-id=$(ike_id "$1")"
}

# rekey WHICH IS-NEW ROUTER...: all are asked for what each had before. One exchange
# may undo what the other one did, so it is asked for again.
rekey() {
	local i tries what
	[ "$ike" = 1 ] || wait_for -t 60 settled || return 1
	for ((tries = 0; tries < 3; tries++)); do
		what=()
		for ((i = 3; i <= $#; i++)); do
			what[i]=$("$1" "${!i}")
		done
		for i in "${!what[@]}"; do
			vici "${!i}" rekey "${what[i]}" || true
		done
		wait_for -t 40 "$2" && return
	done
	return 1
}

rekey_child() { # ROUTER...
	local r
	declare -gA SPI
	for r in "${ROUTERS[@]}"; do
		SPI[$r]=$(out_spi "$r")
	done
	rekey which_child child_is_new "$@"
}

rekey_ike() { # ROUTER...
	ID=$(ike_id R6)
	rekey newest_ike ike_is_new "$@"
}

# rekeyings N: by R6, by the hub, and by both at once, in turn, on from where the
# last ones of that version were.
rekeyings() {
	local end=$((KIND + $1))
	for (( ; KIND < end; KIND++)); do
		case $((KIND % 7)) in
		0) rekey_child R6 ;;
		1) rekey_ike R6 ;;
		2) rekey_child R6 "$HUB" ;;
		3) rekey_child "$HUB" ;;
		4) rekey_ike "$HUB" ;;
		5) rekey_ike R6 "$HUB" ;;
		6) rekey_child R6 ;;
		esac || return 1
	done
}

need_module
plan $((${#VERSIONS[@]} * (1 + 3 * ${#LOSSES[@]})))
for ike in "${VERSIONS[@]}"; do
	KIND=0
	cloud_prepare "$ike"
	impatient
	cloud_start "$ike"
	check "IKEv$ike: the spoke registers" wait_for -t 60 registered 1
	wait_for ping_ok R6 "$(overlay "$HUB")"
	for loss in "${LOSSES[@]}"; do
		ike_path "$loss"
		flows_start R6 "$HUB"
		check "IKEv$ike, $loss % loss: $REKEYS rekeyings" \
			rekeyings "$REKEYS"
		sleep 2
		check_flows "IKEv$ike, $loss % loss: nothing lost, doubled or spoilt"
		check "IKEv$ike, $loss % loss: more datagrams than SAs" test \
			"$(jq -s 'map(.sent) | add' "$TMP/ways")" -gt "$REKEYS"
	done
	cloud_down
done
finish
