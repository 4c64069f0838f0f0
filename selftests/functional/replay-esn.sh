#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long
# As replay.sh, with extended sequence numbers that go over 2^32, and with a
# large window.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/pair.sh"
. "$SELFTESTS/replay-checks.sh"

# Numbers go from 2^32 - 100 to 2^32 + 39; the wire shows the lower half.
wrap() {
	fresh "$1" esn=1 replay-window=64 insecure=1 seq=4294967195
	held 140
	check "$1: over 2^32" taken 1 20
	check "$1: the last ones before it, late" taken 2 4294967295 4294967294
	check "$1: 2^32 itself" taken 1 0
	check "$1: all these again" late 4 20 4294967294-4294967295 0
	check "$1: at the edge" taken 1 4294967253
	check "$1: beyond it, which is 2^32 later and not authentic" \
		grows auth-failed 1 forge order "$TMP/held.pcap" 4294967252
}

need_module
plan 18
pair protection DMVPN
window 1024 gcm128 esn=1
wrap cbc-sha256
for suite in cbc256-sha512 gcm256; do
	fresh "$suite" esn=1 insecure=1 seq=4294967195
	check_eq "$suite: no packet of a flow is lost over 2^32" \
		"$(flow 300)" "300 received"
done
finish
