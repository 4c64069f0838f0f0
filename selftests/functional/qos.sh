#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# datapath
# Policies: what they set inside and outside, what they count, how they are
# changed, and what is wrong with bad ones. The business application is behind b,
# in 11.11.11.0/24 and fd11::/64.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

BIZ=([4]=11.11.11.1 [6]=fd11::1)
LAN=([4]=11.11.11.0/24 [6]=fd11::/64)
BIZ_LINES='[{"dst":"11.11.11.0","dst-len":24},
	{"dst":"fd11::","dst-len":64,"statement":1}]'
AF21=18 AF31=26

report_failure() {
	diag "$(genl a dump policy-get; genl a dump class-get
		genl a dump device-get; ip -n a -d link show dmvpn0)"
}

change() {
	ip -n a link change dmvpn0 type dmvpn "$@"
}

# policy NAME [CLASS...]: in a's namespace, of lines of JSON.
policy() {
	local class classes=()
	for class in "${@:2}"; do
		classes+=(class="${class//[$'\n\t']/}")
	done
	genl a policy-new name="$1" "${classes[@]}"
}

# class_of NAME LINES [REST]: as JSON.
class_of() {
	echo "{\"name\":\"$1\",\"match\":$2${3:+,$3}}"
}

# lan FAMILY: the application and the way to it.
lan() {
	ip -n b addr add "${BIZ[$1]}/${LAN[$1]#*/}" dev lo
	ip -n a route add "${LAN[$1]}" via "${OVERLAY[b]}"
}

# dscp ADDRESS [TOS]: what is inside and what is outside on the way to b.
dscp() {
	"$SELFTESTS/functional/dscp.py" a "$1" "${2:-0}" mid to_a b dmvpn0
}

# table NAME FAMILY: what the scenario wants to see, with the policies there.
table() {
	local name=$1 biz=${BIZ[$2]} other=${OVERLAY[b]}
	change output-policy INNER underlay-policy OUTER nopre-classify
	check_eq "$name: INNER, no pre-classify: copied" "$(dscp "$biz")" \
		"inner 0x48, outer 0x48"
	check_eq "$name: ECN is left alone" "$(dscp "$biz" 0x2)" \
		"inner 0x4a, outer 0x4a"
	change pre-classify
	check_eq "$name: pre-classify: OUTER sees what is inside" \
		"$(dscp "$biz")" "inner 0x48, outer 0x68"
	check_eq "$name: the rest is as it was" "$(dscp "$other" 0xb8)" \
		"inner 0xb8, outer 0xb8"
}

# combination OUTSIDE INSIDE [OPTION...]
combination() {
	local out=$1 in=$2 name="IPv$2 over IPv$1${3:+, ESP}"
	pair -o "$out" -i "$in" "${@:3}"
	lan "$in"
	policy INNER "$(class_of BIZ "$BIZ_LINES" "\"set-inner-dscp\":$AF21")"
	policy OUTER "$(class_of BIZ "$BIZ_LINES" "\"set-outer-dscp\":$AF31")"
	[ -z "${3:-}" ] || protect a b gcm128
	table "$name" "$in"
}

