/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What changes of the configuration tell whoever listens. Under dn->lock, or
 * dn->policy_lock for policies.
 */
#ifndef _DMVPN_NOTIFY_H
#define _DMVPN_NOTIFY_H

#include <linux/types.h>

struct dmvpn_net;
struct dmvpn_nexthop;
struct dmvpn_peer;
struct dmvpn_policy;
struct dmvpn_sa;
struct dmvpn_session;

void dmvpn_notify_session(struct dmvpn_session *session, u8 cmd);
void dmvpn_notify_sa(struct dmvpn_sa *sa, u8 cmd);
void dmvpn_notify_peer(struct dmvpn_peer *peer, u8 cmd);
void dmvpn_notify_nexthop(struct dmvpn_nexthop *nh, u8 cmd);
void dmvpn_notify_policy(struct dmvpn_net *dn, struct dmvpn_policy *policy,
			 u8 cmd);

#endif /* _DMVPN_NOTIFY_H */
