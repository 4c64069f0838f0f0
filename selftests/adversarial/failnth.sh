#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# debug
# Want of memory at each allocation of each netlink request, of loading the
# module and of making a namespace: an error and nothing half done. See
# failnth.py.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"

FAULTS=/sys/kernel/debug

# setting NAME VALUE: of all kinds of faults.
setting() {
	local kind
	for kind in failslab fail_page_alloc; do
		echo "$2" >"$FAULTS/$kind/$1"
	done
}

# Allocations that may sleep fail, too, and without a word; but only what the
# module asks for, itself or through others: the kernel has faults of its own,
# and those of its parts that no want of memory was tried on complain.
faults() {
	setting verbose 0
	setting ignore-gfp-wait N
	setting stacktrace-depth 32
	echo N >"$FAULTS/fail_page_alloc/ignore-gfp-highmem"
	echo 0 >"$FAULTS/fail_page_alloc/min-order"
}

# between FIRST END: faults when code from there is on the stack.
between() {
	setting require-start "$1"
	setting require-end "$2"
}

# The module's code comes first in what it takes.
between_module() {
	local module=/sys/module/dmvpn start
	start=$(cat "$module/sections/.text")
	between "$start" "$(printf '0x%x' $((start + $(cat "$module/coresize"))))"
}

# Where modules are: one that is loading is nowhere yet. A cache whose name
# sysfs has no memory for is not given back by the kernel.
between_modules() {
	between 0xffffffffa0000000 0xffffffffff000000
	# shellcheck disable=SC2046
	set -- $(sort /proc/kallsyms | awk '
		found && $1 != found { print "0x" found, "0x" $1; exit }
		$3 == "sysfs_slab_add" { found = $1 }')
	setting reject-start "$1"
	setting reject-end "$2"
}

failnth() {
	python3 -SE "$SELFTESTS/adversarial/failnth.py" "$@"
}

need_module
[ -w /proc/self/fail-nth ] ||
	bail "this kernel has no fault injection: run -k debug"
mapfile -t CASES < <(failnth list)
plan $((${#CASES[@]} + 3))
gcc -O2 -Wall -Werror -shared -fPIC -o "$TMP/failnth.so" \
	"$SELFTESTS/adversarial/failnth.c"
wait_for test -s "$DMVPN_SPEC"
FAULTY=()
faults
between_module
underlay a b c
tunnel a protection DMVPN
for case in "${CASES[@]}"; do
	check "$case" in_ns a python3 -SE \
		"$SELFTESTS/adversarial/failnth.py" "$TMP/failnth.so" "$case"
	diag "$(cat "$TMP/check.out")"
	! grep -q ENOMEM "$TMP/check.out" || FAULTY+=("$case")
done
check "a namespace" failnth "$TMP/failnth.so" netns
diag "$(cat "$TMP/check.out")"
ns_del a b c mid
wait_for modprobe -r dmvpn
between_modules
check "the module" failnth "$TMP/failnth.so" module "$(modinfo -n dmvpn)"
diag "$(cat "$TMP/check.out")"
modprobe dmvpn
check "there was want of memory (${FAULTY[*]})" test "${#FAULTY[@]}" -gt 15
finish