# count POLICY CLASS FIELD: of a class.
count() {
	genl a dump class-get | jq -s "[.[] | select(.name == \"$1\").class[] |
		select(.name == \"$2\").$3] | add"
}

# lines POLICY CLASS: packets of each of its lines.
lines() {
	genl a dump class-get | jq -sc "[.[] | select(.name == \"$1\").class[] |
		select(.name == \"$2\").match[].packets]"
}

pings() { # COUNT ADDRESS [OPTION...]
	in_ns a ping -n -q -c "$1" -i 0.02 -W 1 "${@:3}" "$2" >/dev/null
}

# packet PROTOCOL DST REST: an IPv4 packet in hex, as policy-test takes it.
packet() {
	local octets
	IFS=. read -r -a octets <<<"$2"
	printf '4500001c0000000040%02x0000c0a80901%02x%02x%02x%02x%s' "$1" \
		"${octets[@]}" "$3"
}

# verdict PACKET: index of its class and line.
verdict() {
	genl a policy-test name=TEST packet="$1" | jq -c '[.result, .line]'
}

counters() {
	policy INNER "$(class_of BIZ "$BIZ_LINES" "\"set-inner-dscp\":$AF21")"
	pings 5 "${BIZ[4]}"
	pings 3 "${OVERLAY[b]}"
	check_eq "a class counts its packets" "$(count INNER BIZ packets)" 5
	check_eq "and the bytes of inner packets" "$(count INNER BIZ bytes)" 420
	check_eq "class-default counts the rest" \
		"$(count INNER class-default packets)" 3
	check_eq "each line has its own" "$(lines INNER BIZ)" "[5,0]"
	genl a frame dev=dmvpn0 remote="${NBMA[b]}" data=0000
	check_eq "NHRP is not of an output policy" \
		"$(count INNER class-default packets)" 3
	pings 2 "${OVERLAY[b]}" -s 3000
	check_eq "fragments of the sender count" \
		"$(count INNER class-default packets)" 9
	change nooutput-policy
	pings 2 "${BIZ[4]}"
	change output-policy INNER
	check_eq "without a policy nothing is counted, and with it anew" \
		"$(count INNER BIZ packets)" 0
}

# Packets that wait for an SA, and those of a super-packet whose SA ends in it.
waiting() {
	local packets
	ns_del a b mid
	pair protection DMVPN
	lan 4
	policy INNER "$(class_of BIZ "$BIZ_LINES" "\"set-inner-dscp\":$AF21")"
	change output-policy INNER
	in_ns a "$SELFTESTS/udp.py" send "${BIZ[4]}" 9 4
	check_eq "what waits for an SA is not counted yet" \
		"$(count INNER BIZ packets)" 0
	protect a b gcm128
	check_eq "it is when it goes" "$(count INNER BIZ packets)" 4
	unprotect a b
	sa_one_way a b gcm128 hard-packets=3
	in_ns a "$SELFTESTS/udp.py" train "${BIZ[4]}" 9 1000 20
	check_eq "a super-packet counts as its segments" \
		"$(count INNER BIZ packets)" 24
	protect a b gcm128
	packets=$(genl_field a '."tx-packets"' peer-get dev=dmvpn0 \
		remote="${NBMA[b]}")
	check_eq "those that wait for the next SA are not counted twice" \
		"$(count INNER BIZ packets)" "$packets"
}

test_policy() {
	policy TEST "$(class_of WEB '[{"protocol":6,"dport-min":80},
		{"protocol":17,"dport-min":5060,"dport-max":5061}]')" \
		"$(class_of NOT '[{"dst":"11.11.11.1","dst-len":32,"deny":2},
		{"dst":"11.11.11.0","dst-len":24}]')" \
		"$(class_of EF '[{"dscp":46},{"dscp":8,"dscp-mask":56}]')"
	check_eq "policy-test: a port" \
		"$(verdict "$(packet 6 10.0.0.1 04000050)")" "[0,0]"
	check_eq "policy-test: a range of ports" \
		"$(verdict "$(packet 17 10.0.0.1 040013c500080000)")" "[0,1]"
	check_eq "policy-test: beyond the range" \
		"$(verdict "$(packet 17 10.0.0.1 040013c600080000)")" "[3,null]"
	check_eq "policy-test: a prefix" \
		"$(verdict "$(packet 1 11.11.11.9 08000000)")" "[1,1]"
	check_eq "policy-test: a line that denies" \
		"$(verdict "$(packet 1 11.11.11.1 08000000)")" "[3,null]"
	check_eq "policy-test: a packet without its transport header" \
		"$(verdict "$(packet 6 10.0.0.1 '')")" "[3,null]"
	check_eq "policy-test: the DSCP under a mask" "$(verdict \
		"4530${PACKET:4}")" "[2,1]"
	check_eq "policy-test: IPv6 behind an extension header" "$(verdict \
		"600000000010003c${ZEROS}${ZEROS}06000104000000000400005000000000")" \
		"[0,0]"
	check_eq "policy-test: a later fragment has no ports" "$(verdict \
		"${PACKET:0:12}0001${PACKET:16}04000050")" "[3,null]"
	check_eq "policy-test counts nothing" "$(lines TEST WEB)" "[0,0]"
	genl a policy-del name=TEST
}

replaced() {
	local i to
	policy INNER "$(class_of BIZ "$BIZ_LINES" "\"set-inner-dscp\":$AF21")"
	change output-policy INNER nopre-classify nounderlay-policy
	wait_for pings 1 "${BIZ[4]}"
	capture b dmvpn0 "$TMP/replaced.pcap" "ip dst ${BIZ[4]}"
	background ip netns exec a ping -n -q -i 0.01 "${BIZ[4]}" >/dev/null
	for i in {1..30}; do
		to=$((AF21 + 2 * (i % 2)))
		policy INNER "$(class_of "BIZ$i" "$BIZ_LINES" \
			"\"set-inner-dscp\":$to")"
	done
	stop "$BG"
	capture_end
	check "replaced: packets with either DSCP came" eval \
		'[ "$(packets "$TMP/replaced.pcap" "ip[1] = 0x48")" -gt 0 ] &&
		[ "$(packets "$TMP/replaced.pcap" "ip[1] = 0x50")" -gt 0 ]'
	check_eq "replaced: none without" "$(packets "$TMP/replaced.pcap" \
		'ip[1] != 0x48 and ip[1] != 0x50')" 0
}

