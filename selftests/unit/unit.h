/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tests of the state layer share: configurations, packets, looks.
 */
#ifndef UNIT_UNIT_H
#define UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_kernel.h"
#include "nhrpd/msg.h"

#define HOLD 300

/* An interface dmvpn0 with a holding time of HOLD. */
struct conf_if *unit_conf(struct conf *conf);
/* The example's hub, and its spoke. */
void unit_hub(struct conf *conf);
void unit_spoke(struct conf *conf);
/* A node with a configuration, which is freed. */
void unit_start(struct fake_kernel *k, struct conf *conf);

/* A packet from @nbma with @proto about @dst. */
void unit_msg(struct nhrp_msg *msg, unsigned int type, const char *nbma,
	      const char *proto, const char *dst);
/* The usual entry, holding time HOLD. */
struct nhrp_cie *unit_cie(struct nhrp_msg *msg);
/* The NAT extension says where the underlay sees the owner of @proto. */
void unit_seen_at(struct nhrp_msg *msg, const char *proto, const char *nbma);
/* @msg comes in from @from, in the session that there is. */
void unit_deliver(struct fake_kernel *k, const char *from,
		  const struct nhrp_msg *msg);
void unit_deliver_port(struct fake_kernel *k, const char *from, uint16_t port,
		       const struct nhrp_msg *msg);
/*
 * The oldest packet sent to @to, an address without a node; its type has to be
 * this one. @msg is valid until the next call.
 */
void unit_take(struct fake_kernel *k, const char *to, unsigned int type,
	       struct nhrp_msg *msg);
/* Nothing has been sent. */
void unit_silent(struct fake_kernel *k);
/* Forget what was sent. */
void unit_flush(struct fake_kernel *k);

uint64_t unit_dropped(const struct fake_kernel *k, enum nhrp_drop why);
uint64_t unit_changed(const struct fake_kernel *k, enum nhrp_change what);
enum nhrp_nhs_state unit_nhs(const struct fake_kernel *k);
/* "up", "resolving"..., "none" without such a shortcut. */
const char *unit_shortcut(const struct fake_kernel *k, const char *dst);
/* "registered" ..., "none" without such a binding. */
const char *unit_kind(const struct fake_kernel *k, const char *proto);
/* Seconds until the binding ends. */
uint64_t unit_left(const struct fake_kernel *k, const char *proto);

#define assert_leads(k, address, nbma) \
	assert_string_equal(fake_leads_to(k, address), nbma)

#endif
