#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The reference cloud in network namespaces.
#
#   cloud.sh up [1|2]         build it, with IKEv1 (default) or IKEv2
#   cloud.sh down             remove it
#   cloud.sh on R6 COMMAND    run a command on one of its routers
#
# Tests source this file after lib.sh and use its functions.
#
#                   R1  hub, NBMA 1.1.1.1 on a loopback, LAN 11.11.11.0/24
#                   |   dmvpn0 192.168.1.1
#                  net  the provider's router
#        .----------+----------.
#       R6          R7         R8   spokes, NBMA 6.6.6.6, 7.7.7.7, 8.8.8.8
#  192.168.1.6  192.168.1.7  192.168.1.8   on dmvpn0
#  172.16.6.0/24 172.16.7.0/24 172.16.8.0/24 behind them
#
# A router is a network namespace with a mount namespace of its own: its
# daemons see a /run, an /etc/swanctl and an /etc/frr that are theirs alone.

CLOUD=/tmp/dmvpn-cloud
HUB=R1
SPOKES=(R6 R7 R8)
ROUTERS=("$HUB" "${SPOKES[@]}")
EXAMPLES=$(cd "$(dirname "${BASH_SOURCE[0]}")/../Documentation/examples" && pwd)
PSK=dmvpncloud1
# What starts a charon.
CHARON=(/usr/sbin/charon-systemd)

