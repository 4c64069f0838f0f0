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

# Allocations that may sleep fail, too, and without a word.
faults() {
	local kind
	for kind in failslab fail_page_alloc; do
		echo 0 >"$FAULTS/$kind/verbose"
		echo N >"$FAULTS/$kind/ignore-gfp-wait"
	done
	echo N >"$FAULTS/fail_page_alloc/ignore-gfp-highmem"
	echo 0 >"$FAULTS/fail_page_alloc/min-order"
}

failnth() {
	python3 -SE "$SELFTESTS/adversarial/failnth.py" "$@"
}

need_module
[ -w /proc/self/fail-nth ] ||
	bail "this kernel has no fault injection: run -k debug"
mapfile -t CASES < <(failnth list)
plan $((${#CASES[@]} + 2))
gcc -O2 -Wall -Werror -shared -fPIC -o "$TMP/failnth.so" \
	"$SELFTESTS/adversarial/failnth.c"
wait_for test -s "$DMVPN_SPEC"
faults
underlay a b c
tunnel a protection DMVPN
for case in "${CASES[@]}"; do
	check "$case" in_ns a python3 -SE \
		"$SELFTESTS/adversarial/failnth.py" "$TMP/failnth.so" "$case"
	diag "$(cat "$TMP/check.out")"
done
check "a namespace" failnth "$TMP/failnth.so" netns
diag "$(cat "$TMP/check.out")"
ns_del a b c mid
wait_for modprobe -r dmvpn
check "the module" failnth "$TMP/failnth.so" module "$(modinfo -n dmvpn)"
diag "$(cat "$TMP/check.out")"
modprobe dmvpn
finish
