#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Another implementation reads our ESP: scapy decrypts what is on the wire
# with the keys, for a suite of every kind and many packet sizes.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

# esp COMMAND WORD...: scapy's answer.
esp() {
	local answer
	echo "$*" >&"${ESP[1]}"
	read -r -t 60 answer <&"${ESP[0]}" || answer="no answer"
	echo "$answer"
	[ "$answer" = ok ]
}

# decode SUITE: datagrams with sizes that meet every padding.
decode() {
	local file=$TMP/$1.pcap
	capture mid to_b "$file" esp and dst "${NBMA[b]}"
	udp_echo a b "$(seq -s , 0 16),500,1300" || return 1
	capture_end
	esp decode "$file" "$SPI" "$1" "$CIPHER_KEY" "${AUTH_KEY:--}" 9 \
		"${OVERLAY[a]}" "${OVERLAY[b]}" 19
}

# And the other way: scapy encrypts, our module takes it.
encode() {
	esp encode "${NBMA[a]}" "${NBMA[b]}" "$SPI" "$1" "$CIPHER_KEY" \
		"${AUTH_KEY:--}" 9 "${OVERLAY[a]}" "${OVERLAY[b]}" 7 25
}

encoded_arrive() {
	local file=$TMP/$1-in.pcap
	capture b dmvpn0 "$file" udp port 7
	encode "$1" || return 1
	capture_end
	echo "$(packets "$file") of 25 arrived"
	[ "$(packets "$file")" -eq 25 ]
}

need_module
plan 10
pair protection DMVPN
coproc ESP { exec ip netns exec mid "$SELFTESTS/interop/esp.py" 3>&-; }
PIDS+=("$ESP_PID")
for suite in cbc-sha1 cbc256-sha512+esn gcm128+esn ccm256-12 chacha; do
	esn=0
	[ "$suite" = "${suite%+esn}" ] || esn=1
	sa_one_way b a "${suite%+esn}" esn="$esn"
	sa_one_way a b "${suite%+esn}" esn="$esn"
	wait_for ping_ok a "${OVERLAY[b]}"
	check "$suite: scapy decrypts every packet of ours" decode "$suite"
	check "$suite: we decrypt every packet of scapy's" encoded_arrive "$suite"
	unprotect a b
done
finish
