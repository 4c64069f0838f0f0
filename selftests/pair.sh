# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Two or three nodes with a dmvpn device each and no daemon: peers, next hops
# and SAs are put into the kernel by hand. Sourced after lib.sh.
#
#                           10.9.2.2
#   10.9.1.2          .------- b   192.168.9.2 (dmvpn0)
#      a --------- mid
#   192.168.9.1       '------- c   192.168.9.3
#   (dmvpn0)                 10.9.3.2

declare -A NBMA=([a]=10.9.1.2 [b]=10.9.2.2 [c]=10.9.3.2)
declare -A OVERLAY=([a]=192.168.9.1 [b]=192.168.9.2 [c]=192.168.9.3)

# Cipher suites by short name, as attributes of sa-new but for the keys, and
# the lengths of these.
SUITES=(cbc-sha1 cbc-sha256 gcm128 gcm256 chacha)

# suite_keys SUITE: CIPHER AUTH ICV CIPHER_KEY AUTH_KEY, new random keys.
suite_keys() {
	local cipher_len auth_len=0
	AUTH=
	case $1 in
	cbc-sha1)
		CIPHER='cbc(aes)' AUTH='hmac(sha1)' ICV=12
		cipher_len=16 auth_len=20 ;;
	cbc-sha256)
		CIPHER='cbc(aes)' AUTH='hmac(sha256)' ICV=16
		cipher_len=32 auth_len=32 ;;
	gcm128) CIPHER='rfc4106(gcm(aes))' ICV=16 cipher_len=20 ;;
	gcm256) CIPHER='rfc4106(gcm(aes))' ICV=16 cipher_len=36 ;;
	chacha)
		CIPHER='rfc7539esp(chacha20,poly1305)' ICV=16 cipher_len=36 ;;
	*) bail "no such suite: $1" ;;
	esac
	CIPHER_KEY=$(random_hex "$cipher_len")
	AUTH_KEY=$(random_hex "$auth_len")
}

random_hex() {
	od -An -v -N "$1" -tx1 /dev/urandom | tr -d ' \n'
}

# underlay NODE...: namespaces and the router between them.
underlay() {
	local node n
	ns_add mid "$@"
	for node in "$@"; do
		n=${NBMA[$node]}
		veth "$node" eth0 mid "to_$node"
		ip -n "$node" addr add "$n/24" dev eth0
		ip -n mid addr add "${n%.*}.1/24" dev "to_$node"
		ip -n "$node" route add default via "${n%.*}.1"
	done
}

# tunnel NODE [OPTION...]: its dmvpn0, with GRE key 9.
tunnel() {
	local node=$1
	shift
	ip -n "$node" link add dmvpn0 type dmvpn local "${NBMA[$node]}" \
		key 9 ttl 64 "$@"
	ip -n "$node" addr add "${OVERLAY[$node]}/24" dev dmvpn0
	ip -n "$node" link set dmvpn0 up
}

# peer FROM TO [FLAGS]: FROM knows TO's addresses.
peer() {
	genl "$1" peer-new dev=dmvpn0 remote="${NBMA[$2]}" flags="${3:-}"
	genl "$1" nexthop-new dev=dmvpn0 address="${OVERLAY[$2]}" \
		remote="${NBMA[$2]}" state=valid kind=static
}

# sa_one_way FROM TO SUITE [name=value ...]: one SA, in both nodes. Leaves
# SPI and the keys in the variables of suite_keys.
sa_one_way() {
	local from=$1 to=$2 suite=$3 auth=()
	shift 3
	suite_keys "$suite"
	[ -z "$AUTH" ] || auth=(auth="$AUTH" auth-key="$AUTH_KEY")
	SPI=$(genl_field "$to" .spi sa-alloc-spi local="${NBMA[$to]}" \
		remote="${NBMA[$from]}")
	genl "$to" sa-new spi="$SPI" dir=in local="${NBMA[$to]}" \
		remote="${NBMA[$from]}" mode=transport cipher="$CIPHER" \
		cipher-key="$CIPHER_KEY" icv-len="$ICV" profile=DMVPN \
		"${auth[@]}" "$@"
	genl "$from" sa-new spi="$SPI" dir=out local="${NBMA[$from]}" \
		remote="${NBMA[$to]}" mode=transport cipher="$CIPHER" \
		cipher-key="$CIPHER_KEY" icv-len="$ICV" profile=DMVPN \
		"${auth[@]}" "$@"
}

# protect A B SUITE: SAs both ways.
protect() {
	sa_one_way "$1" "$2" "$3"
	sa_one_way "$2" "$1" "$3"
}

# unprotect NODE...: no SA is left.
unprotect() {
	local node
	for node in "$@"; do
		genl "$node" sa-flush
	done
}

# pair [OPTION...]: a and b with a tunnel each, which know one another.
pair() {
	underlay a b
	tunnel a "$@"
	tunnel b "$@"
	peer a b
	peer b a
}

# tcp FROM TO BYTES [OPTION...]: one iperf3 transfer.
tcp() {
	local from=$1 to=$2 bytes=$3 server
	shift 3
	background ip netns exec "$to" iperf3 -s -1 --forceflush \
		>"$TMP/iperf3.server" 2>&1
	server=$BG
	wait_for grep -q listening "$TMP/iperf3.server" || return 1
	timeout 60 ip netns exec "$from" iperf3 -c "${OVERLAY[$to]}" \
		-n "$bytes" "$@" || { stop "$server"; return 1; }
	stop "$server"
}

udp_listens() {
	ip netns exec "$1" grep -q ':0007 ' /proc/net/udp
}

# udp_echo FROM TO SIZE[,SIZE...] [df]: one datagram of each there and back.
udp_echo() {
	local server
	background ip netns exec "$2" "$SELFTESTS/udp.py" serve 0.0.0.0 7
	server=$BG
	wait_for udp_listens "$2"
	ip netns exec "$1" "$SELFTESTS/udp.py" ask "${OVERLAY[$2]}" 7 "$3" \
		"${4:-}" || { stop "$server"; return 1; }
	stop "$server"
}
