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
#
# With IPv6 outside 10.9.X.2 is fd09:X::2, inside 192.168.9.X is fd99::X. All
# here works with what stands in NBMA and OVERLAY, so a test with more nodes
# adds theirs.

declare -A NBMA=([a]=10.9.1.2 [b]=10.9.2.2 [c]=10.9.3.2)
declare -A OVERLAY=([a]=192.168.9.1 [b]=192.168.9.2 [c]=192.168.9.3)
# Of nodes behind a NAT: the port that others see instead of 4500.
declare -A NAT_PORT=()
NAT_ADDRESS=

# outside 4|6, inside 4|6: the family of the underlay's, the overlay's addresses.
outside() {
	case $1 in
	4) NBMA+=([a]=10.9.1.2 [b]=10.9.2.2 [c]=10.9.3.2) ;;
	6) NBMA+=([a]=fd09:1::2 [b]=fd09:2::2 [c]=fd09:3::2) ;;
	esac
}

inside() {
	case $1 in
	4) OVERLAY+=([a]=192.168.9.1 [b]=192.168.9.2 [c]=192.168.9.3) ;;
	6) OVERLAY+=([a]=fd99::1 [b]=fd99::2 [c]=fd99::3) ;;
	esac
}

# subnet ADDRESS: with the length of its network's prefix.
subnet() {
	case $1 in
	*:*) echo "$1/64" ;;
	*) echo "$1/24" ;;
	esac
}

# Cipher suites by short name: those that tests go through, and all that there
# are. The number behind the cipher's is the length of the ICV in bytes.
SUITES=(cbc-sha1 cbc-sha256 gcm128 gcm256 chacha)
# shellcheck disable=SC2034
ALL_SUITES=(cbc{128,192,256}-sha{1,256,384,512} {gcm,ccm}{128,192,256}-{8,12,16}
	chacha null-sha{1,256,384,512})

# suite_keys SUITE: CIPHER AUTH ICV CIPHER_KEY AUTH_KEY, new random keys, and in
# SUITE_ATTRS what sa-new wants besides.
suite_keys() {
	local suite=$1 bits rest auth_len=0
	case $suite in
	cbc-sha1) suite=cbc128-sha1 ;;
	cbc-sha256) suite=cbc256-sha256 ;;
	esac
	rest=${suite#*-}
	bits=${suite%%-*}
	bits=${bits//[a-z]/}
	AUTH='' ICV=16 SUITE_ATTRS=()
	case $suite in
	cbc*) CIPHER='cbc(aes)' ;;
	null*) CIPHER='ecb(cipher_null)' bits=0 SUITE_ATTRS=(insecure=1) ;;
	gcm*) CIPHER='rfc4106(gcm(aes))' bits=$((bits + 32)) ;;
	ccm*) CIPHER='rfc4309(ccm(aes))' bits=$((bits + 24)) ;;
	chacha) CIPHER='rfc7539esp(chacha20,poly1305)' bits=288 ;;
	*) bail "no such suite: $suite" ;;
	esac
	case $rest in
	sha1) AUTH='hmac(sha1)' ICV=12 auth_len=20 ;;
	sha256) AUTH='hmac(sha256)' ICV=16 auth_len=32 ;;
	sha384) AUTH='hmac(sha384)' ICV=24 auth_len=48 ;;
	sha512) AUTH='hmac(sha512)' ICV=32 auth_len=64 ;;
	8 | 12 | 16) ICV=$rest ;;
	esac
	random_hex CIPHER_KEY $((bits / 8))
	random_hex AUTH_KEY "$auth_len"
}