# refused TEXT PATTERN NAME [CLASS...]: policy-new, with its reason.
refused() {
	check_fails "refused: $1" "$2" policy "${@:3}"
}

mistakes() {
	refused "no name" "name is missing" ""
	refused "a class without a name" "needs a name.*class" P '{}'
	refused "class-default that is not last" "comes last.*class.name" P \
		'{"name":"class-default"}' '{"name":"B"}'
	refused "class-default with lines" "none itself.*class.name" P \
		'{"name":"class-default","match":[{}]}'
	refused "addresses of two families" "one family.*class.match.dst" P \
		'{"name":"A","match":[{"src":"1.2.3.4","dst":"::1"}]}'
	refused "a prefix that is too long" "longer.*class.match.src-len" P \
		'{"name":"A","match":[{"src":"1.2.3.4","src-len":33}]}'
	refused "ports in the wrong order" "before.*class.match.dport-max" P \
		'{"name":"A","match":[{"dport-min":9,"dport-max":8}]}'
	refused "ports of a fragment" "no ports.*class.match.fragment" P \
		'{"name":"A","match":[{"dport-min":9,"fragment":1}]}'
	refused "deny that leads too far" "out of its class.*match.deny" P \
		'{"name":"A","match":[{"deny":2}]}' '{"name":"B","match":[{}]}'
	refused "a DSCP above 63" "set-inner-dscp" P \
		'{"name":"A","set-inner-dscp":64}'
	refused "priority and bandwidth" "not both.*bandwidth-rate" P \
		'{"name":"A","priority-percent":10,"bandwidth-rate":1000}'
	refused "more than all" "100 percent.*bandwidth-percent" P \
		'{"name":"A","bandwidth-percent":60}' \
		'{"name":"B","bandwidth-percent":41}'
	refused "a queue for nothing" "one packet.*queue-limit" P \
		'{"name":"A","queue-limit":0}'
	refused "a child that is not there" "add it first.*class.child" P \
		'{"name":"A","child":"NOWHERE"}'
	check_eq "nothing of it was kept" "$(genl a dump policy-get |
		jq -sc 'map(.name) | sort')" '["INNER"]'
	check_fails "a policy that is not there: device" "add it first" \
		change underlay-policy NOWHERE
	check_fails "a policy that is not there: peer" "add it first.*policy" \
		genl a peer-new dev=dmvpn0 remote="${NBMA[b]}" policy=NOWHERE
	check_eq "the device has what it had" "$(ip -n a -d -j link show dmvpn0 |
		jq -r '.[0].linkinfo.info_data.output_policy')" INNER
}

children() {
	policy LEAF
	policy MIDDLE '{"name":"M","child":"LEAF"}'
	policy TOP '{"name":"T","child":"MIDDLE"}'
	refused "a fourth level" "three deep" OVER '{"name":"O","child":"TOP"}'
	refused "a fourth level from below" "three deep" LEAF \
		'{"name":"L","child":"INNER"}'
	refused "a loop" "own child" LEAF '{"name":"L","child":"TOP"}'
	refused "itself" "own child" TOP '{"name":"T","child":"TOP"}'
	check_fails "a child is in use" "busy.*refer" \
		genl a policy-del name=MIDDLE
	check "its parent is not" genl a policy-del name=TOP
	check "then it can go" genl a policy-del name=MIDDLE
	genl a policy-del name=LEAF
}

# classes N [CLASS]: N classes, of which the last is CLASS.
classes() {
	jq -nc --argjson last "${2:-null}" --argjson n "$1" 'range($n) |
		{name: "C\(.)"} + if . == $n - 1 then $last else {} end'
}

# with N NAME [CLASS]: a policy of so many classes, class-default included.
with() {
	local n=$1 name=$2 class=()
	shift 2
	mapfile -t class < <(classes $((n - 1)) "$@")
	policy "$name" "${class[@]}"
}

too_large() {
	check_fails "$1" "more classes.*256" "${@:2}"
}

