#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# smp
# core
# sid
# nhrpd and charon are killed and started again on a spoke and on the hub
# while pings run every 10 ms: none is lost, and the daemons take up what they
# find in the kernel. With IKEv1, unless strongSwan has none.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

report_failure() {
	cloud_log 25
	diag "$(genl R6 dump session-get; genl R6 dump sa-get)"
	cloud_keep
}

# pings_start ROUTER: two pings that it is an end of.
pings_start() {
	PINGS=()
	flow R6 R1
	if [ "$1" = R6 ]; then
		flow R6 R7
	else
		flow R1 R8
	fi
}

flow() {
	local file=$TMP/flow-$1-$2
	background ip netns exec "$1" ping -n -i 0.01 -W 1 "$(overlay "$2")" \
		>"$file" 2>&1
	PINGS+=("$BG $file")
}

# missing FILE: answers that did not come, though a later one did.
missing() {
	sed -n 's/.*icmp_seq=\([0-9]*\) ttl=.*/\1/p' "$1" | sort -nu |
		awk '{ last = $1 } END { print last - NR }'
}

# pings_end TEXT: one result for all of them; they still run to the last.
pings_end() {
	local one pid file lost=0 sent=0 late=0 s last
	for one in "${PINGS[@]}"; do
		read -r pid file <<<"$one"
		stop "$pid" INT
		s=$(sed -n 's/ packets transmitted.*//p' "$file")
		last=$(sed -n 's/.*icmp_seq=\([0-9]*\) ttl=.*/\1/p' "$file" |
			sort -n | tail -n 1)
		sent=$((sent + s))
		lost=$((lost + $(missing "$file")))
		[ $((s - last)) -le 20 ] || late=$((late + s - last))
	done
	check_eq "$1: 0 of $sent lost" "$lost lost, $late at the end" \
		"0 lost, 0 at the end"
}

# again ROUTER DAEMON: kill -9, some traffic without it, start.
again() {
	daemon_stop "$1" "$2" KILL
	sleep 1
	"$2_start" "$1"
}

# spis ROUTER FILTER: of its SAs.
spis() {
	genl "$1" dump sa-get | jq "select($2).spi" | sort
}

# no_orphans ROUTER: what others have with it, it has, too. With IKEv1 charon
# keeps what has been replaced, to receive with, for the rest of its life.
no_orphans() {
	local r which=true
	[ "$IKE" = 2 ] || which='.dir == "out"'
	for r in "${ROUTERS[@]}"; do
		[ -z "$(comm -23 \
			<(spis "$r" ".remote == \"$(nbma "$1")\" and $which") \
			<(spis "$1" true))" ] || return 1
	done
}

# again_charon ROUTER: all its SAs are replaced while packets flow.
again_charon() {
	local before
	before=$(sa_owners "$1")
	again "$1" charon
	check "charon of $1 replaces what its former life left" \
		wait_for -t 60 sas_taken_over "$1" "$before"
	check "and nobody keeps one that it does not have" \
		wait_for -t 60 no_orphans "$1"
}

state_of() {
	genl "$1" dump nexthop-get | jq -c '[.address, .remote, .state]' | sort
	genl "$1" dump peer-get | jq -c '[.remote, .flags]' | sort
}

need_module
plan 13
IKE=$(oldest_ike)
cloud_up "$IKE"
wait_for ping_ok R6 "$(overlay R7)"
check "the cloud is up" wait_for direct R6 R7
wait_for ping_ok R1 "$(overlay R8)"
sleep 1

for r in R6 R1; do
	BEFORE=$(state_of "$r")
	pings_start "$r"
	again "$r" nhrpd
	sleep 3
	pings_end "nhrpd of $r killed and restarted"
	check_eq "nhrpd of $r adopted its peers and next hops" \
		"$(state_of "$r")" "$BEFORE"
done
check "R6 still registers" on R6 dmvpnctl show nhrp
for r in R6 R1; do
	pings_start "$r"
	again_charon "$r"
	pings_end "charon of $r killed and restarted"
done
pings_start R6
daemon_stop R6 charon KILL
daemon_stop R6 nhrpd KILL
sleep 1
charon_start R6
nhrpd_start R6
sleep 5
pings_end "both of R6 killed and restarted"
finish
