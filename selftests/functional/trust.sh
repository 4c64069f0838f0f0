#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# What a spoke may register at a hub: by a table of identities, and by asking
# the authorizer among the examples; and whom a spoke takes for its hub.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

SOCKET=/run/authorize.sock

report_failure() {
	cloud_log 25
	cloud_keep
}

knows() {
	[ "$(genl_field R1 .state nexthop-get dev=dmvpn0 \
		address="$(overlay "$1")")" = valid ]
}

forgot() {
	! knows "$1"
}

# said ROUTER TEXT: its nhrpd.
said() {
	grep -qF -- "$2" "$CLOUD/$1/nhrpd.log"
}

# hub_conf: options on stdin.
hub_conf() {
	{
		sed '$d' "$EXAMPLES/nhrpd-hub.conf"
		cat
		echo "}"
	} >"$CLOUD/R1/nhrpd.conf"
}

# table ROUTER...: the hub lets these register their own addresses.
table() {
	local r
	{
		echo "registration-policy = table"
		for r in "$@"; do
			echo "identity \"${r#R}.${r#R}.*\" {"
			echo "address = \"$(overlay "$r")/32\""
			echo "}"
		done
	} | hub_conf
}

reload() {
	kill -HUP "$(pid_of R1 nhrpd)"
}

# again ROUTER: it registers, without waiting for a minute.
again() {
	on "$1" dmvpnctl clear nhrp >/dev/null
}

# accepted ROUTER: it asks until the hub has found whom to ask.
accepted() {
	again "$1"
	wait_for -t 2 knows "$1"
}

# hub_shows TEXT
hub_shows() {
	on R1 dmvpnctl show interface | grep -qF -- "$1"
}

authorizer() {
	daemon R1 authorizer "$EXAMPLES/authorize.py" "$SOCKET" "$TMP/table"
	wait_for has_socket R1 "$SOCKET"
}

# hub_is IDENTITY: R6's hub has to be who is called so.
hub_is() {
	local conf=$CLOUD/R6/nhrpd.conf
	sed "/nbma = /a identity = \"$1\"" "$EXAMPLES/nhrpd-spoke.conf" >"$conf"
	kill -HUP "$(pid_of R6 nhrpd)"
}

has_hub() {
	on R6 dmvpnctl -j show nhrp nhs | jq -e '[.. | objects |
		select(.address? == "192.168.1.1" and .state? == "up")] |
		length == 1' >/dev/null
}

has_no_hub() {
	! has_hub && ! ping_ok R6 "$(overlay R1)"
}

need_module
plan 21
cloud_prepare "$(oldest_ike)"
table R6 R7
cloud_start "$(oldest_ike)"
check "R6 is in the table and registers" wait_for -t 60 knows R6
check "R7 too" wait_for -t 60 knows R7
check "R8 is not, and is refused" wait_for -t 60 said R8 \
	"refused our registration: administratively prohibited (code 4)"
check "the hub says why" wait_for hub_shows \
	"registration of 192.168.1.8 from 8.8.8.8 refused: registration-policy"
check "R8 has no way in" forgot R8

# A reload takes away, and gives.
table R6 R8
reload
check "a reload takes R7's registration away" wait_for forgot R7
check "and says so" said R1 \
	"ended: registration-policy does not allow it"
again R8
check "R8 may register now" wait_for knows R8
check "R6 never noticed" ping_ok R6 "$(overlay R1)"

# By an authorizer, which knows other spokes.
printf '%s %s\n' "$(overlay R6)" "$(nbma R6)" "$(overlay R7)" "$(nbma R7)" \
	>"$TMP/table"
echo "authorize = $SOCKET" | hub_conf
reload
authorizer
check "R7 is accepted" wait_for -t 30 accepted R7
again R8
check "R8 is denied at its renewal, and loses what it had" wait_for forgot R8
check "for a reason" hub_shows "see table (code 4)"

# Nobody answers: what was accepted stays, nothing new comes.
daemon_stop R1 authorizer
again R7
echo "$(overlay R8) $(nbma R8)" >>"$TMP/table"
again R8
check "without an answer a new one is denied" wait_for -t 30 hub_shows \
	"192.168.1.8 from 8.8.8.8 refused: nobody can authorize it"
check "one that was accepted goes on" ping_ok R7 "$(overlay R1)"
authorizer
check "an authorizer that comes back is asked again" \
	wait_for -t 30 accepted R8

hub_is '1.1.1.*'
check "a spoke says who its hub is" wait_for said R6 "read again"
check "which it is" ping_ok R6 "$(overlay R1)"
hub_is 9.9.9.9
check "it has to be somebody else" wait_for -t 30 has_no_hub
check "who is there gets no SA" wait_for -t 30 \
	grep -q 'another identity is wanted' "$CLOUD/R6/charon.log"
hub_is 1.1.1.1
check "it is the hub again" wait_for -t 60 has_hub
check "and has packets" wait_for ping_ok R6 "$(overlay R1)"
finish
