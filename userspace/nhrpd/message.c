// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "lib/log.h"
#include "nhrpd/message.h"

#define PREFIX_LEN 128

const char *message_id(enum nhrp_event_type type)
{
	static const char *const ids[__NHRP_EVENT_MAX] = {
		[NHRP_EVENT_NHS_UP] = "%DMVPN-5-NHRP_NHS_UP",
		[NHRP_EVENT_NHS_DOWN] = "%DMVPN-5-NHRP_NHS_DOWN",
		[NHRP_EVENT_REGISTERED] = "%DMVPN-5-NHRP_NHC_UP",
		[NHRP_EVENT_UNREGISTERED] = "%DMVPN-5-NHRP_NHC_DOWN",
		[NHRP_EVENT_SHORTCUT_UP] = "%DMVPN-5-NHRP_NHP_UP",
		[NHRP_EVENT_SHORTCUT_DOWN] = "%DMVPN-5-NHRP_NHP_DOWN",
		[NHRP_EVENT_PEER_UP] = "%DMVPN-5-CRYPTO_SS",
		[NHRP_EVENT_PEER_DOWN] = "%DMVPN-5-CRYPTO_SS",
		[NHRP_EVENT_REFUSED] = "%DMVPN-3-DMVPN_NHRP_ERROR",
		[NHRP_EVENT_ERROR] = "%DMVPN-3-DMVPN_NHRP_ERROR",
	};

	return ids[type] ? ids[type] : "";
}

/* "%DMVPN-5-NHRP_NHS_UP: dmvpn0 (VRF red): ", as far as there is that. */
static const char *prefix_of(const struct nhrp_event *event, const char *vrf,
			     char prefix[static PREFIX_LEN])
{
	const char *id = message_id(event->type);

	snprintf(prefix, PREFIX_LEN, "%s%s%s%s%s%s%s", id, *id ? ": " : "",
		 event->ifname, *vrf ? " (VRF " : "", vrf, *vrf ? ")" : "",
		 *event->ifname ? ": " : "");
	return prefix;
}

/* Debug lines are wanted, or they would not be here. */
static bool may_log(struct messages *m, const struct nhrp_event *event,
		    uint64_t now)
{
	if (!m->rate || event->level == NHRP_LEVEL_DEBUG ||
	    limit_take(&m->limit[event->type], now, m->rate,
		       MESSAGE_SECONDS * 1000))
		return true;
	m->left_out[event->type]++;
	return false;
}

void message_log(struct messages *m, const struct nhrp_event *event,
		 const char *vrf, uint64_t now)
{
	char prefix[PREFIX_LEN];

	if (!may_log(m, event, now))
		return;
	if (m->left_out[event->type])
		log_warn("%u lines like the next one were left out",
			 m->left_out[event->type]);
	m->left_out[event->type] = 0;
	prefix_of(event, vrf, prefix);
	switch (event->level) {
	case NHRP_LEVEL_DEBUG:
		log_debug("%s%s", prefix, event->text);
		break;
	case NHRP_LEVEL_INFO:
		log_info("%s%s", prefix, event->text);
		break;
	case NHRP_LEVEL_WARNING:
		log_warn("%s%s", prefix, event->text);
		break;
	}
}
