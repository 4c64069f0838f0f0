#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What nhrpd says in its log, with the identifiers that IOS has for the same and
# the VRF of the device.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

SPOKES=(R6 R7)
ROUTERS=(R1 R6 R7)

report_failure() {
	cloud_log 30
}

# logged ROUTER ID PATTERN
logged() {
	grep -Eq "nhrpd: %DMVPN-$2: $3" "$CLOUD/$1/nhrpd.log"
}

need_module
plan 10
cloud_prepare 2
ip -n R6 -batch - <<-EOF
	link add red type vrf table 1000
	link set red up
	link set dmvpn0 master red
EOF
cloud_start 2
wait_for -t 60 registered 2
check "a spoke is registered, in a VRF" wait_for logged R6 5-NHRP_NHS_UP \
	'dmvpn0 .VRF red.: registered with NHS 192.168.1.1 '
check "and one that is in none" wait_for logged R7 5-NHRP_NHS_UP \
	'dmvpn0: registered with NHS 192.168.1.1 '
check "its session is up" logged R6 5-CRYPTO_SS \
	'dmvpn0 .VRF red.: session with 1.1.1.1 is up'
check "the hub has clients" logged R1 5-NHRP_NHC_UP \
	'dmvpn0: 192.168.1.6 registered at 6.6.6.6'
wait_for ping_ok R7 "$(overlay R6)"
check "a shortcut comes" wait_for logged R7 5-NHRP_NHP_UP \
	'dmvpn0: shortcut to 192.168.1.6/32 .* is up'
on R7 dmvpnctl clear nhrp shortcut >/dev/null
check "and goes" wait_for logged R7 5-NHRP_NHP_DOWN \
	'dmvpn0: shortcut to 192.168.1.6/32 '
daemon_stop R7 nhrpd
check "a client leaves" wait_for logged R1 5-NHRP_NHC_DOWN \
	'dmvpn0: 192.168.1.7 at 7.7.7.7 has been purged'
daemon_stop R1 charon
check "a session ends" wait_for logged R6 5-CRYPTO_SS \
	'dmvpn0 .VRF red.: session with 1.1.1.1 is (down|acquiring|failed)'
check "and the server is lost" wait_for -t 40 logged R6 5-NHRP_NHS_DOWN \
	'dmvpn0 .VRF red.: NHS 192.168.1.1 .1.1.1.1. is lost'
check_fails "no rate" 'r wants a number: "many"' nhrpd -r many
finish
