/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The forms of output: text in the manner of the IOS commands, JSON, and for
 * some of them OpenMetrics and a graph.
 */
#ifndef DMVPNCTL_OUTPUT_H
#define DMVPNCTL_OUTPUT_H

#include <jansson.h>
#include <stdio.h>
#include <time.h>

#include "dmvpnctl/import.h"
#include "dmvpnctl/doctor.h"
#include "dmvpnctl/kernel.h"
#include "dmvpnctl/model.h"
#include "dmvpnctl/way.h"

/**
 * struct output - a form
 * @dmvpn: tunnels of each device; @detail: with servers and sessions
 * @nhrp: bindings and shortcuts; @detail: with their sessions
 * @nhrp_brief: the same, one a line
 * @nhs: servers; @detail: with the registrations
 * @nhrp_summary: how much nhrpd knows
 * @nhrp_multicast: who gets copies of multicast packets
 * @nhrp_stats: what nhrpd was told and did
 * @traffic: NHRP packets of each interface; @detail: also those passed on
 * @group_map: groups, their policies and who has them
 * @session: sessions; @detail: with their counters and lifetimes
 * @isakmp: IKE's part of the sessions
 * @sa: SAs, all of them
 * @interface: devices with all counters
 * @topology: the cloud as a graph
 * @kernel_event: a notification of the kernel, one line
 * @nhrp_event: an event of nhrpd as it sent it, one line
 * @lost: events of the kernel were lost, one line
 * @cleared: how many things were
 * @policies: policies, one a line
 * @policy_map: what policies say
 * @policy_interface: policies of each device, with counters
 * @multipoint: queues of each peer
 * @classified: which class a packet is of, by which of its lines, -1 for none
 * @imported: what became of each line of a configuration
 * @trace: the way of a packet
 * @doctor: what was looked at, and what is wrong
 */
struct output {
	void (*dmvpn)(FILE *f, const struct model *m, bool detail);
	void (*nhrp)(FILE *f, const struct model *m, bool detail);
	void (*nhrp_brief)(FILE *f, const struct model *m);
	void (*nhs)(FILE *f, const struct model *m, bool detail);
	void (*nhrp_summary)(FILE *f, const struct model *m);
	void (*nhrp_multicast)(FILE *f, const struct model *m);
	void (*nhrp_stats)(FILE *f, const struct model *m);
	void (*traffic)(FILE *f, const struct model *m, bool detail);
	void (*group_map)(FILE *f, const struct model *m);
	void (*session)(FILE *f, const struct model *m, bool detail);
	void (*isakmp)(FILE *f, const struct model *m);
	void (*sa)(FILE *f, const struct model *m);
	void (*interface)(FILE *f, const struct model *m);
	void (*topology)(FILE *f, const struct model *m);
	void (*kernel_event)(FILE *f, const struct timespec *at,
			     const struct kernel_event *event);
	void (*nhrp_event)(FILE *f, const struct timespec *at,
			   const json_t *event);
	void (*lost)(FILE *f, const struct timespec *at);
	void (*cleared)(FILE *f, const char *what, unsigned int number);
	void (*policies)(FILE *f, const struct model *m);
	void (*policy_map)(FILE *f, const struct model *m);
	void (*policy_interface)(FILE *f, const struct model *m);
	void (*multipoint)(FILE *f, const struct model *m);
	void (*classified)(FILE *f, const struct class_state *class,
			   int64_t line);
	void (*imported)(FILE *f, const struct import *import);
	void (*trace)(FILE *f, const struct way *w);
	void (*doctor)(FILE *f, const struct finding *v, size_t n);
};

extern const struct output text_output;
extern const struct output json_output;
/* With nothing but what commands HAS_METRICS and HAS_DOT need. */
extern const struct output ometric_output;
extern const struct output dot_output;

#endif
