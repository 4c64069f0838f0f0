/* SPDX-License-Identifier: GPL-2.0 */
/* What packets tell the daemons: events in softirq, rate limited. */
#ifndef _DMVPN_UPCALL_H
#define _DMVPN_UPCALL_H

#include <linux/skbuff.h>

#include "addr.h"

struct dmvpn_arrival;
struct dmvpn_device;
struct dmvpn_sa;
struct dmvpn_session;

/* Bytes of a packet that a redirect carries. */
#define DMVPN_REDIRECT_HEAD	128
/* A flow raises one redirect in this time. */
#define DMVPN_REDIRECT_INTERVAL	(2 * HZ)

void dmvpn_upcall_init(struct dmvpn_device *dd);
void dmvpn_upcall_miss(struct dmvpn_device *dd, const struct dmvpn_addr *addr,
		       const struct sk_buff *skb);
void dmvpn_upcall_redirect(struct dmvpn_device *dd, struct sk_buff *skb);
int dmvpn_upcall_frame(const struct dmvpn_arrival *from,
		       const struct sk_buff *skb);
void dmvpn_upcall_acquire(struct dmvpn_session *session);
void dmvpn_upcall_expire(struct dmvpn_sa *sa, bool hard);
bool dmvpn_upcall_moved(struct dmvpn_sa *sa, const struct dmvpn_addr *remote,
			__be16 port);

#endif /* _DMVPN_UPCALL_H */
