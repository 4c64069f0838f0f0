/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events as lines of the log: with the identifiers that IOS gives to the same
 * ("logging dmvpn"), which people's scripts know, with the device's VRF, which
 * IOS does not tell, and not more of them than anybody reads.
 */
#ifndef NHRPD_MESSAGE_H
#define NHRPD_MESSAGE_H

#include "nhrpd/limit.h"
#include "nhrpd/nhrp.h"

#define MESSAGE_RATE		100
#define MESSAGE_SECONDS		10

/**
 * struct messages - what was logged
 * @rate: lines of each type of event in MESSAGE_SECONDS, 0 for all
 * @limit: of each type
 * @left_out: lines that were too many, since the last one that was not
 */
struct messages {
	uint32_t rate;
	struct limit limit[__NHRP_EVENT_MAX];
	unsigned int left_out[__NHRP_EVENT_MAX];
};

/* "%DMVPN-5-NHRP_NHS_UP", or "" for what IOS has no word for. */
const char *message_id(enum nhrp_event_type type);
/* @vrf: that the interface is in, "" for none. */
void message_log(struct messages *m, const struct nhrp_event *event,
		 const char *vrf, uint64_t now);

#endif
