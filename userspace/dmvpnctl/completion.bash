# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Completion of dmvpnctl's commands, which it tells itself: "dmvpnctl complete".

_dmvpnctl_policies() {
	dmvpnctl ${netns:+-N "$netns"} policy list 2>/dev/null |
		sed '1d; s/ .*//'
}

_dmvpnctl_devices() {
	ip ${netns:+-n "$netns"} -br link show type dmvpn 2>/dev/null |
		cut -d ' ' -f 1
}

# The words of a line before the cursor, without options.
_dmvpnctl_line() {
	local i word
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		-N | --netns)
			i=$((i + 1))
			netns=${COMP_WORDS[i]}
			;;
		-p | --peers) i=$((i + 1)) ;;
		-*) ;;
		*) words+=("$word") ;;
		esac
	done
}

# Those of the words that begin as the one at the cursor does. compgen -W would
# run what stands in $( ) in the name of a file or of a policy.
_dmvpnctl_offer() {
	local word
	for word; do
		[[ $word != "$cur"* ]] || COMPREPLY+=("$word")
	done
}

_dmvpnctl_offer_lines() {
	local lines
	mapfile -t lines
	_dmvpnctl_offer "${lines[@]}"
}

_dmvpnctl_offer_files() {
	mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur")
	compopt -o filenames 2>/dev/null || :
}

_dmvpnctl_offer_next() {
	local word
	while IFS=$'\t' read -r word _; do
		case $word in
		@device) _dmvpnctl_offer_lines < <(_dmvpnctl_devices) ;;
		@policy) _dmvpnctl_offer_lines < <(_dmvpnctl_policies) ;;
		@file) _dmvpnctl_offer_files ;;
		@*) ;;
		*) _dmvpnctl_offer "$word" ;;
		esac
	done < <(dmvpnctl complete "${words[@]}" 2>/dev/null)
}

_dmvpnctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local words=() netns=''

	COMPREPLY=()
	_dmvpnctl_line
	case $prev in
	-N | --netns)
		_dmvpnctl_offer_lines < <(ip netns list 2>/dev/null |
			cut -d ' ' -f 1)
		;;
	-p | --peers) ;;
	*)
		_dmvpnctl_offer_next
		_dmvpnctl_offer --json --openmetrics --dot --help
		((${#words[@]})) || _dmvpnctl_offer --peers --netns --version
		;;
	esac
}

complete -F _dmvpnctl dmvpnctl