nbma() {
	local n=${1#R}
	echo "$n.$n.$n.$n"
}

overlay() {
	echo "192.168.1.${1#R}"
}

overlay6() {
	echo "2001:db8:1::${1#R}"
}

# lan ROUTER: first three bytes of its LAN.
lan() {
	if [ "$1" = "$HUB" ]; then
		echo 11.11.11
	else
		echo "172.16.${1#R}"
	fi
}

# on ROUTER COMMAND...: as on its console.
on() {
	console "$1"
	shift
	"${CONSOLE[@]}" "$@"
}

# console ROUTER: leaves in CONSOLE what starts a program there as this
# process, so that $! is the program's own when it is put in the background.
console() {
	local holder
	holder=$(<"$CLOUD/$1/holder")
	CONSOLE=(nsenter "--mount=/proc/$holder/ns/mnt"
		"--net=/proc/$holder/ns/net" --wd=/ --)
}

# ---- building ----

cloud_underlay() {
	local r
	ns_add net "${ROUTERS[@]}"
	for r in "${ROUTERS[@]}"; do
		echo "link add eth0 netns $r type veth peer to_$r netns net"
	done | ip -batch -
	for r in "${ROUTERS[@]}"; do
		provider_side "$r"
	done | ip -n net -batch -
	for r in "${ROUTERS[@]}"; do
		router_side "$r" | ip -n "$r" -batch -
	done
}

provider_side() {
	local n=${1#R}
	cat <<-EOF
		link set to_$1 up
		addr add 10.0.$n.1/30 dev to_$1
		route add $(nbma "$1")/32 via 10.0.$n.2
	EOF
}

router_side() {
	local n=${1#R}
	cat <<-EOF
		link set eth0 up
		addr add 10.0.$n.2/30 dev eth0
		link add loop1 type dummy
		addr add $(nbma "$1")/32 dev loop1
		link set loop1 up
		route add default via 10.0.$n.1 src $(nbma "$1")
		link add lan0 type dummy
		addr add $(lan "$1").1/24 dev lan0
		link set lan0 up
	EOF
}

# router_files ROUTER: the folders that are its own, and the process that
# holds its mount namespace.
router_files() {
	local dir=$CLOUD/$1
	mkdir -p "$dir/swanctl" "$dir/frr"
	cp -r /etc/swanctl/. "$dir/swanctl/"
	router_charon_conf >"$dir/strongswan.conf"
	chown -R frr:frr "$dir/frr" 2>/dev/null || true
	ip netns exec "$1" unshare --mount --propagation private \
		"${BASH_SOURCE[0]}" hold "$dir" </dev/null >/dev/null 2>&1 3>&- &
	PIDS+=($!)
	wait_for test -s "$dir/holder"
}

# hold DIR: runs in the router's namespaces.
hold() {
	mount -t tmpfs run /run
	mkdir -p /run/lock
	install -d -o frr -g frr /run/frr 2>/dev/null || true
	mount --bind "$1/swanctl" /etc/swanctl
	mount --bind "$1/strongswan.conf" /etc/strongswan.conf
	[ ! -d /etc/frr ] || mount --bind "$1/frr" /etc/frr
	echo $$ >"$1/holder.new"
	mv "$1/holder.new" "$1/holder"
	exec sleep infinity
}

router_charon_conf() {
	cat <<-'EOF'
	charon {
		load_modular = yes
		install_routes = no
		filelog {
			stderr {
				default = 1
				time_format = %T
				flush_line = yes
			}
		}
		plugins {
			include /etc/strongswan.d/charon/*.conf
			# A charon that starts again does not take its time.
			dmvpn {
				renew_spread = 2s
			}
			# Slow to start on an emulated processor.
			af-alg {
				load = no
			}
			curl {
				load = no
			}
			gcrypt {
				load = no
			}
			ldap {
				load = no
			}
			pkcs11 {
				load = no
			}
			test-vectors {
				load = no
			}
			tpm {
				load = no
			}
		}
	}
	swanctl {
		load = random openssl pem pkcs1 x509
	}
	include /etc/strongswan.d/*.conf
	EOF
}

# charon_edit ROUTER SCRIPT: sed its strongswan.conf, before charon starts. There
# is no new file: the router has the old one mounted.
charon_edit() {
	local conf
	conf=$(sed "$2" "$CLOUD/$1/strongswan.conf")
	echo "$conf" >"$CLOUD/$1/strongswan.conf"
}

cloud_device() {
	local r=$1
	shift
	ip -n "$r" -batch - <<-EOF
		link add dmvpn0 type dmvpn local $(nbma "$r") key 1 ttl 64 $*
		addr add $(overlay "$r")/24 dev dmvpn0
		link set dmvpn0 up
	EOF
}

# ---- daemons ----

# daemon ROUTER NAME COMMAND...: PID in CLOUD/ROUTER/NAME.pid, log beside it.
daemon() {
	local r=$1 name=$2
	shift 2
	console "$r"
	"${CONSOLE[@]}" "$@" </dev/null >>"$CLOUD/$r/$name.log" 2>&1 3>&- &
	PIDS+=($!)
	echo $! >"$CLOUD/$r/$name.pid"
}

pid_of() {
	cat "$CLOUD/$1/$2.pid"
}

# daemon_stop ROUTER NAME [SIGNAL]: returns when it has ended.
daemon_stop() {
	stop "$(pid_of "$1" "$2")" "${3:-TERM}"
}

has_socket() {
	on "$1" test -S "$2"
}

charon_start() {
	# One that was killed left its socket.
	on "$1" rm -f /run/charon.vici
	daemon "$1" charon "${CHARON[@]}"
	wait_for -t 60 has_socket "$1" /run/charon.vici
	on "$1" swanctl --load-all --noprompt >>"$CLOUD/$1/swanctl.log" 2>&1
}

# charon_conf ROUTER IKE: the one template, the same for all.
charon_conf() {
	cp "$EXAMPLES/swanctl-ikev$2.conf" "$CLOUD/$1/swanctl/swanctl.conf"
}

# has_ikev1: strongSwan 6.1 is built without it.
has_ikev1() {
	grep -q main_mode_create /usr/lib/ipsec/libcharon.so.0
}

# ike_versions: those that this strongSwan has.
ike_versions() {
	! has_ikev1 || echo 1
	echo 2
}

# oldest_ike: the first of them.
oldest_ike() {
	local versions
	mapfile -t versions < <(ike_versions)
	echo "${versions[0]}"
}

nhrpd_conf() {
	if [ "$1" = "$HUB" ]; then
		cp "$EXAMPLES/nhrpd-hub.conf" "$CLOUD/$1/nhrpd.conf"
	else
		cp "$EXAMPLES/nhrpd-spoke.conf" "$CLOUD/$1/nhrpd.conf"
	fi
}

# holdtime FILE SECONDS: the same configuration with another holding time.
holdtime() {
	sed "s/holdtime = .*/holdtime = $2/" "$1"
}

# static_map ROUTER PEER: what is needed for a peer that cannot register.
static_map() {
	sed -i '$d' "$CLOUD/$1/nhrpd.conf"
	cat >>"$CLOUD/$1/nhrpd.conf" <<-EOF
		map $(overlay "$2") {
			nbma = $(nbma "$2")
		}
	}
	EOF
}

nhrpd_start() {
	daemon "$1" nhrpd nhrpd -f -c "$CLOUD/$1/nhrpd.conf"
	wait_for nhrpd_answers "$1"
}

nhrpd_answers() {
	on "$1" dmvpnctl show nhrp
}

# ---- state ----

# registered N: the hub knows that many spokes.
registered() {
	local line count=0
	while read -r line; do
		[[ $line != *'"state": "valid"'*'"kind": "registered"'* ]] ||
			count=$((count + 1))
	done < <(genl "$HUB" dump nexthop-get)
	[ "$count" -eq "$1" ]
}

# direct FROM TO: FROM has a next hop of its own for TO, with its peer.
direct() {
	[ "$(genl_field "$1" .remote nexthop-get dev=dmvpn0 \
		address="$(overlay "$2")")" = "$(nbma "$2")" ] &&
		[ "$(genl_field "$1" .state peer-get dev=dmvpn0 \
			remote="$(nbma "$2")")" = up ]
}

# sa_owners ROUTER: lives of charon that its SAs are from, a line each.
sa_owners() {
	genl "$1" dump sa-get | jq .owner | sort -u
}

# sas_taken_over ROUTER OWNER: there is another life's SAs alone.
sas_taken_over() {
	local now
	now=$(sa_owners "$1")
	[ -n "$now" ] && [ "$now" != "$2" ] && [ "$(wc -l <<<"$now")" -eq 1 ]
}

# hub_carried: packets that the hub has sent to its peers.
hub_carried() {
	genl "$HUB" dump peer-get | jq -s 'map(."tx-packets") | add'
}

# ---- numbered datagrams ----

# flows_start ROUTER ROUTER...: RATE a second each way between the tunnel address
# of the first one and that of each other; see flow.py.
flows_start() {
	local r ends=()
	for r in "$@"; do
		ends+=("$r" "$(overlay "$r")")
	done
	background "$SELFTESTS/flow.py" "$RATE" "${ends[@]}" >"$TMP/flows"
	FLOWS=$BG
	wait_for grep -q flows "$TMP/flows"
}

# flows_end: what it says of each way is in TMP/ways then.
flows_end() {
	stop "$FLOWS"
	sed 1d "$TMP/flows" >"$TMP/ways"
}

# check_flows TEXT: ends them; a result that hangs on nothing being lost, doubled
# or spoilt.
check_flows() {
	flows_end
	check "$1" flows_whole
}

# flows_whole: no way has such a fault; those that have are printed.
flows_whole() {
	local faults='.lost + .duplicated + .corrupt + .errors'
	jq -c "select($faults > 0)" "$TMP/ways"
	jq -es "length > 0 and all(.[]; $faults == 0)" "$TMP/ways"
}

# ---- all of it ----

# cloud_prepare IKE: routers and devices, no daemon yet. IKE 0 is a cloud
# without protection.
cloud_prepare() {
	local r protection=()
	rm -rf "$CLOUD"
	cloud_underlay
	[ "$1" = 0 ] || protection=(protection DMVPN)
	for r in "${ROUTERS[@]}"; do
		router_files "$r"
		cloud_device "$r" "${protection[@]}"
		[ "$1" = 0 ] || charon_conf "$r" "$1"
		nhrpd_conf "$r"
	done
}

# cloud_start IKE: the daemons.
cloud_start() {
	local r
	for r in "${ROUTERS[@]}"; do
		[ "$1" = 0 ] || charon_start "$r"
		nhrpd_start "$r"
	done
}

# cloud_up IKE: all of it, until every spoke has registered.
cloud_up() {
	cloud_prepare "${1:-1}"
	cloud_start "${1:-1}"
	wait_for -t 60 registered "${#SPOKES[@]}" || {
		cloud_log
		bail "the spokes do not register"
	}
}

# cloud_log: the last of every log, and what was dropped, for a failed test.
cloud_log() {
	local r name
	for r in "${ROUTERS[@]}"; do
		diag "$r drops: $(genl "$r" dump device-get |
			jq -c '.drops | with_entries(select(.value > 0))')"
		for name in charon nhrpd; do
			[ -s "$CLOUD/$r/$name.log" ] || continue
			diag "---- $r $name"
			diag "$(tail -n "${1:-15}" "$CLOUD/$r/$name.log")"
		done
	done
}

# cloud_keep: logs into the results, whether the test failed or not.
cloud_keep() {
	[ -n "${OUT:-}" ] || return 0
	mkdir -p "$OUT/$(basename "$0" .sh)"
	cp -r "$CLOUD/." "$OUT/$(basename "$0" .sh)/" 2>/dev/null || true
}

cloud_down() {
	ns_del net "${ROUTERS[@]}"
	rm -rf "$CLOUD"
}

cloud_main() {
	case ${1:-} in
	up)
		need_module
		cloud_up "${2:-1}"
		trap - EXIT
		kill "$GENL"
		rm -rf "$TMP"
		;;
	down)
		cloud_down
		;;
	on)
		trap - EXIT
		kill "$GENL"
		rm -rf "$TMP"
		on "${@:2}"
		;;
	*)
		sed -n '3,7s/^# *//p' "$0"
		exit 2
		;;
	esac
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
	set -euo pipefail
	[ "${1:-}" != hold ] || hold "$2"
	. "$(dirname "$0")/lib.sh"
	cloud_main "$@"
fi
