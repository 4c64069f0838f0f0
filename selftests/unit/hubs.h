/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A spoke with several hubs that answer or do not: for tests of the way it
 * chooses among them.
 */
#ifndef UNIT_HUBS_H
#define UNIT_HUBS_H

#include "unit.h"

#define HUBS 3

extern struct fake_net hubs_net;
extern struct fake_kernel hubs_spoke;
/* Those that answer; others are dead. */
extern bool hub_alive[HUBS];
/* Codes of their answers. */
extern uint8_t hub_code[HUBS];
/* Registrations that came to each, with an answer or without. */
extern unsigned int hub_asked[HUBS];
/* 1.1.1.1, 2.2.2.2 ...; 192.168.1.1 ... */
extern const char *const hub_nbma[HUBS];
extern const char *const hub_proto[HUBS];

/**
 * struct hub_view - what is shown of a server
 * @nbma: which
 * @v: of it
 * @error: its text
 */
struct hub_view {
	struct addr nbma;
	struct nhrp_nhs_view v;
	char error[128];
};

/* Priorities 0, 1, 2; probes each second, so that a loss shows in three. */
struct conf_if *hubs_conf(struct conf *conf);
/* So many of cluster 0 at a time. */
void hubs_limit(struct conf_if *ci, uint8_t max);
/* All of them answer. */
void hubs_begin(struct conf *conf, bool protected);
void hubs_end(void);
/* Answer what was sent. */
void hubs_answer(void);
/* Time in which those answer that are alive. */
void hubs_run(uint64_t ms);
struct hub_view hubs_look(unsigned int hub);
enum nhrp_nhs_state hubs_state(unsigned int hub);
/* How many are registered with. */
unsigned int hubs_up(void);
/* Milliseconds until the server is in that state, a minute at most. */
uint64_t hubs_until(unsigned int hub, enum nhrp_nhs_state wanted);
/* The one that the kernel sends to what it does not know, and we ask. */
const char *hubs_best(void);

#endif
