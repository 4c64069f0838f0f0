# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Results in KTAP, for what runs in a root file system that has next to nothing.
# All that was said is in /out, too.

export DEBIAN_FRONTEND=noninteractive
DONE=0 FAILED=0
SAID=/out/$(basename "$0").out
: >"$SAID"

# check TEXT COMMAND...: a result that hangs on the command's exit status. What
# is a function ends with the first command that fails.
check() {
	local text=$1 said status
	shift
	DONE=$((DONE + 1))
	set +e
	said=$(set -e && "$@" 2>&1)
	status=$?
	set -e
	printf '==== %s (%s s)\n%s\n' "$text" "$SECONDS" "$said" >>"$SAID"
	if [ "$status" = 0 ]; then
		echo "ok $DONE - $text"
		return
	fi
	FAILED=$((FAILED + 1))
	echo "not ok $DONE - $text"
	said=$(tail -n 40 <<<"$said")
	echo "# failed: $*"
	echo "# ${said//$'\n'/$'\n'# }"
}

finish() {
	echo "1..$DONE"
	[ "$FAILED" = 0 ]
}
