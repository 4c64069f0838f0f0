# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What a test's output says. Sourced by check, and by batch in the guest.

# ktap_verdict FILE STATUS: of a test that printed FILE and ended with STATUS;
# leaves VERDICT (ok, not ok, skip) and COUNT, how many results it had, or WHY.
ktap_verdict() {
	local plan good bad skipped bail first
	read -r plan good bad skipped bail first < <(awk '
		/^1\.\.[0-9]+/ { plan = substr($1, 4) }
		/^ok [0-9]/ { if (/# SKIP/) skipped++; else good++ }
		/^not ok [0-9]/ {
			if (!bad++) {
				first = $0
				sub(/^not ok [0-9]+ (- )?/, "", first)
				gsub(/[|\t]/, " ", first)
			}
		}
		/^Bail out!/ { bail = 1 }
		END {
			print plan + 0, good + 0, bad + 0, skipped + 0, bail + 0, first
		}
	' "$1")
	COUNT=$((good + bad + skipped)) VERDICT="not ok"
	if [ "$2" = 124 ] || [ "$2" = 137 ]; then
		WHY="did not end in time"
	elif [ "$bad" != 0 ]; then
		WHY="$bad of $plan failed, \"$first\""
	elif [ "$bail" = 1 ]; then
		WHY="gave up"
	elif [ "$plan" = 0 ]; then
		WHY="no result"
	elif [ "$COUNT" != "$plan" ]; then
		WHY="$COUNT results of $plan"
	elif [ "$2" != 0 ]; then
		WHY="exit status $2"
	else
		WHY='' VERDICT=ok
		[ "$skipped" = 0 ] || VERDICT=skip
	fi
}
