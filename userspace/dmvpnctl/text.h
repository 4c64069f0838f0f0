/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of the text form that have a file of their own.
 */
#ifndef DMVPNCTL_TEXT_H
#define DMVPNCTL_TEXT_H

#include "dmvpnctl/output.h"

/* text_crypto.c */
void text_session(FILE *f, const struct model *m);
void text_isakmp(FILE *f, const struct model *m);
void text_sa(FILE *f, const struct model *m);
/* One session, in the manner of "show dmvpn detail". */
void text_one_session(FILE *f, const struct model *m,
		      const struct session *s);

/* text_traffic.c */
void text_traffic(FILE *f, const struct model *m);

/* text_group.c */
void text_group_map(FILE *f, const struct model *m);
/* Group and policy of a peer, if it has any: in "show dmvpn detail". */
void text_peer_group(FILE *f, const struct model *m, const struct device *d,
		     const struct peer *p);
/* text_policy.c */
void text_policies(FILE *f, const struct model *m);
void text_policy_map(FILE *f, const struct model *m);
void text_policy_interface(FILE *f, const struct model *m);
void text_multipoint(FILE *f, const struct model *m);
void text_classified(FILE *f, const struct class_state *class, int64_t line);

/* text_event.c */
void text_kernel_event(FILE *f, const struct timespec *at,
		       const struct kernel_event *event);
void text_nhrp_event(FILE *f, const struct timespec *at, const json_t *event);
void text_lost(FILE *f, const struct timespec *at);

#endif
