#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The cloud from configurations of IOS with certificates: dmvpnctl import writes
# those that a configuration has, and only private keys are put beside them. The
# hub lets in R6. R7 is of another CA, which the hub has as well, and R8 is of
# the right one, but the hub's map has no such name.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

PKI=$TMP/pki
declare -A NAME=([R1]=R1.dmvpn [R6]=R6.dmvpn [R7]=R7.dmvpn [R8]=R8.elsewhere)

report_failure() {
	cloud_log 30
	cloud_keep
}

pki() {
	"$SELFTESTS/pki.py" "$PKI" "$@"
}

certificates() {
	local r
	mkdir -p "$PKI"
	pki ca cloud rsa
	pki ca other rsa
	for r in R1 R6 R8; do
		pki issue cloud "${NAME[$r]}" rsa
	done
	pki issue other R7.dmvpn rsa
}

# ---- configurations ----

# certificate KIND FILE: as a running configuration shows it.
certificate() {
	echo " certificate $1"
	python3 -c 'import ssl, sys
print(ssl.PEM_cert_to_DER_cert(open(sys.argv[1]).read()).hex())' "$2" |
		fold -w 8 | paste -sd '       \n' | sed 's/^/  /'
	printf '  \tquit\n'
}

# router_ios ROUTER CA
router_ios() {
	cat <<-EOF
		crypto pki trustpoint CLOUD
		 enrollment terminal
		 revocation-check none
		 rsakeypair CLOUD
		crypto pki certificate chain CLOUD
	EOF
	certificate 02 "$PKI/${NAME[$1]}.pem"
	certificate "ca 01" "$PKI/$2.ca.pem"
	cat <<-EOF
		crypto ikev2 profile IKE
		 identity local fqdn ${NAME[$1]}
		 authentication local rsa-sig
		 authentication remote rsa-sig
		 pki trustpoint CLOUD
	EOF
	if [ "$1" = "$HUB" ]; then
		cat <<-EOF
			 match certificate SPOKES
			crypto pki certificate map SPOKES 10
			 alt-subject-name co .dmvpn
		EOF
	else
		echo " match identity remote fqdn ${NAME[$HUB]}"
	fi
	cat <<-EOF
		crypto ipsec transform-set GCM esp-gcm 256
		 mode transport
		crypto ipsec profile DMVPN
		 set transform-set GCM
		 set ikev2-profile IKE
		interface Tunnel0
		 ip address $(overlay "$1") 255.255.255.0
		 ip nhrp network-id 1
		 tunnel source $(nbma "$1")
		 tunnel mode gre multipoint
		 tunnel key 1
		 tunnel protection ipsec profile DMVPN
	EOF
	[ "$1" = "$HUB" ] ||
		echo " ip nhrp nhs $(overlay "$HUB") nbma $(nbma "$HUB") multicast"
}

# imports ROUTER CA
imports() {
	router_ios "$@" >"$CLOUD/$1/running-config"
	dmvpnctl import ios "$CLOUD/$1/running-config" -o "$CLOUD/$1" \
		>"$CLOUD/$1/imported" || return 1
	cat "$CLOUD/$1/imported"
	grep -q "put its private key into /etc/swanctl/private/CLOUD.pem" \
		"$CLOUD/$1/imported" || return 1
	cmp_certificates "$@" || return 1
	cp "$PKI/${NAME[$1]}.key.pem" "$CLOUD/$1/swanctl/private/CLOUD.pem"
	ip -n "$1" -batch "$CLOUD/$1/dmvpn/dmvpn0.conf"
}

# Bytes, not lines: theirs may be cut elsewhere.
cmp_certificates() {
	local dir=$CLOUD/$1/swanctl
	cmp <(tr -d '\n' <"$PKI/${NAME[$1]}.pem") \
		<(tr -d '\n' <"$dir/x509/CLOUD.pem") &&
		cmp <(tr -d '\n' <"$PKI/$2.ca.pem") \
			<(tr -d '\n' <"$dir/x509ca/CLOUD.ca.pem")
}

# ---- who is let in ----

let_in() {
	ping_ok "$1" "$(overlay "$HUB")"
}

kept_out() {
	! ping_ok "$1" "$(overlay "$HUB")" &&
		on "$1" dmvpnctl show crypto session detail |
		grep -q "Reason: the peer does not accept our identity"
}

need_module
plan 7
rm -rf "$CLOUD"
cloud_underlay
certificates
for r in "${ROUTERS[@]}"; do
	router_files "$r"
done
for r in R1 R6 R8; do
	check "$r: import, with its certificates" imports "$r" cloud
done
check "R7: likewise, of another CA" imports R7 other
# Whom its own CA does not know, the hub's might.
cp "$PKI/other.ca.pem" "$CLOUD/$HUB/swanctl/x509ca/"
# R7 knows the hub's CA as well: it is the hub that refuses.
cp "$PKI/cloud.ca.pem" "$CLOUD/R7/swanctl/x509ca/"
sed -i 's/cacerts = .*/cacerts = cloud.ca.pem/' \
	"$CLOUD/R7/swanctl/swanctl.conf"
cloud_start 2
check "R6 is let in" wait_for -t 60 let_in R6
check "R7, of a CA that is no trustpoint's, is kept out" \
	wait_for -t 60 kept_out R7
check "R8, which the map does not have, is kept out" \
	wait_for -t 60 kept_out R8
finish
