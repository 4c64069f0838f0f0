/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policies as netlink messages, for nhrpd and dmvpnctl. */
#ifndef NHRPD_POLICY_MSG_H
#define NHRPD_POLICY_MSG_H

#include "lib/genl.h"
#include "nhrpd/policy.h"

/*
 * Add a policy, or put other classes into the one of its name. 0 or a negative
 * errno, with the kernel's words in @g->nl.error.
 */
int policy_msg_set(struct genl *g, const struct policy *p);
int policy_msg_del(struct genl *g, const char *name);

#endif
