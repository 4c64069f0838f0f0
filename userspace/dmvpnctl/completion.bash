# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Completion of dmvpnctl's commands.

_dmvpnctl_policies() {
	dmvpnctl ${netns:+-N "$netns"} policy list 2>/dev/null |
		sed '1d; s/ .*//'
}

_dmvpnctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local words=() word i netns='' next=''

	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		-N)
			i=$((i + 1))
			netns=${COMP_WORDS[i]}
			;;
		-*) ;;
		*) words+=("$word") ;;
		esac
	done
	case "$prev,${words[*]}" in
	-N,*) next=$(ip netns list 2>/dev/null | cut -d ' ' -f 1) ;;
	dev,*) next=$(ip ${netns:+-n "$netns"} -br link show type dmvpn \
		2>/dev/null | cut -d ' ' -f 1) ;;
	*,) next="show clear monitor policy test -j -N -V -h" ;;
	*,show) next="dmvpn nhrp crypto interface policy-map detail dev" ;;
	*,"show crypto") next="session sa isakmp" ;;
	*,"show crypto isakmp") next=sa ;;
	*,"show dmvpn") next="detail dev" ;;
	*,policy) next="load list delete" ;;
	load,*) mapfile -t COMPREPLY < <(compgen -f -- "$cur") && return ;;
	*,test) next=classify ;;
	*,"show policy-map") next="interface multipoint $(_dmvpnctl_policies)" ;;
	*,"policy delete" | *,"test classify") next=$(_dmvpnctl_policies) ;;
	*,"test classify "*) next="src dst protocol sport dport type code dscp" ;;
	*,"show policy-map "[im]*) next=$(ip ${netns:+-n "$netns"} -br link \
		show type dmvpn 2>/dev/null | cut -d ' ' -f 1) ;;
	*,clear) next="nhrp dmvpn session counters" ;;
	*,"clear dmvpn") next=session ;;
	*,"clear session" | *,"clear dmvpn session") next=peer ;;
	*,"show nhrp") next="nhs traffic dev" ;;
	*,"clear nhrp") next="shortcut counters dev" ;;
	*,"show nhrp nhs" | *,"show nhrp traffic" | *,"show interface" | \
		*,"clear nhrp shortcut" | *,"clear counters" | \
		*,"clear nhrp counters") next=dev ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$next" -- "$cur")
}

complete -F _dmvpnctl dmvpnctl
