# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the lab's scripts share: messages, and a cache whose entries are named
# by a hash of what they are made from. An entry is made under a lock, appears
# under its name only when it is whole, and is kept as long as somebody uses it.

VM=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd "$VM/../.." && pwd)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/dmvpn-lab
SUITES="trixie bookworm sid"
PARTS=${DMVPN_PARTS-modules userspace plugin}
MIRROR=${DMVPN_MIRROR:-http://deb.debian.org/debian}
SECURITY=${DMVPN_SECURITY_MIRROR:-http://deb.debian.org/debian-security}
# String instructions are slow in emulation, so nobody is told that they are fast.
EMULATED_CPU=max,-erms,-fsrm,-fsrs,-fzrm,-fsrc,-la57
STALE_DAYS=7

# The variables of a make that called us are not for those that we call.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL

say() {
	echo "lab: $*" >&2
}

die() {
	say "$*"
	exit 125
}

check_suite() {
	case " $SUITES " in
	*" $1 "*) ;;
	*) die "no suite \"$1\"; there are: $SUITES" ;;
	esac
}

# hash_of FILE-OR-DIR...: one short hash over names and contents.
hash_of() {
	find "$@" -type f ! -path '*/__pycache__/*' -print0 | sort -z |
		xargs -0 sha256sum | sed "s|$TOP/||" | sha256sum | cut -c1-12
}

# entry_make NAME COMMAND...: make the entry NAME unless it is there. COMMAND
# gets the folder to fill as its last argument.
entry_make() {
	local name=$1 dir=$CACHE/$1
	shift
	mkdir -p "$CACHE"
	if [ -d "$dir" ]; then
		touch "$dir"
		return
	fi
	(
		flock 9
		[ ! -d "$dir" ] || exit 0
		rm -rf "$dir.new"
		mkdir "$dir.new"
		"$@" "$dir.new" 9>&-
		mv "$dir.new" "$dir"
	) 9>"$dir.lock" || return
	entry_prune "${name%-*}"
}

# entry_hold NAME: keep NAME from being pruned as long as this process and its
# children live.
entry_hold() {
	local fd
	exec {fd}>"$CACHE/$1.lock"
	flock -s "$fd"
}

# entry_prune KIND: drop the entries KIND-HASH that were not used for a while.
entry_prune() {
	local dir
	find "$CACHE" -mindepth 1 -maxdepth 1 -type d -name "$1-*" \
		-mtime "+$STALE_DAYS" | while read -r dir; do
		(
			flock -n 9 || exit 0
			rm -rf "$dir"
			rm -f "$dir.lock"
		) 9>"$dir.lock"
	done
}

# need_root: something is to be made that only root can make.
need_root() {
	[ "$(id -u)" = 0 ] || die "run as root: a root file system is to be made"
	"$TOP/selftests/setup-host" >&2
}

# sources SUITE: the lines of apt for it.
sources() {
	local line
	for line in deb deb-src; do
		echo "$line $MIRROR $1 main"
		[ "$1" != sid ] || continue
		echo "$line $MIRROR $1-updates main"
		echo "$line $SECURITY $1-security main"
	done
}

# packages SUITE: what its root file system has, with commas between.
packages() { # SUITE
	awk -v suite="$1" '/^[^#]/ {
		want = NF == 1
		for (i = 2; i <= NF; i++)
			want = want || $i == suite
		if (want)
			print $1
	}' "$VM/packages" | paste -sd,
}

# root_name SUITE: the entry that holds the root file system of a suite.
root_name() {
	local hash
	hash=$({
		hash_of "$VM/root" "$VM/initrd" "$VM/strongswan-source" \
			"$VM/kernel-tools" "$VM/libreswan"
		packages "$1"
	} | sha256sum | cut -c1-12)
	echo "root-$1-$hash"
}

# kernel_of ROOT: the release of the kernel in a root file system.
kernel_of() {
	find "$1/usr/lib/modules" -mindepth 1 -maxdepth 1 -printf '%f\n' |
		sort -V | tail -n 1
}
