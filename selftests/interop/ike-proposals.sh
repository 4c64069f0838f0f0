#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# Key exchanges and ESP suites with a stock charon and XFRM (../stock.sh) at the
# other end, which then has the CHILD_SA rekeyed, with PFS, and after it our end:
# what IOS offers, what is best, and every ESP suite, an exchange and a suite at a
# time; or, with DMVPN_MATRIX=full, every exchange that the charon at hand has,
# and all suites with ESN and without.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"
. "$SELFTESTS/vici.sh"
. "$SELFTESTS/stock.sh"

report_failure() {
	cloud_log 40
	diag "$(on R8 swanctl --list-sas; genl R1 dump session-get)"
	cloud_keep
}

# IOS: groups 2, 5, 14, 15, 16, 19, 20, 24. Group 1 is no more in charon.
IOS=(modp1024 modp1536 modp2048 modp3072 modp4096 ecp256 ecp384 modp2048s256)
# Where charon has them, besides.
BEST=(curve25519 curve448 x25519-ke1_mlkem768)
ESP=(aes128-sha1 aes192-sha1 aes256-sha1 aes128-sha256 aes256-sha384
	aes256-sha512 aes128gcm8 aes128gcm12 aes128gcm16 aes256gcm16
	aes128ccm16 chacha20poly1305)

# exchanges: what this charon has of them, by swanctl's names.
exchanges() {
	on R8 swanctl --list-algs | awk '/^[a-z]/ { on = /^(ke|dh):/ }
		on && /\[/ { print $1 }' | sed -nE '
		s/^MODP_([0-9]+)_([0-9]+)\[?.*/modp\1s\2/p; t
		s/^MODP_([0-9]+)\[?.*/modp\1/p; t
		s/^ECP_([0-9]+)_BP\[?.*/ecp\1bp/p; t
		s/^ECP_([0-9]+)\[?.*/ecp\1/p; t
		s/^CURVE_([0-9]+)\[?.*/curve\1/p; t
		s/^ML_KEM_([0-9]+)\[?.*/x25519-ke1_mlkem\1/p' | sort -u
}

has() { # EXCHANGE
	grep -qx "$1" <<<"$EXCHANGES"
}

has_all() { # EXCHANGE...
	local one
	for one in "$@"; do
		has "$one" || return 1
	done
}

others_are_there() {
	local now
	now=$(ike_ids R1 DMVPN)
	[ -n "$now" ] && ! grep -qxF "$IDS" <<<"$now"
}

# propose IKE PROPOSAL ESP-PROPOSAL: both ends have these and nothing else, and
# none of what they agreed on before is left. Either may be the first to come
# back.
propose() {
	sed -i "s/^\([[:space:]]*\)proposals = .*/\1proposals = $2/
		s/esp_proposals = .*/esp_proposals = $3/" \
		"$CLOUD/R1/swanctl/swanctl.conf"
	stock_conf "$@"
	IDS=$(ike_ids R1 DMVPN)
	for r in R1 R8; do
		on "$r" swanctl --load-all --noprompt || return 1
	done
	[ -n "$IDS" ] || return 0
	# One that was under way may have failed by now.
	vici R8 terminate ike=hub force=yes || true
	wait_for -t 60 others_are_there
}

out_spi() {
	genl R1 dump session-get | jq -r '."out-spi"'
}

# replaced: our end sends through the new SAs, which it does when it has seen that
# the other one has them, too.
replaced() {
	local spi
	ping_ok R8 "$(overlay R1)" || return 1
	spi=$(out_spi)
	[ "$spi" != "$SPI" ] && [ "$spi" != 0 ]
}

# rekeyed ROUTER CHILD: it has the SAs replaced, and packets flow.
rekeyed() {
	SPI=$(out_spi)
	vici "$1" rekey child="$2" || return 1
	wait_for replaced && wait_for ping_ok R8 "$(overlay R1)"
}

# comes_up IKE PROPOSAL ESP-PROPOSAL: also what was agreed on is that.
comes_up() {
	propose "$@" && wait_for -t 60 ping_ok R8 "$(overlay R1)" || return 1
	rekeyed R8 gre && rekeyed R1 gre
}

modules() {
	need_module
	modprobe ip_gre
	modprobe -a esp4 xfrm_user authenc ccm chacha20poly1305 || true
}

modules
rm -rf "$CLOUD"
cloud_underlay
stock_hub 2
stock_spoke 2
EXCHANGES=$(exchanges)
diag "key exchanges here: ${EXCHANGES//$'\n'/ }"
V1=() V2=("${IOS[@]}") SUITES=()
! has_ikev1 || V1=("${IOS[@]}")
for one in "${BEST[@]}"; do
	! has "$one" || V2+=("$one")
done
for i in "${!ESP[@]}"; do
	SUITES+=("${ESP[i]}-$([ $((i % 2)) = 0 ] && echo esn || echo noesn)")
done
if [ "${DMVPN_MATRIX:-}" = full ]; then
	mapfile -t V2 <<<"$EXCHANGES"
	SUITES=("${ESP[@]/%/-esn}" "${ESP[@]/%/-noesn}")
fi
# As many as there are of what there is more of.
PAIRS=$((${#V2[@]} > ${#SUITES[@]} ? ${#V2[@]} : ${#SUITES[@]}))
plan $((1 + ${#V1[@]} + PAIRS))
check "IOS's groups are there" has_all "${IOS[@]}"
for ((i = 0; i < PAIRS; i++)); do
	one=${V2[i % ${#V2[@]}]} suite=${SUITES[i % ${#SUITES[@]}]}
	check "IKEv2 with $one, ESP with $suite, PFS, rekeyed from both ends" \
		comes_up 2 "aes128-sha256-$one" "${suite%-*}-$one-${suite##*-}"
done
charon_conf R1 1
for one in "${V1[@]}"; do
	check "IKEv1 with $one, PFS, rekeyed from both ends" \
		comes_up 1 "aes128-sha1-$one" "aes128-sha1-$one"
done
finish
