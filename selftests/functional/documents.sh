#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# no-debug
# What a reader copies out of the guides and manual pages works: configuration is
# taken by nhrpd and by FRR, and commands run, in the order in which they stand.
# Commands that install something or need a whole machine are left to
# check-packages.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
cd "$SELFTESTS/.."

DOCUMENTS=(Documentation/{admin-guide,migration,qos}.rst Documentation/man/*.[1-8])
BLOCKS=$TMP/blocks
NHRPD_CONF=$TMP/nhrpd.conf
OTHER=198.51.100.6	# of whom the documents speak

# The machine that the documents speak of.
machine() {
	ns_add doc
	ip -n doc link add eth0 type dummy
	ip -n doc link add gre1 type dummy
	ip -n doc link set eth0 up
	ip -n doc addr add 203.0.113.1/24 dev eth0
	in_ns doc sysctl -qw net.ipv6.conf.all.disable_ipv6=0 \
		net.ipv6.conf.default.disable_ipv6=0
	in_ns doc nft -f - <<-RULES
		table inet filter {
			chain input { type filter hook input priority 0; }
			chain forward { type filter hook forward priority 0; }
		}
	RULES
	sed "s/nbma = .*/nbma = $OTHER/" Documentation/examples/nhrpd-qos.conf \
		>"$NHRPD_CONF"
	background nhrpd -N doc -c "$NHRPD_CONF"
	cp selftests/unit/ios/hub.ios "$TMP/hub1.ios"
}

# complete FILE: a part that stands alone in a document gets the policies that
# it names.
complete() {
	local name
	cat "$1"
	sed -n 's/.*service-policy\(-[a-z]*\)\? = "\?\([^ "]*\)"\?.*/\2/p' "$1" |
		sort -u | while read -r name; do
		grep -q "^policy-map $name " "$1" ||
			echo "policy-map $name { class class-default {
				shape = \"50 Mbit\" } }"
	done
}

# other_session: there is one with OTHER. Nothing answers IKE here.
other_session() {
	ip -n doc link del dmvpn0 2>/dev/null || true
	ip -n doc link add dmvpn0 type dmvpn local 203.0.113.1 key 1 \
		protection DMVPN
	ip -n doc addr add 192.168.1.6/24 dev dmvpn0
	ip -n doc link set dmvpn0 up
	wait_for in_ns doc dmvpnctl show crypto session "$OTHER"
}

taken_by_nhrpd() {
	complete "$1" >"$1.whole"
	nhrpd -n -c "$1.whole"
}

taken_by_frr() {
	vtysh -C -f "$1"
}

# ip_takes FILE: what makes the device makes it anew.
ip_takes() {
	! grep -q '^link add dmvpn0 ' "$1" ||
		ip -n doc link del dmvpn0 2>/dev/null || true
	ip -n doc -batch "$1"
}

# expected STATUS COMMAND: one that looks on until it is stopped is, and nothing
# answers here, as some find out.
expected() {
	echo "status $1"
	case $2 in
	*monitor* | *capture*) [ "$1" -eq 124 ] || [ "$1" -eq 0 ] ;;
	*doctor* | *trace*) [ "$1" -le 1 ] ;;
	*) [ "$1" -eq 0 ] ;;
	esac
}

# run_all FILE: each command.
run_all() {
	local line status
	while IFS= read -r line; do
		echo "$line"
		case $line in
		apt* | systemctl* | journalctl* | make* | swanctl* | cd* | cp* | \
			*" -o /etc")
			continue ;;
		*"ip link add dmvpn0 "*)
			ip -n doc link del dmvpn0 2>/dev/null || true ;;
		"tc qdisc add "*)
			[[ ! $line =~ dev\ ([a-z0-9]+)\ root ]] ||
				tc -n doc qdisc del dev "${BASH_REMATCH[1]}" root \
					2>/dev/null || true ;;
		*"session $OTHER"*)
			other_session ;;
		esac
		status=0
		in_ns doc timeout 5 bash -c "cd $TMP; $line" </dev/null || status=$?
		expected "$status" "$line" || return 1
	done <"$1"
}

need_module
mkdir "$BLOCKS"
selftests/documents.py "$BLOCKS" "${DOCUMENTS[@]}" >"$TMP/list" ||
	bail "documents.py does not know what to do with a block"
plan $(($(wc -l <"$TMP/list") + 3))
machine
printf '%s\n' 'interface dmvpn0 { hold-time = 600 }' >"$TMP/wrong"
check_fails "a mistake is seen by nhrpd" hold-time taken_by_nhrpd "$TMP/wrong"
check_fails "and by FRR" unknown taken_by_frr "$TMP/wrong"
printf '%s\n' 'dmvpnctl show dmvpm' >"$TMP/wrong"
check_fails "and by dmvpnctl" dmvpm run_all "$TMP/wrong"
while read -r kind path where; do
	case $kind in
	conf) check "$where: nhrpd takes it" taken_by_nhrpd "$path" ;;
	batch) check "$where: ip takes it" ip_takes "$path" ;;
	frr) check "$where: FRR takes it" taken_by_frr "$path" ;;
	shell) check "$where: runs" run_all "$path" ;;
	esac
done <"$TMP/list"
finish
