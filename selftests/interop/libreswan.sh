#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# libreswan, the kernel's gre and XFRM, R8, with a connection for each peer: it
# calls our hub, R1, as a spoke, and is called by our spoke, R6, as a hub. Its
# NHRP is a static neighbour for each, and a static map at the other end. Either
# end rekeys.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"
. "$SELFTESTS/stock.sh"

OURS=(R1 R6)
ROUTERS=(R8 "${OURS[@]}")
LIBRESWAN=/usr/libexec/ipsec
declare -A IKE_CIPHERS=([1]=aes128-sha1-modp1536 [2]=aes256-sha2_256-dh19)
declare -A ESP_CIPHERS=([1]=aes128-sha1 [2]=aes_gcm256)
# Versions of IKE, in the words of libreswan 4 and of those after it. Asked to
# rekey a CHILD_SA of IKEv1, pluto 5.2 does as with IKEv2, and crashes; to initiate
# again is to rekey there.
if "$LIBRESWAN/pluto" --version | grep -q 'Libreswan 4'; then
	declare -A VERSION=([1]="ikev2=no" [2]="ikev2=insist")
	declare -A REKEY=([1]=--rekey-ipsec [2]=--rekey-ipsec)
else
	declare -A VERSION=([1]="keyexchange=ikev1" [2]="keyexchange=ikev2")
	declare -A REKEY=([1]=--initiate [2]=--rekey-child)
fi
STOCK=R8

at_end() {
	cloud_keep
}

report_failure() {
	local r
	cloud_log 30
	diag "$(tail -n 60 "$CLOUD/R8/pluto.log"; ip -n R8 -s xfrm state)"
	for r in "${OURS[@]}"; do
		diag "$(genl "$r" dump session-get; genl "$r" dump sa-get)"
	done
}

pluto_conf() { # IKE
	local r
	cat <<-EOF
	config setup
	 	ikev1-policy=accept
	 	dnssec-enable=no

	conn %default
	 	${VERSION[$1]}
	 	authby=secret
	 	type=transport
	 	ike=${IKE_CIPHERS[$1]}
	 	esp=${ESP_CIPHERS[$1]}
	 	left=$(nbma R8)
	 	leftprotoport=gre
	 	rightprotoport=gre
	 	leftupdown=%disabled
	EOF
	for r in "${OURS[@]}"; do
		printf '\nconn %s\n\tright=%s\n\tauto=%s\n' "$r" "$(nbma "$r")" \
			"$([ "$r" = R1 ] && echo start || echo add)"
	done
}

pluto_start() { # IKE
	local dir=$CLOUD/R8/pluto
	mkdir -p "$dir/nss"
	pluto_conf "$1" >"$dir/ipsec.conf"
	echo "$(nbma R8) %any : PSK \"$PSK\"" >"$dir/ipsec.secrets"
	certutil -N -d "sql:$dir/nss" --empty-password
	on R8 mkdir -p /run/pluto
	daemon R8 pluto "$LIBRESWAN/pluto" --nofork --stderrlog \
		--config "$dir/ipsec.conf" --nssdir "$dir/nss" \
		--secretsfile "$dir/ipsec.secrets"
	wait_for on R8 "$LIBRESWAN/whack" --status
}

# foreign IKE: R8.
foreign() {
	router_files R8
	stock_device
	ip -n R8 neigh add "$(overlay R6)" lladdr "$(nbma R6)" dev gre1 \
		nud permanent
	pluto_start "$1"
}

# our_spoke IKE: R6, which knows of R8.
our_spoke() {
	router_files R6
	cloud_device R6 protection DMVPN
	charon_conf R6 "$1"
	charon_start R6
	printf 'interface dmvpn0 {\n}\n' >"$CLOUD/R6/nhrpd.conf"
	static_map R6 R8
	nhrpd_start R6
}

need_module
modprobe ip_gre
mapfile -t VERSIONS < <(ike_versions)
plan $((9 * ${#VERSIONS[@]}))
for ike in "${VERSIONS[@]}"; do
	rm -rf "$CLOUD"
	cloud_underlay
	stock_hub "$ike"
	our_spoke "$ike"
	foreign "$ike"
	check "IKEv$ike: libreswan's spoke reaches our hub" reaches R1
	check "IKEv$ike: our spoke reaches libreswan's hub" reaches R6
	check "IKEv$ike: XFRM has its SAs" \
		grep -q 'proto esp' <(ip -n R8 xfrm state)
	flows_start "$STOCK" "${OURS[@]}"
	for r in "${OURS[@]}"; do
		check "IKEv$ike: $r rekeys" rekeyed "$r" \
			on "$r" swanctl --rekey --child gre
		check "IKEv$ike: libreswan rekeys with $r" rekeyed "$r" \
			on R8 "$LIBRESWAN/whack" "${REKEY[$ike]}" --name "$r"
	done
	flows_end
	check_eq "IKEv$ike: from us lost, doubled or spoilt meanwhile" \
		"$(account '.to == "R8"')" "0 0 0"
	check "IKEv$ike: from it at most a second's datagrams" few_lost
	cloud_down
done
finish
