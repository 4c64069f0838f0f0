#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the kernel takes as an SA, what it refuses and how it says so, and that
# keys go in and never come out.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

# Bytes that are found wherever they are: in a key of each kind.
SECRET=$(printf 'Secret-key-bytes' | od -An -tx1 | tr -d ' \n')

# sa DIR SPI SUITE [name=value ...]: an SA of a, with new keys.
sa() {
	local auth=()
	suite_keys "$3"
	[ -z "$AUTH" ] || auth=(auth="$AUTH" auth-key="$AUTH_KEY")
	genl a sa-new dir="$1" spi="$2" local="${NBMA[a]}" \
		remote="${NBMA[b]}" cipher="$CIPHER" cipher-key="$CIPHER_KEY" \
		icv-len="$ICV" "${auth[@]}" "${SUITE_ATTRS[@]}" "${@:4}"
}

# sends: by the SPI of which SA.
sends() {
	genl_field a '."out-spi"' session-get local="${NBMA[a]}" \
		remote="${NBMA[b]}"
}

flush() {
	genl a sa-flush
}

# An SA of each suite, one with extended sequence numbers and the next without;
# and the dump has them all.
every() {
	local spi=1000 suite
	for suite in "${ALL_SUITES[@]}"; do
		spi=$((spi + 1))
		sa out "$spi" "$suite" esn=$((spi % 2)) || return 1
	done
	[ "$(genl a dump sa-get | wc -l)" -eq ${#ALL_SUITES[@]} ] || return 1
	flush
}

# refused TEXT PATTERN ...: as sa, but it must fail with PATTERN.
refused() {
	check_fails "$1" "genl.py: .*$2" sa "${@:3}"
}

same_key() {
	sa "$1" "$2" gcm128 cipher-key="$KEY" "${@:3}"
}

# hear SPI: a new inbound SA, and b is heard on it. What a answers may not come.
hear() {
	random_hex KEY 20
	same_key in "$1"
	genl b sa-new dir=out spi="$1" local="${NBMA[b]}" remote="${NBMA[a]}" \
		cipher="$CIPHER" cipher-key="$KEY" icv-len="$ICV"
	wait_for heard "$1"
	genl b sa-flush
}

heard() {
	in_ns b ping -c 1 -W 0.1 "${OVERLAY[a]}" >/dev/null || true
	[ "$(genl_field a .packets sa-get spi="$1" dir=in \
		local="${NBMA[a]}")" -gt 0 ]
}

# may_send: all outbound SAs, sent through or not.
may_send() {
	genl a dump sa-get | jq -s -c 'map(select(.dir == "out").spi) | sort'
}

may_send_only() { # SPIS
	[ "$(may_send)" = "$1" ]
}

# What the kernel answers, whole messages, to a request with a key that it
# refuses: not even the copy of the request has the key.
answer_with_copy() {
	in_ns a python3 -SE - "$SELFTESTS" "$SECRET" >"$TMP/answer" <<-'END'
		import sys
		sys.path.insert(0, sys.argv[1])
		import genl
		family = genl.Family()
		family.sock.setsockopt(genl.SOL_NETLINK, genl.NETLINK_CAP_ACK, 0)
		class Tap:
		    def __getattr__(self, name):
		        return getattr(sock, name)
		    def recv(self, size):
		        data = sock.recv(size)
		        sys.stdout.buffer.write(data)
		        return data
		sock, family.sock = family.sock, Tap()
		try:
		    family.request("sa-new", [
		        ["dir", "out"], ["spi", "4242"], ["local", "10.9.1.2"],
		        ["remote", "10.9.2.2"], ["cipher", "rfc4106(gcm(aes))"],
		        ["cipher-key", sys.argv[2] + "00"], ["icv-len", "16"],
		        ["profile", "not-a-secret"]])
		except genl.NlError as error:
		    print(error, file=sys.stderr)
		else:
		    sys.exit("it was taken")
	END
}

# Keys at work, and all that the kernel says of them meanwhile.
secrets() {
	local key=$SECRET$SECRET
	listen a "$TMP/events" control
	sa out 2001 gcm256 cipher-key="${key}00" || true
	sa out 2001 gcm256 cipher-key="${key}00000001" || return 1
	sa in 2002 cbc256-sha256 cipher-key="$key" auth-key="$key" || return 1
	sa out 2003 gcm256 soft-packets=1 cipher-key="${key}00000002" ||
		return 1
	in_ns a ping -n -q -c 3 -i 0.1 -W 1 "${OVERLAY[b]}" || true
	{
		genl a dump sa-get
		genl a dump session-get
		genl a sa-get dir=in spi=2002 local="${NBMA[a]}"
		sa out 2003 gcm256 cipher-key="${key}00000003" || true
		sa out 2004 gcm256 cipher-key="${key}00000002" || true
	} >"$TMP/said" 2>&1
	flush
	wait_for grep -q sa-del-ntf "$TMP/events" || return 1
	answer_with_copy || return 1
	dmesg >"$TMP/dmesg"
}

nowhere() {
	local file text
	for file in events said answer dmesg; do
		[ -s "$TMP/$file" ] || return 1
		for text in "$SECRET" Secret-key-bytes; do
			silent_on "$text" "$TMP/$file" || return 1
		done
	done
}

# at PORT: IKE has found b there; the peer of any port is in that session.
at() {
	local ports=()
	[ "$1" = 0 ] || ports=(local-port=4500 remote-port="$1")
	flush
	sa out $((3000 + $1)) gcm128 "${ports[@]}" || return 1
	[ "$(genl a dump session-get | jq -s -c \
		'map([."remote-port", .state, .peers])')" = "[[$1,\"up\",1]]" ]
}

# limit PARAMETER NUMBER: of all namespaces.
limit() {
	echo "$2" >"/sys/module/dmvpn/parameters/$1"
}

need_module
plan 66
pair protection DMVPN

check "every suite" every
check "ESP by number" sa out 300 gcm128 protocol=50
refused "AH" 'AH is not supported: use ESP \(in protocol\)' \
	out 301 gcm128 protocol=51
refused "another protocol" '\(in protocol\)' out 301 gcm128 protocol=47
refused "a mode that there is not" '\(in mode\)' out 301 gcm128 mode=2
refused "a cipher that nobody knows" '\(in cipher\)' \
	out 301 gcm128 cipher='rfc4106(gcm(des))'
refused "a cipher that is known with another hash" '\(in cipher\)' \
	out 301 cbc-sha1 auth='hmac(md5)'
refused "an AEAD cipher with a hash" '\(in cipher\)' \
	out 301 gcm128 auth='hmac(sha256)'
refused "no cipher, by default" 'does not encrypt.*\(in cipher\)' \
	out 301 null-sha256 insecure=0
refused "an ICV that GCM has not" '\(in icv-len\)' out 301 gcm128 icv-len=10
refused "an ICV that is cut short" '\(in icv-len\)' \
	out 301 cbc-sha256 icv-len=12
for bytes in 0 16 19 21 24 35 37; do
	random_hex KEY "$bytes"
	refused "a key of $bytes bytes for GCM" '\(in cipher-key\)' \
		out 301 gcm128 cipher-key="$KEY"
done
random_hex KEY 8
refused "a key that is half of AES'" '\(in cipher-key\)' \
	out 301 cbc-sha1 cipher-key="$KEY"
random_hex KEY 20
refused "a key that is short for the hash" '\(in auth-key\)' \
	out 301 cbc-sha256 auth-key="$KEY"
refused "a key for a hash that is not there" '\(in auth-key\)' \
	out 301 gcm128 auth-key="$KEY"
refused "SPI 0" '\(in spi\)' out 0 gcm128
refused "SPI 255" '\(in spi\)' out 255 gcm128
refused "a window too large" '\(in replay-window\)' \
	in 301 gcm128 replay-window=4097
refused "extended sequence numbers without a window" '\(in replay-window\)' \
	in 301 gcm128 esn=1 replay-window=0
refused "a number to start from" 'insecure.*\(in seq\)' out 301 gcm128 seq=5
refused "a number that is none" '\(in seq\)' \
	out 301 gcm128 insecure=1 seq=4294967296
refused "the same SPI again" 'exists' out 300 gcm128 profile=ANOTHER
check_eq "which does not change the session's profile" \
	"$(genl a dump session-get | jq -r .profile)" DMVPN
check "the same SPI inwards" sa in 300 gcm128
check "a key" same_key out 302
check_fails "the same key again" 'genl.py: .*key' same_key out 303
check_fails "the same key inwards" 'genl.py: .*key' same_key in 304
genl a sa-del spi=302 dir=out remote="${NBMA[b]}"
check "the same key when its SA is gone" same_key out 302
check_eq "nothing that was refused is there" \
	"$(genl a dump sa-get | jq -s 'map(.spi) | sort | join(" ")')" \
	'"300 300 302"'
flush

# Sent through is the newest that the peer is known to have.
sa out 401 gcm128
sa out 402 gcm128
sa out 403 gcm128 standby=1 pair=404
check_eq "the newest SA is sent through, not one on standby" "$(sends)" 402
genl a sa-del spi=402 dir=out remote="${NBMA[b]}"
check_eq "when it is gone, the one before" "$(sends)" 401
genl a sa-del spi=401 dir=out remote="${NBMA[b]}"
check_eq "at last the one on standby" "$(sends)" 403
flush
for spi in 411 412 413; do
	sa out "$spi" gcm128 pair=$((spi + 10))
done
hear 421
genl a sa-del spi=413 dir=out remote="${NBMA[b]}"
check_eq "one on whose pair the peer was heard, before a newer one" \
	"$(sends)" 411
genl a sa-del spi=411 dir=out remote="${NBMA[b]}" standby=1
sa out 414 gcm128
check_eq "one that IKE does not need stays beside another one" \
	"$(may_send)" "[411,412,414]"
genl a sa-del spi=414 dir=out remote="${NBMA[b]}"
check_eq "it is sent through when that is gone" "$(sends)" 411
sa out 415 gcm128
check "it goes when the peer is silent" wait_for -t 30 may_send_only "[412,415]"
hear 422
genl a sa-del spi=412 dir=out remote="${NBMA[b]}" standby=1
genl a sa-del spi=415 dir=out remote="${NBMA[b]}"
check_eq "another one, as the peer is heard" "$(sends)" 412
genl a sa-del spi=422 dir=in local="${NBMA[a]}" standby=1
check "it goes when its pair is closed" wait_for may_send_only "[]"
check_eq "which stays" "$(genl_field a .spi sa-get spi=422 dir=in \
	local="${NBMA[a]}")" 422
sa in 423 gcm128
sa out 416 gcm128 pair=423
genl a sa-del spi=416 dir=out remote="${NBMA[b]}" standby=1
check_eq "one in use that IKE does not need stays" "$(sends)" 416
genl a sa-del spi=423 dir=in local="${NBMA[a]}"
check "it goes with its pair" wait_for may_send_only "[]"
flush

at 0
genl a sa-set spi=3000 dir=out remote="${NBMA[b]}" local-port=4500 \
	remote-port=4502
check "a peer of any port, at none again when its SAs had moved" at 0
for port in 4500 0 4501 4500; do
	check "a peer of any port, at port $port" at $port
done
flush

check "an SA of somebody" sa in 3701 gcm128 identity=spoke6.example
check "its pair" sa out 3702 gcm128 identity=spoke6.example
refused "one of somebody else in the same session" 'another identity' \
	in 3703 gcm128 identity=spoke7.example
check_fails "nor is the session said to be his" 'genl.py: .*another identity' \
	genl a session-set local="${NBMA[a]}" remote="${NBMA[b]}" \
	identity=spoke7.example ike-id=7
check_eq "nothing of that changed" "$(genl a session-get local="${NBMA[a]}" \
	remote="${NBMA[b]}" | jq -c '[.identity, ."ike-id"]')" \
	'["spoke6.example",null]'
flush
check "when it has none he may have it" sa in 3704 gcm128 \
	identity=spoke7.example
check_eq "it is his then" "$(genl_field a .identity session-get \
	local="${NBMA[a]}" remote="${NBMA[b]}")" spoke7.example
flush

# Those that were deleted count until no packet is in them any more.
limit max_sas 2
check "as many SAs as there may be" wait_for sa out 3601 gcm128
wait_for sa out 3602 gcm128
refused "one more" max_sas out 3603 gcm128
check_fails "an SPI for one more" 'genl.py: .*max_sas' \
	genl a sa-alloc-spi local="${NBMA[a]}"
limit max_sas 1048576
limit max_sessions 1
refused "more sessions than there may be" max_sessions \
	out 3603 gcm128 remote=10.9.2.9
check_fails "a peer that needs one more" 'genl.py: .*max_sessions' \
	genl a peer-new dev=dmvpn0 remote=10.9.2.9
limit max_sessions 262144
flush

check "keys at work" secrets
check "they are in no dump, event, answer or log" nowhere
finish
