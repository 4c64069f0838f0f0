#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# Who is let in, and what the operator is told of who is not: certificates of
# one authority, RSA and ECDSA, a spoke of another authority, one that is
# revoked, and secrets that belong to one identity each. R6 is the one that is
# let in, R7 the one that is not.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

SPOKES=(R6 R7)
ROUTERS=("$HUB" "${SPOKES[@]}")
PKI=$TMP/pki

report_failure() {
	cloud_log 30
	diag "$(on R7 dmvpnctl show crypto session)"
	cloud_keep
}

pki() {
	"$SELFTESTS/pki.py" "$PKI" "$@"
}

# with_auth ROUTER LOCAL REMOTE: the example's template, but for authentication.
# The arguments are the settings of its two sections, one a line.
with_auth() {
	LOCAL=$2 REMOTE=$3 awk '
		/^secrets/ { exit }
		/auth = psk/ { print ENVIRON[n++ ? "REMOTE" : "LOCAL"]; next }
		{ print }' "$EXAMPLES/swanctl-ikev2.conf" \
		>"$CLOUD/$1/swanctl/swanctl.conf"
}

# certified ROUTER CA: the example with certificates, and its own that is of CA.
# It knows both, and its connection trusts CA "cloud" alone.
certified() {
	local r=$1 dir=$CLOUD/$1/swanctl
	mkdir -p "$dir"/{x509,x509ca,x509crl,private}
	cp "$PKI"/{cloud,other}.ca.pem "$dir/x509ca/"
	cp "$PKI/$r.dmvpn.pem" "$dir/x509/"
	cp "$PKI/$r.dmvpn.key.pem" "$dir/private/"
	sed "s/spoke6\.pem/$r.dmvpn.pem/; s/spoke6\.example/$r.dmvpn/" \
		"$EXAMPLES/swanctl-certificates.conf" >"$dir/swanctl.conf"
}

load() {
	local r
	for r in "${ROUTERS[@]}"; do
		on "$r" swanctl --load-all --clear --noprompt \
			>>"$CLOUD/$r/swanctl.log" 2>&1
	done
}

# again: sessions are made anew, by what is loaded now.
again() {
	local r
	load
	for r in "${ROUTERS[@]}"; do
		on "$r" swanctl --terminate --ike DMVPN --force \
			>/dev/null 2>&1 || true
		on "$r" dmvpnctl clear session >/dev/null 2>&1 || true
	done
}

# shown ROUTER PATTERN: in "show crypto session detail".
shown() {
	on "$1" dmvpnctl show crypto session detail | grep -Eq -- "$2"
}

let_in() {
	[ "$(genl_field "$HUB" .state nexthop-get dev=dmvpn0 \
		address="$(overlay "$1")")" = valid ] &&
		ping_ok "$1" "$(overlay "$HUB")"
}

kept_out() {
	! ping_ok "$1" "$(overlay "$HUB")" && shown "$1" "Reason: $2"
}

# certificates KIND
certificates() {
	local r
	mkdir -p "$PKI"
	pki ca cloud "$1"
	pki ca other "$1"
	pki issue cloud "$HUB.dmvpn" "$1"
	pki issue cloud R6.dmvpn "$1"
	pki issue other R7.dmvpn "$1"
	for r in "$HUB" R6; do
		certified "$r" cloud
	done
	certified R7 other
}

revocation() {
	pki issue cloud R7.dmvpn ecdsa
	certified R7 cloud
	pki revoke cloud R7.dmvpn
	cp "$PKI/cloud.crl" "$CLOUD/$HUB/swanctl/x509crl/"
}

# secret ROUTER ID SECRET
secret() {
	cat >>"$CLOUD/$1/swanctl/swanctl.conf" <<-EOT
	secrets {
		ike-$2 {
			id-1 = $2.dmvpn
			secret = "$3"
		}
	}
	EOT
}

secrets() {
	local r
	for r in "${ROUTERS[@]}"; do
		with_auth "$r" "auth = psk
			id = $r.dmvpn" "auth = psk"
	done
	secret "$HUB" R6 "of R6 alone"
	secret "$HUB" R7 "of R7 alone"
	# A spoke learns who the hub is only from its answer: the secret is found
	# by the spoke's own identity.
	for r in R6 R7; do
		secret "$r" "$r" "of R6 alone"
	done
}

need_module
plan 12
cloud_prepare 2
certificates rsa
cloud_start 2
check "RSA: the spoke with the cloud's certificate is let in" \
	wait_for -t 60 let_in R6
check "the hub shows who it is by its certificate" \
	shown "$HUB" "Phase1_id: .*R6.dmvpn"
check "one of another authority is kept out, and told why" \
	wait_for -t 40 kept_out R7 "the peer does not accept our identity"
certificates ecdsa
again
check "ECDSA: the spoke with the cloud's certificate is let in" \
	wait_for -t 60 let_in R6
check "one of another authority is kept out" \
	wait_for -t 40 kept_out R7 "the peer does not accept our identity"
pki issue cloud R7.dmvpn ecdsa
certified R7 cloud
again
check "R7 gets one of the cloud's and is let in" \
	wait_for -t 60 let_in R7
revocation
again
check "revoked, it is kept out" \
	wait_for -t 60 kept_out R7 "the peer does not accept our identity"
check "for that reason" \
	grep -q "certificate was revoked" "$CLOUD/$HUB/charon.log"
check "which is nothing to R6" wait_for -t 60 let_in R6
secrets
again
check "PSK by identity: who has its own is let in" \
	wait_for -t 60 let_in R6
check "who has another's is kept out, and told why" \
	wait_for -t 60 kept_out R7 "the peer does not accept our identity"
check "the hub shows who it is by its identity" \
	shown "$HUB" "Phase1_id: R6.dmvpn"
finish