# A queue has 256 classes. What queues by a policy: a peer.
sizes() {
	with 257 WIDE
	too_large "257 classes are too many for a peer" \
		genl a peer-new dev=dmvpn0 remote="${NBMA[b]}" policy=WIDE
	with 256 WIDE
	check "256 are not" \
		genl a peer-new dev=dmvpn0 remote="${NBMA[b]}" policy=WIDE
	too_large "the peer's policy cannot become too large" with 257 WIDE
	genl a peer-new dev=dmvpn0 remote="${NBMA[b]}" policy=
	check "without the peer it can" with 257 WIDE
	too_large "it cannot be a child then" \
		with 2 TOP '{"child":"WIDE"}'
	with 56 WIDE
	check "200 classes and 56 of a child" \
		with 200 TOP '{"child":"WIDE"}'
	too_large "one more in the child" with 57 WIDE
	too_large "one more in the parent" with 201 TOP '{"child":"WIDE"}'
	with 1 OVER
	check "the child can be another one" with 199 TOP '{"child":"OVER"}'
	too_large "which can have less then" with 58 OVER
	check "as much as is left" with 57 OVER
	policy TOP
	genl a policy-del name=WIDE
	genl a policy-del name=OVER
	genl a policy-del name=TOP
}

# Who makes a policy pays for it: 25,600 lines, of which each has 100 bytes and
# more.
memory() {
	local group=/sys/fs/cgroup/policies class=()
	mapfile -t class < <(jq -nc 'range(64) | {name: "C\(.)", match:
		[range(400) | {statement: .}]}')
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control
	mkdir "$group"
	(
		echo "$BASHPID" >"$group/cgroup.procs"
		in_ns a "$SELFTESTS/genl.py" policy-new name=LARGE \
			"${class[@]/#/class=}"
	)
	check "its memory is charged to the maker's cgroup" test \
		"$(awk '/^kernel / { print $2 }' "$group/memory.stat")" \
		-gt 2000000
	genl a policy-del name=LARGE
	rmdir "$group"
}

users() {
	genl_field a .users policy-get name="${1:-INNER}"
}

in_use() {
	check_fails "in use by a device" "busy.*refer" \
		genl a policy-del name=INNER
	genl a peer-new dev=dmvpn0 remote="${NBMA[b]}" policy=INNER
	check_eq "a peer has it" "$(genl_field a .policy peer-get dev=dmvpn0 \
		remote="${NBMA[b]}")" INNER
	change underlay-policy INNER
	check_eq "three users" "$(users)" 3
	change ttl 63
	check_eq "another change of the device does not count" "$(users)" 3
	genl a peer-new dev=dmvpn0 remote="${NBMA[b]}" flags=multicast
	check_eq "nor does one of the peer's flags" "$(users)" 3
	genl a peer-new dev=dmvpn0 remote="${NBMA[b]}" policy=
	change nooutput-policy
	check_eq "one user" "$(users)" 1
	ip -n a link del dmvpn0
	check_eq "none without the device" "$(users)" 0
	listen a "$TMP/events" nhrp
	check "so it goes" genl a policy-del name=INNER
	check "who listens hears of it" wait_for grep -q \
		'policy-del-ntf.*INNER' "$TMP/events"
	stop "$BG"
}

large() {
	local n
	mapfile -t LARGE < <(jq -nc '{name: "L", match: [range(900) |
		{statement: ., dst: "10.\(. / 256 | floor).\(. % 256).0",
		"dst-len": 24, "dport-min": 1, "dport-max": 9}]}')
	policy LARGE "${LARGE[@]}"
	genl a dump class-get >"$TMP/large"
	check_eq "a class with more lines than a message holds: all of them" \
		"$(jq -sc '[.[].class[] | select(.index == 0).match[].statement] |
			. == [range(900)]' "$TMP/large")" true
	check "in several messages" test "$(grep -c '"index": 0' \
		"$TMP/large")" -gt 1
	mapfile -t LARGE < <(jq -nc 'range(4096) | {name: "C\(.)", match:
		[{dst: "10.\(. / 256 | floor).\(. % 256).0", "dst-len": 24}]}')
	refused "4097 classes" max_classes LARGE "${LARGE[@]}"
	policy LARGE "${LARGE[@]:1}"
	n=$(genl a dump class-get | jq -sc '[.[].class[].name] | unique | length')
	check_eq "4096 classes" "$n" 4096
	check_eq "the last one is found" "$(genl a policy-test name=LARGE \
		packet="$(packet 1 10.15.255.1 08000000)" | jq .result)" 4094
	genl a policy-del name=LARGE
	echo 1 >/sys/module/dmvpn/parameters/max_policies
	policy ONE
	refused "more policies than there may be" max_policies TWO
	echo 1024 >/sys/module/dmvpn/parameters/max_policies
}

ZEROS=00000000000000000000000000000000
PACKET=$(packet 6 10.0.0.1 '')
need_module
plan 91
combination 4 6
ns_del a b mid
combination 6 4
ns_del a b mid
combination 6 6 protection DMVPN
ns_del a b mid
combination 4 4
counters
waiting
test_policy
replaced
mistakes
children
sizes
in_use
large
memory
finish
