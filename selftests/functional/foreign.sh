#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# An ordinary strongSwan connection between R1 and R6, site to site in tunnel
# mode, lives beside the cloud on the same daemons: it goes through XFRM.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"

report_failure() {
	cloud_log 25
	diag "$(on R6 swanctl --list-sas; ip -n R6 -s xfrm state)"
	cloud_keep
}

# site ROUTER OTHER: its end of the connection, between the addresses of the
# links rather than those of the cloud.
site() {
	local here=${1#R} there=${2#R}
	mkdir -p "$CLOUD/$1/swanctl/conf.d"
	cat >>"$CLOUD/$1/swanctl/swanctl.conf" <<-EOF

	connections {
		site {
			version = 2
			local_addrs = 10.0.$here.2
			remote_addrs = 10.0.$there.2
			local {
				auth = psk
				id = 10.0.$here.2
			}
			remote {
				auth = psk
				id = 10.0.$there.2
			}
			children {
				lans {
					local_ts = 172.30.$here.0/24
					remote_ts = 172.30.$there.0/24
					start_action = trap
				}
			}
		}
	}
	secrets {
		ike-site {
			id-1 = 10.0.1.2
			id-2 = 10.0.6.2
			secret = "another secret"
		}
	}
	EOF
	ip -n "$1" addr add "172.30.$here.1/24" dev lan0
	ip -n "$1" route add "172.30.$there.0/24" via "10.0.$here.1"
	on "$1" swanctl --load-all --noprompt >>"$CLOUD/$1/swanctl.log" 2>&1
}

site_ping() {
	ping_ok R6 172.30.1.1 -I 172.30.6.1
}

xfrm_states() {
	[ "$(ip -n "$1" xfrm state | grep -c 'proto esp')" -eq "$2" ]
}

sessions_up() {
	[ "$(genl R1 dump session-get |
		jq -s 'map(select(.state == "up")) | length')" -eq 3 ]
}

need_module
plan 9
cloud_up "$(oldest_ike)"
site R1 R6
site R6 R1
for r in R1 R6; do
	check "$r: the cloud has no state in XFRM" xfrm_states "$r" 0
done
check "site to site" wait_for -t 30 site_ping
check "its SAs are XFRM's" wait_for xfrm_states R6 2
check "the cloud still works" wait_for ping_ok R6 "$(overlay R1)"
check "and has its sessions" sessions_up
on R6 swanctl --terminate --ike site >/dev/null
check "closed: XFRM is empty" wait_for xfrm_states R1 0
check "site to site again" wait_for -t 30 site_ping
check "the cloud never noticed" ping_ok R6 "$(overlay R7)"
finish
