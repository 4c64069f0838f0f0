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

_dmvpnctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local words=() netns='' next='' word

	_dmvpnctl_line
	case $prev in
	-N | --netns) next=$(ip netns list 2>/dev/null | cut -d ' ' -f 1) ;;
	-p | --peers) ;;
	*)
		while IFS=$'\t' read -r word _; do
			case $word in
			@device) next+=" $(_dmvpnctl_devices)" ;;
			@policy) next+=" $(_dmvpnctl_policies)" ;;
			@file) next+=" $(compgen -f -- "$cur")" ;;
			@*) ;;
			*) next+=" $word" ;;
			esac
		done < <(dmvpnctl complete "${words[@]}" 2>/dev/null)
		next+=" --json --openmetrics --dot --help"
		((${#words[@]})) || next+=" --peers --netns --version"
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$next" -- "$cur")
}

complete -F _dmvpnctl dmvpnctl
