# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What every test shares: results in KTAP, namespaces, waiting for conditions,
# captures, and cleaning up. A test sources this file, calls plan, then check
# or ok/not_ok for each result, and ends with finish.

SELFTESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PYTHONDONTWRITEBYTECODE=1 LC_ALL=C
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

TMP=$(mktemp -d /tmp/dmvpn.XXXXXX)
export DMVPN_SPEC=${DMVPN_SPEC:-$TMP/spec.json}
# How many times as long things may take, and what stands for a million bits a
# second, on a kernel that checks more: a packet costs it ten times as much.
SLOW=${DMVPN_SLOW:-1}
# shellcheck disable=SC2034
MBIT=$((1000000 / SLOW / SLOW))
NAMESPACES=()
PIDS=()
PLANNED=0 DONE=0 FAILED=0
exec 3>&1

# ---- results ----

plan() {
	PLANNED=$1
	echo "1..$PLANNED"
}

diag() {
	local text=$*
	echo "# ${text//$'\n'/$'\n'# }"
}

ok() {
	DONE=$((DONE + 1))
	echo "ok $DONE - $*"
}

not_ok() {
	DONE=$((DONE + 1))
	FAILED=$((FAILED + 1))
	echo "not ok $DONE - $*"
}

# check TEXT COMMAND...: a result that hangs on the command's exit status.
check() {
	local text=$1
	shift
	if "$@" >"$TMP/check.out" 2>&1; then
		ok "$text"
	else
		not_ok "$text"
		diag "failed: $*"
		diag "$(tail -n 30 "$TMP/check.out")"
		report_failure
	fi
}

# check_fails TEXT PATTERN COMMAND...: it must fail, and say PATTERN.
check_fails() {
	local text=$1 pattern=$2
	shift 2
	if "$@" >"$TMP/check.out" 2>&1; then
		not_ok "$text"
		diag "succeeded, but should not: $*"
	elif grep -Eiq -- "$pattern" "$TMP/check.out"; then
		ok "$text"
	else
		not_ok "$text"
		diag "no \"$pattern\" in: $(tail -n 30 "$TMP/check.out")"
	fi
}

# check_eq TEXT HAVE WANT
check_eq() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1"
		diag "have: $2"
		diag "want: $3"
		report_failure
	fi
}

# A test may define these again: to print more where something failed, and to
# keep something when it ends.
report_failure() {
	:
}

at_end() {
	:
}

# Give up. Works inside of a check, too.
bail() {
	echo "Bail out! $*" >&3
	exit 1
}

finish() {
	if [ "$DONE" -ne "$PLANNED" ]; then
		diag "$DONE results, but $PLANNED were planned"
		exit 1
	fi
	[ "$FAILED" -eq 0 ] || exit 1
	exit 0
}

# ---- waiting ----

# nap SECONDS: sleep, without a program that would take longer to start.
exec {NAP}<> <(:)
nap() {
	read -r -t "$1" -u "$NAP" || true
}

# near HAVE WANT PERCENT
near() {
	echo "$1 for $2"
	[ $((($1 > $2 ? $1 - $2 : $2 - $1) * 100)) -le $(($2 * $3)) ]
}

# wait_for [-t SECONDS] COMMAND...: until it succeeds; 20 s unless told, and
# SLOW times as long on a kernel that checks more. It asks less often with
# time: on an emulated processor that keeps others from what is waited for.
wait_for() {
	local limit=20 end tries=0
	local naps=(0.05 0.05 0.1 0.1 0.2 0.2 0.3 0.3 0.4 0.4 0.5)
	if [ "$1" = -t ]; then
		limit=$2
		shift 2
	fi
	limit=$((limit * SLOW))
	end=$((${EPOCHREALTIME/./} + limit * 1000000))
	until "$@" >/dev/null 2>&1; do
		if [ "${EPOCHREALTIME/./}" -ge "$end" ]; then
			echo "waited $limit s for: $*"
			return 1
		fi
		nap "${naps[tries]}"
		[ "$tries" -eq 10 ] || tries=$((tries + 1))
	done
}

# gone PID: the process has ended.
gone() {
	! kill -0 "$1" 2>/dev/null
}

# ---- namespaces and processes ----

# ns_add NAME...: namespaces with lo up, which forward.
ns_add() {
	local ns settings=(net.ipv4.ip_forward=1
		net.ipv4.conf.{all,default}.rp_filter=0
		net.ipv4.conf.{all,default}.send_redirects=0)
	[ ! -e /proc/sys/net/ipv6 ] ||
		settings+=(net.ipv6.conf.default.disable_ipv6=1)
	for ns in "$@"; do
		[ ! -e "/run/netns/$ns" ] || ip netns del "$ns"
		ip netns add "$ns"
		NAMESPACES+=("$ns")
		ip -n "$ns" link set lo up
		ip netns exec "$ns" sysctl -qw "${settings[@]}"
	done
}

# in_ns NAME COMMAND...
in_ns() {
	local ns=$1
	shift
	ip netns exec "$ns" "$@"
}

# veth NS1 DEV1 NS2 DEV2: a cable.
veth() {
	ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}

# with_ipv6 NODE...: namespaces have none unless asked.
with_ipv6() {
	local node
	for node in "$@"; do
		in_ns "$node" sysctl -qw net.ipv6.conf.all.disable_ipv6=0 \
			net.ipv6.conf.default.disable_ipv6=0 \
			net.ipv6.conf.default.accept_dad=0 \
			net.ipv6.conf.default.router_solicitations=0 \
			net.ipv6.conf.all.forwarding=1
	done
}

