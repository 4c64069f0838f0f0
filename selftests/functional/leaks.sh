#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# The plugin leaves no memory behind: charons go through all that happens to one,
# watched by LeakSanitizer, which says in the end what nothing points to any more.
# OpenSSL and its like leave some; there must be nothing that our code is on the
# way to.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud.sh"
. "$SELFTESTS/vici.sh"

SPOKES=(R6 R7)
ROUTERS=("$HUB" "${SPOKES[@]}")
PLUGIN=/usr/lib/ipsec/plugins/libstrongswan-dmvpn.so

report_failure() {
	cloud_log 20
	cloud_keep
}

# Loaded beforehand, the plugin keeps its place to the end, and its name.
watched() { # ROUTER
	local options=fast_unwind_on_malloc=0:malloc_context_size=40
	CHARON=(env "LD_PRELOAD=$(gcc -print-file-name=liblsan.so) $PLUGIN"
		"LSAN_OPTIONS=$options:verbosity=1:log_path=$CLOUD/$1/leaks"
		/usr/sbin/charon-systemd)
}

cloud_watched() { # IKE
	local r
	cloud_prepare "$1"
	for r in "${ROUTERS[@]}"; do
		watched "$r"
		charon_start "$r"
		nhrpd_start "$r"
	done
	wait_for -t 60 registered 2
}

out_spi() { # ROUTER
	genl "$1" dump session-get |
		jq "select(.remote == \"$(nbma "$HUB")\").\"out-spi\""
}

spi_is_new() {
	local spi
	ping_ok "$1" "$(overlay "$HUB")" || true
	spi=$(out_spi "$1")
	[ "$spi" != "$SPI" ] && [ "${spi:-0}" != 0 ]
}

# renewed ROUTER COMMAND...: it has other SAs soon after that, and they work.
renewed() {
	SPI=$(out_spi "$1")
	on "$@" && wait_for -t 40 spi_is_new "$1" &&
		wait_for ping_ok "$1" "$(overlay "$HUB")"
}

ike_is_new() {
	[ "$(ike_id R6)" != "$IKE_ID" ]
}

ike_rekeyed() {
	IKE_ID=$(ike_id R6)
	on R6 swanctl --rekey --ike DMVPN >/dev/null && wait_for ike_is_new
}

spoke_to_spoke() {
	on R6 ping -n -q -c 5 -i 0.2 "$(overlay R7)" >/dev/null || true
	wait_for -t 40 direct R6 R7
}

# Nobody tells R6 that there is no such connection any more, and no such peer.
attempt_fails() {
	sed -i 's/^	DMVPN {/	OTHER {/' "$CLOUD/R6/swanctl/swanctl.conf"
	on R6 swanctl --load-all --noprompt >/dev/null
	on R6 dmvpnctl clear session peer "$(nbma R7)"
	wait_for failed && charon_conf R6 "$1" &&
		on R6 swanctl --load-all --noprompt >/dev/null
	on R6 swanctl --reload-settings
}

failed() {
	ping_ok R6 "$(overlay R7)" || true
	grep 'no connection named DMVPN' "$CLOUD/R6/charon.log"
}

ended() {
	local r
	for r in "${ROUTERS[@]}"; do
		daemon_stop "$r" charon
		cat "$CLOUD/$r"/leaks.* >"$CLOUD/$r/leaks"
		grep -E 'checking for leaks|SUMMARY: Leak' "$CLOUD/$r/leaks" ||
			return 1
	done
}

# ours: what was allocated on a way through the plugin, with that way. There its
# functions have names, or its file. OpenSSL keeps what it fetched first for
# whoever asked for it, as it does without a plugin, and does not give it back.
ours() {
	local r
	for r in "${ROUTERS[@]}"; do
		awk -v RS= '/leak of/ && /dmvpn/ && !/libcrypto/' \
			"$CLOUD/$r/leaks"
	done
}

need_module
plan $((8 * $(ike_versions | wc -l)))
for ike in $(ike_versions); do
	check "IKEv$ike: two spokes register" cloud_watched "$ike"
	check "IKEv$ike: CHILD_SAs are rekeyed" \
		renewed R6 swanctl --rekey --child gre
	check "IKEv$ike: an IKE_SA is rekeyed" ike_rekeyed
	check "IKEv$ike: spokes have a session" spoke_to_spoke
	check "IKEv$ike: one is cleared, and comes again" \
		renewed R6 dmvpnctl clear session peer "$(nbma "$HUB")"
	check "IKEv$ike: an attempt fails, and all is loaded again" \
		attempt_fails "$ike"
	check "IKEv$ike: the charons end" ended
	check_eq "IKEv$ike: memory that the plugin left" "$(ours)" ""
	cloud_down
done
finish
