/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the JSON form share.
 */
#ifndef DMVPNCTL_JSON_H
#define DMVPNCTL_JSON_H

#include "dmvpnctl/names.h"
#include "dmvpnctl/output.h"

/* Of the documents: Documentation/json.rst says when it changes. */
#define JSON_VERSION 1

/* Members; empty text, no address and NEVER become null. */
/* Of what is no UTF-8, what can be shown of it. */
json_t *json_text(const char *text);
void json_set_text(json_t *o, const char *key, const char *text);
void json_set_number(json_t *o, const char *key, uint64_t number);
void json_set_ms(json_t *o, const char *key, uint64_t ms);
void json_set_bool(json_t *o, const char *key, bool value);
/* "0xd0000001", null for 0. */
void json_set_spi(json_t *o, const char *key, uint32_t spi);
void json_set_addr(json_t *o, const char *key, const struct addr *a);
/* The port is left out if 0. */
void json_set_nbma(json_t *o, const char *key, const char *port_key,
		   const struct nbma *n);

void json_set_prefix(json_t *o, const char *key, const struct prefix *p);
void json_set_flags(json_t *o, const struct flag_names *names,
		    uint32_t flags);

json_t *json_of_session(const struct session *s);
json_t *json_of_sa(const struct sa *sa);
json_t *json_of_peer(const struct peer *p);
json_t *json_of_nexthop(const struct nexthop *nh);
json_t *json_of_policy(const struct policy_state *p);

json_t *json_of_nhs(const struct nhs *nhs);
json_t *json_of_nhrp_if(const struct nhrp_if *n);

/* Takes over @value. */
void json_print(FILE *f, json_t *value, size_t flags);
/* With nothing but the version in it. */
json_t *json_document(void);
/* A document of one list, which is taken over. */
void json_print_list(FILE *f, const char *key, json_t *list);

/* json_nhrp.c */
void json_nhrp(FILE *f, const struct model *m, bool detail);
void json_nhrp_brief(FILE *f, const struct model *m);
void json_nhs(FILE *f, const struct model *m, bool detail);
void json_nhrp_summary(FILE *f, const struct model *m);
void json_nhrp_multicast(FILE *f, const struct model *m);
void json_nhrp_stats(FILE *f, const struct model *m);
void json_traffic(FILE *f, const struct model *m, bool detail);
void json_group_map(FILE *f, const struct model *m);

/* json_policy.c */
void json_policies(FILE *f, const struct model *m);
void json_policy_map(FILE *f, const struct model *m);
void json_policy_interface(FILE *f, const struct model *m);
void json_multipoint(FILE *f, const struct model *m);
void json_classified(FILE *f, const struct class_state *class, int64_t line);

/* json_trace.c */
void json_trace(FILE *f, const struct way *w);
/* json_doctor.c */
void json_doctor(FILE *f, const struct finding *v, size_t n);

/* json_event.c */
void json_kernel_event(FILE *f, const struct timespec *at,
		       const struct kernel_event *event);
void json_nhrp_event(FILE *f, const struct timespec *at, const json_t *event);
void json_lost(FILE *f, const struct timespec *at);

#endif