# background COMMAND...: PID is left in BG, and it is stopped at the end.
background() {
	"$@" 3>&- &
	BG=$!
	PIDS+=("$BG")
}

# stop PID [SIGNAL]: end a process and wait for it.
stop() {
	kill "-${2:-TERM}" "$1" 2>/dev/null || return 0
	wait_for gone_or_reaped "$1" || kill -KILL "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
}

gone_or_reaped() {
	local state
	state=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) || return 0
	[ -z "$state" ] || [ "$state" = Z ]
}

# ns_del NAME...: ends what still runs in them, too.
ns_del() {
	local ns pid
	for ns in "$@"; do
		[ -e "/run/netns/$ns" ] || continue
		for pid in $(ip netns pids "$ns" 2>/dev/null); do
			kill -KILL "$pid" 2>/dev/null || true
		done
		ip netns del "$ns" 2>/dev/null || true
	done
}

cleanup() {
	local status=$? pid
	trap - EXIT
	set +e
	at_end
	for pid in "${PIDS[@]}" "$GENL"; do
		kill "$pid" 2>/dev/null
	done
	ns_del "${NAMESPACES[@]}"
	wait 2>/dev/null
	if [ "$status" -ne 0 ] && [ -n "${OUT:-}" ] && [ -d "$OUT" ]; then
		mkdir -p "$OUT/$(basename "$0" .sh)"
		cp -r "$TMP/." "$OUT/$(basename "$0" .sh)/" 2>/dev/null
	fi
	rm -rf "$TMP"
	exit "$status"
}

trap cleanup EXIT
trap 'exit 130' INT TERM

# ---- captures ----

# What a payload carries that must not be seen outside, and as ping -p wants it.
CANARY="CANARY-in-clear!"
CANARY_HEX=$(printf %s "$CANARY" | od -An -tx1 | tr -d ' \n')

# capture NS DEV FILE [FILTER...]: PID in CAPTURE; runs when this returns.
capture() {
	local ns=$1 dev=$2 file=$3
	shift 3
	ip netns exec "$ns" tcpdump -i "$dev" -n -U -s 0 --immediate-mode \
		-Z root -w "$file" "$@" >/dev/null 2>"$file.log" 3>&- &
	CAPTURE=$!
	PIDS+=("$CAPTURE")
	wait_for grep -q 'listening on' "$file.log" ||
		bail "tcpdump does not start: $(cat "$file.log")"
}

# capture_end [PID]: stop and flush it.
capture_end() {
	sleep 0.3
	stop "${1:-$CAPTURE}" INT
}

# packets FILE [FILTER...]: how many.
packets() {
	local file=$1
	shift
	tcpdump -n --count -r "$file" "$@" 2>/dev/null | cut -d' ' -f1
}

# says TEXT FILE / silent_on TEXT FILE: are these bytes somewhere in it?
says() {
	grep -aqF -- "$1" "$2"
}

silent_on() {
	[ -s "$2" ] && ! says "$1" "$2"
}

# ---- the kernel ----

# Starting python takes long on an emulated processor, so one that runs does
# all commands and dumps. It parses the family's description once, or not at
# all where DMVPN_SPEC names a file of it.
genl_start() {
	if [ ! -e "$DMVPN_SPEC" ]; then
		"$SELFTESTS/genl.py" spec >"$DMVPN_SPEC.new"
		mv "$DMVPN_SPEC.new" "$DMVPN_SPEC"
	fi
	exec python3 -SE "$SELFTESTS/genl.py" serve "$TMP/genl.port"
}

# ask FILE PLACE WORD...: of the server whose port FILE has, see genl.py.
ask() {
	local fd line status=1
	wait_for test -e "$1"
	exec {fd}<>"/dev/tcp/127.0.0.1/$(<"$1")"
	shift
	printf '%s\n' $(($# - 1)) "$@" >&"$fd"
	while IFS= read -r line <&"$fd"; do
		case $line in
		o*) echo "${line#o}" ;;
		e*) echo "${line#e}" >&2 ;;
		x*) status=${line#x} ;;
		esac
	done
	exec {fd}>&-
	return "$status"
}

# genl NS COMMAND [name=value ...]: one command, or "dump COMMAND".
genl() {
	ask "$TMP/genl.port" "$@"
}

# genl_field NS FILTER COMMAND [name=value ...]: of one reply, what jq makes of
# it; a mere field, as .drops."rx-clear", needs no jq.
genl_field() {
	local ns=$1 filter=$2
	shift 2
	if [[ $filter =~ ^(\.\"?[a-z0-9-]+\"?)+$ ]]; then
		filter=${filter//\"/}
		genl "$ns" field "${filter#.}" "$@"
	else
		genl "$ns" "$@" | jq -r "$filter"
	fi
}

# drops NS DEV REASON: the device's counter of that name.
drops() {
	genl_field "$1" ".drops.\"$3\"" device-get "dev=$2"
}

# listen NS FILE [GROUP...]: events of the kernel as JSON lines; stop "$BG".
listen() {
	local ns=$1 file=$2
	shift 2
	background ip netns exec "$ns" "$SELFTESTS/genl.py" monitor "$@" \
		>"$file" 2>"$file.err"
	wait_for grep -q listening "$file.err"
}

# ping_ok NS ADDRESS [OPTION...]
ping_ok() {
	local ns=$1 address=$2
	shift 2
	ip netns exec "$ns" ping -n -c 1 -W 1 "$@" "$address" >/dev/null
}

need_module() {
	modprobe dmvpn 2>/dev/null || [ -d /sys/module/dmvpn ] ||
		bail "the dmvpn module cannot be loaded"
}

genl_start 3>&- &
GENL=$!