# random_hex VARIABLE BYTES. Other programs would take longer to start.
random_hex() {
	local hex='' word
	while [ ${#hex} -lt $((2 * $2)) ]; do
		printf -v word %08x "$SRANDOM"
		hex+=$word
	done
	printf -v "$1" %s "${hex:0:2 * $2}"
}

uses_ipv6() {
	[[ "${NBMA[*]} ${OVERLAY[*]}" == *:* ]]
}

unplugged() {
	! ip -n mid link show "to_$1"
}

# join NODE: its namespace, with a cable to the router, whose addresses end in 1
# where those of the nodes end in 2. One of that name may still be on its way
# out: TCP sockets of programs that were killed hold it until they give up.
join() {
	local n=${NBMA[$1]}
	wait_for -t 150 unplugged "$1"
	ns_add "$1"
	! uses_ipv6 || with_ipv6 "$1"
	ip -n mid -batch - <<-EOF
		link add to_$1 type veth peer name eth0 netns $1
		link set to_$1 up
		addr add $(subnet "${n%2}1") dev to_$1
	EOF
	ip -n "$1" -batch - <<-EOF
		link set eth0 up
		addr add $(subnet "$n") dev eth0
		route add default via ${n%2}1
	EOF
}

# underlay NODE...: namespaces and the router between them.
underlay() {
	local node
	ns_add mid
	! uses_ipv6 || with_ipv6 mid
	for node in "$@"; do
		join "$node"
	done
}

# nat TO: the router shows the nodes of NAT_PORT to the node TO as one, under
# NAT_ADDRESS. Said again after a change it holds for new flows; nat_forget NODE
# makes a node's flow a new one.
nat() {
	local node to=${NBMA[$1]}
	NAT_ADDRESS=${NAT_ADDRESS:-${to%2}1}
	in_ns mid nft -f - <<-EOF
		table ip nat
		delete table ip nat
		table ip nat {
			chain out {
				type nat hook postrouting priority srcnat
				$(for node in "${!NAT_PORT[@]}"; do
					echo "ip saddr ${NBMA[$node]} ip daddr $to" \
						"udp sport 4500 snat to" \
						"$NAT_ADDRESS:${NAT_PORT[$node]}"
				done)
			}
			# To a port that nobody has.
			chain in {
				type filter hook input priority 0
				iifname "to_$1" meta l4proto udp drop
			}
		}
	EOF
}

nat_forget() {
	in_ns mid conntrack -D -p udp -s "${NBMA[$1]}" >/dev/null 2>&1
}

# encap NODE...: sockets for ESP in UDP at port 4500, as an IKE daemon has them.
encap() {
	background "$SELFTESTS/udp.py" encap 4500 "$@" >"$TMP/encap"
	wait_for grep -q ready "$TMP/encap"
}

# tunnel NODE [OPTION...]: its dmvpn0, with GRE key 9.
tunnel() {
	local node=$1
	shift
	ip -n "$node" -batch - <<-EOF
		link add dmvpn0 type dmvpn local ${NBMA[$node]} key 9 ttl 64 $*
		addr add $(subnet "${OVERLAY[$node]}") dev dmvpn0
		link set dmvpn0 up
	EOF
}

# ends HERE THERE: both ends as HERE sees them, as attributes in LOCAL and REMOTE.
# With a node behind the NAT they have ports.
ends() {
	local here=${NBMA[$1]} there=${NBMA[$2]}
	[ -z "${NAT_PORT[$2]:-}" ] || there=$NAT_ADDRESS
	LOCAL=(local="$here") REMOTE=(remote="$there")
	[ -n "${NAT_PORT[$1]:-}${NAT_PORT[$2]:-}" ] || return 0
	LOCAL+=(local-port=4500)
	REMOTE+=(remote-port="${NAT_PORT[$2]:-4500}")
}

# peer FROM TO [FLAGS]: FROM knows TO's addresses.
peer() {
	ends "$1" "$2"
	genl "$1" peer-new dev=dmvpn0 "${REMOTE[@]}" flags="${3:-}"
	genl "$1" nexthop-new dev=dmvpn0 address="${OVERLAY[$2]}" \
		"${REMOTE[@]}" state=valid kind=static
}

# sa NODE DIR OTHER [name=value ...]: SPI and suite_keys have the rest.
sa() {
	local node=$1 dir=$2 auth=()
	ends "$1" "$3"
	shift 3
	[ -z "$AUTH" ] || auth=(auth="$AUTH" auth-key="$AUTH_KEY")
	genl "$node" sa-new spi="$SPI" dir="$dir" "${LOCAL[@]}" \
		"${REMOTE[@]}" mode=transport cipher="$CIPHER" \
		cipher-key="$CIPHER_KEY" icv-len="$ICV" profile=DMVPN \
		"${auth[@]}" "${SUITE_ATTRS[@]}" "$@"
}

# sa_one_way FROM TO SUITE [name=value ...]: one SA, in both nodes. Leaves
# SPI and the keys in the variables of suite_keys.
sa_one_way() {
	local from=$1 to=$2 suite=$3
	shift 3
	suite_keys "$suite"
	ends "$to" "$from"
	SPI=$(genl_field "$to" .spi sa-alloc-spi "${LOCAL[0]}" "${REMOTE[0]}")
	sa "$to" in "$from" "$@"
	sa "$from" out "$to" "$@"
}

# protect A B SUITE [name=value ...]: SAs both ways.
protect() {
	sa_one_way "$1" "$2" "${@:3}"
	sa_one_way "$2" "$1" "${@:3}"
}

# unprotect NODE...: no SA is left.
unprotect() {
	local node
	for node in "$@"; do
		genl "$node" sa-flush
	done
}

# pair [-o 4|6] [-i 4|6] [OPTION...]: a and b with a tunnel each, which know one
# another; addresses are of IPv4 outside and inside unless told.
pair() {
	local out=4 in=4 option OPTIND=1
	while getopts o:i: option; do
		case $option in
		o) out=$OPTARG ;;
		i) in=$OPTARG ;;
		*) bail "pair: no such option" ;;
		esac
	done
	shift $((OPTIND - 1))
	outside "$out"
	inside "$in"
	underlay a b
	tunnel a "$@"
	tunnel b "$@"
	peer a b
	peer b a
}

# stream FROM TO: hundreds of packets a second each way for ever, less on a slow
# kernel, whether they can be sent or not. A flood would leave an emulated
# processor no time.
stream() {
	local interval
	printf -v interval 0.%03d $((4 * SLOW * SLOW))
	background ip netns exec "$1" ping -q -i "$interval" -s 1000 -W 1 \
		"${OVERLAY[$2]}" >/dev/null 2>&1
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
	ip netns exec "$1" grep -q ':0007 ' /proc/net/udp /proc/net/udp6
}

# udp_echo FROM TO SIZE[,SIZE...] [df]: one datagram of each there and back.
udp_echo() {
	local server
	background ip netns exec "$2" "$SELFTESTS/udp.py" serve \
		"${OVERLAY[$2]}" 7
	server=$BG
	wait_for udp_listens "$2"
	ip netns exec "$1" "$SELFTESTS/udp.py" ask "${OVERLAY[$2]}" 7 "$3" \
		"${4:-}" || { stop "$server"; return 1; }
	stop "$server"
}

# flows RATE NODE NODE...: numbered datagrams between the first node and each
# other, both ways, until flows_end says what became of them, a line of JSON for
# each way.
flows() {
	local rate=$1 node ends=()
	shift
	for node in "$@"; do
		ends+=("$node" "${OVERLAY[$node]}")
	done
	background "$SELFTESTS/flow.py" "$rate" "${ends[@]}" >"$TMP/flows"
	FLOWS=$BG
	wait_for grep -q flows "$TMP/flows"
}

flows_end() {
	stop "$FLOWS"
	sed 1d "$TMP/flows"
}
