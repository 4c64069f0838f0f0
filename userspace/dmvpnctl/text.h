/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of the text form that have a file of their own.
 */
#ifndef DMVPNCTL_TEXT_H
#define DMVPNCTL_TEXT_H

#include "dmvpnctl/output.h"

/* text_session.c */
void text_session(FILE *f, const struct model *m, bool detail);
/* One session, in the manner of "show dmvpn detail". */
void text_one_session(FILE *f, const struct model *m,
		      const struct session *s);
/* 500 for none: then it is IKE's. */
unsigned int text_ike_port(uint16_t port);
bool text_is_up(const struct session *s);
/* The device that a session is for, or "none". */
const char *text_session_interface(const struct model *m,
				   const struct session *s);

/* text_crypto.c */
void text_isakmp(FILE *f, const struct model *m);
void text_sa(FILE *f, const struct model *m);

/* text_nhrp.c */
void text_nhrp(FILE *f, const struct model *m, bool detail);
void text_nhrp_brief(FILE *f, const struct model *m);
void text_nhrp_summary(FILE *f, const struct model *m);
void text_nhrp_multicast(FILE *f, const struct model *m);
void text_nhs(FILE *f, const struct model *m, bool detail);
/* Those of an interface, without a head. */
void text_nhs_of(FILE *f, const struct model *m, const char *ifname,
		 bool detail);

/* text_stats.c */
void text_nhrp_stats(FILE *f, const struct model *m);

/* text_traffic.c */
void text_traffic(FILE *f, const struct model *m, bool detail);

/* text_group.c */
void text_group_map(FILE *f, const struct model *m);
/* Group and policy of a peer, if it has any: in "show dmvpn detail". */
void text_peer_group(FILE *f, const struct model *m, const struct device *d,
		     const struct peer *p);
/* text_policy.c */
void text_policies(FILE *f, const struct model *m);
void text_policy_interface(FILE *f, const struct model *m);
void text_multipoint(FILE *f, const struct model *m);
void text_classified(FILE *f, const struct class_state *class, int64_t line);
/* What a class matches. */
void text_matches(FILE *f, const struct class_state *c, int indent,
		  bool counters);
bool text_is_default(const struct class_state *c);

/* text_policy_map.c */
void text_policy_map(FILE *f, const struct model *m);

/* text_trace.c */
void text_trace(FILE *f, const struct way *w);
/* text_doctor.c */
void text_doctor(FILE *f, const struct finding *v, size_t n);

/* text_event.c */
void text_kernel_event(FILE *f, const struct timespec *at,
		       const struct kernel_event *event);
void text_nhrp_event(FILE *f, const struct timespec *at, const json_t *event);
void text_lost(FILE *f, const struct timespec *at);

#endif
