#compdef dmvpnctl
# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of dmvpnctl's commands, which it tells itself: "dmvpnctl complete".

_dmvpnctl() {
	local -a line_words candidates netns_option
	local word help netns i

	for ((i = 2; i < CURRENT; i++)); do
		case ${words[i]} in
		-N | --netns)
			((i++))
			netns=${words[i]}
			netns_option=(-N $netns)
			;;
		-p | --peers) ((i++)) ;;
		-*) ;;
		*) line_words+=(${words[i]}) ;;
		esac
	done
	case ${words[CURRENT-1]} in
	-N | --netns)
		candidates=(${(f)"$(ip netns list 2>/dev/null | cut -d ' ' -f 1)"})
		compadd -a candidates
		return
		;;
	-p | --peers) return ;;
	esac
	while IFS=$'\t' read -r word help; do
		case $word in
		@device)
			compadd ${(f)"$(ip ${netns:+-n} $netns -br link show \
				type dmvpn 2>/dev/null | cut -d ' ' -f 1)"}
			;;
		@policy)
			compadd ${(f)"$(dmvpnctl $netns_option policy list \
				2>/dev/null | sed '1d; s/ .*//')"}
			;;
		@file) _files ;;
		@*) ;;
		*) candidates+=("$word:$help") ;;
		esac
	done < <(dmvpnctl complete $line_words 2>/dev/null)
	_describe command candidates
	candidates=(
		'--json:JSON' '--openmetrics:OpenMetrics, for Prometheus'
		'--dot:a graph for dot' '--help:what there is'
	)
	(($#line_words)) || candidates+=(
		'--peers:peers with metrics of their own'
		'--netns:network namespace' '--version:print the version'
	)
	_describe -o option candidates
}

_dmvpnctl "$@"
