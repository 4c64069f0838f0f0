#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# datapath
# The device as ip link sees it: options, what is wrong with bad ones, JSON,
# change, loading by name.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

# info FILTER: of dmvpn0's link data as JSON.
info() {
	ip -n a -d -j link show dmvpn0 | jq -r ".[0].linkinfo.info_data$1"
}

add() {
	ip -n a link add "$1" type dmvpn "${@:2}"
}

operstate() { # NODE STATE
	[ "$(ip -n "$1" -j link show dmvpn0 | jq -r '.[0].operstate')" = "$2" ]
}

plan 45
ns_add a
ip -n a link add under type dummy
ip -n a addr add 10.9.1.2/24 dev under
ip -n a link set under up

modprobe -r dmvpn
check "the module is loaded by ip link" add dmvpn0 local 10.9.1.2 key 4294967295 \
	ttl 33 tos 0x20 dev under protection DMVPN
check_eq "JSON: local" "$(info .local)" 10.9.1.2
check_eq "JSON: key" "$(info .key)" 4294967295
check_eq "JSON: ttl" "$(info .ttl)" 33
check_eq "JSON: link" "$(info .link)" under
check_eq "JSON: protection" "$(info .protection)" DMVPN
check "text shows what was given" grep -Eq \
	'dmvpn .*local 10.9.1.2 .*key .*ttl 33 .*protection DMVPN' \
	<(ip -n a -d link show dmvpn0 | tr '\n' ' ')
check "change ttl" ip -n a link change dmvpn0 type dmvpn ttl 44
check_eq "ttl has changed" "$(info .ttl)" 44
check_eq "the rest has not" "$(info .key) $(info .protection)" \
	"4294967295 DMVPN"
check "change dev" ip -n a link change dmvpn0 type dmvpn nodev nokey \
	max-incomplete 7
check_eq "dev and key have gone" "$(info .link) $(info .key)" "null null"
check_eq "JSON: max-incomplete" "$(info .max_incomplete)" 7
ip -n a link change dmvpn0 type dmvpn dev under key 4294967295
check "tos inherit" ip -n a link change dmvpn0 type dmvpn tos inherit
check_eq "JSON: tos" "$(info .tos)" inherit
check_fails "same local address and key: refused, with a reason" \
	'Error: .*key' add dmvpn1 local 10.9.1.2 key 4294967295
check "same local address, another key" add dmvpn1 local 10.9.1.2 key 5
check_fails "local multicast: refused, with a reason" 'Error: .*local' \
	add dmvpn2 local 224.0.0.5 key 6
check_fails "local link-local: refused, with a reason" 'Error: .*link-local' \
	add dmvpn2 local fe80::1 key 6
check "local of either family" ip -n a link change dmvpn1 type dmvpn \
	local 2001:db8::1
check_eq "JSON: both" "$(ip -n a -d -j link show dmvpn1 |
	jq -r '.[0].linkinfo.info_data | .local + " " + .local6')" \
	"10.9.1.2 2001:db8::1"
check "local 0.0.0.0 takes the IPv4 address away" \
	ip -n a link change dmvpn1 type dmvpn local 0.0.0.0
check_fails "the same IPv6 address and key: refused, with a reason" \
	'Error: .*key' add dmvpn2 local 10.9.1.3 local 2001:db8::1 key 5
check_fails "df is a word" 'copy, set or clear' add dmvpn2 df maybe
check "df, csum, fwmark, source-check, rates" ip -n a link change dmvpn0 \
	type dmvpn df clear csum fwmark 0x10 source-check mcast-rate 50 \
	nhrp-rate 60
check_eq "JSON: all of them" "$(ip -n a -d -j link show dmvpn0 |
	jq -c '.[0].linkinfo.info_data | [.df, .csum, .fwmark, .source_check,
		.mcast_rate, .nhrp_rate]')" '["clear",true,"0x10",true,50,60]'
genl a policy-new name=INNER
genl a policy-new name=OUTER
check "policies and pre-classify" ip -n a link change dmvpn0 type dmvpn \
	pre-classify output-policy INNER underlay-policy OUTER
check_eq "JSON: all of them" "$(info '|[.pre_classify, .output_policy,
	.underlay_policy] | @json')" '[true,"INNER","OUTER"]'
check "without them" ip -n a link change dmvpn0 type dmvpn nopre-classify \
	nooutput-policy nounderlay-policy
check_eq "JSON: none of them" "$(info '|[.pre_classify, .output_policy,
	.underlay_policy] | @json')" '[null,null,null]'
check_fails "dev that is not there" 'nowhere' \
	add dmvpn2 local 10.9.1.2 key 6 dev nowhere
check_fails "tos with ECN bits: refused, with a reason" 'tos' \
	add dmvpn2 local 10.9.1.2 key 6 tos 0x03
check_fails "the profile is too long: refused, with a reason" 'protection' \
	add dmvpn2 local 10.9.1.2 key 6 protection "$(printf 'x%.0s' {1..64})"
ip -n a link add dmvpn2 type dmvpn local 10.9.1.2 key 6 protection DMVPN
check_fails "same local address, another profile: refused, with a reason" \
	'share their sessions' \
	add dmvpn3 local 10.9.1.2 key 7 protection OTHER
check_fails "nor is it changed to that" 'share their sessions' \
	ip -n a link change dmvpn2 type dmvpn protection OTHER
check "no profile beside one" \
	ip -n a link change dmvpn2 type dmvpn noprotection
ip -n a link del dmvpn2
check "device dump over generic netlink names both" test \
	"$(genl a dump device-get | jq -r .name | sort | xargs)" = \
	"dmvpn0 dmvpn1"
ip -n a link set dmvpn0 up
check_fails "the last local address does not go under traffic" 'last local' \
	ip -n a link change dmvpn0 type dmvpn local 0.0.0.0
check_fails "protection does not change under traffic" 'protection' \
	ip -n a link change dmvpn0 type dmvpn protection OTHER
check_eq "it has not" "$(info .protection)" DMVPN
ip -n a link set dmvpn0 carrier off
check "carrier off" wait_for operstate a DOWN
ip -n a link set dmvpn0 carrier on
check "carrier on" wait_for operstate a UP

# Without the plugin of iproute2 only what needs no option works.
check "without the plugin: a device without options, and what it lacks" \
	eval 'IP_LIB_DIR=/nowhere add bare 2>&1 | tee "$TMP/bare" &&
		grep -q "no local" "$TMP/bare"'
check_fails "it does not come up" 'Cannot assign|local' \
	ip -n a link set bare up
check "delete" ip -n a link del dmvpn0
finish
