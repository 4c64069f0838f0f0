/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hub or a spoke, and a member of its cloud that lies: 6.6.6.6 has a session
 * and its own address, 192.168.1.6, and may change nothing that is of
 * 192.168.1.7 at 7.7.7.7, nor make more packets out of those it sends.
 */
#ifndef UNIT_TARGET_H
#define UNIT_TARGET_H

#include "unit.h"

#define MALLORY		"6.6.6.6"
#define VICTIM		"7.7.7.7"
#define THIRD		"8.8.8.8"
#define HUB		"1.1.1.1"

extern struct fake_net target_net;
extern struct fake_kernel target;
/* Who sends: with a port, and a session of its own if that is not 0. */
extern uint16_t at_port;
extern uint32_t in_session;

/* The target is the hub, or 192.168.1.7. */
void target_hub(void);
void target_spoke(void);

/* @from sends @msg: at most one packet comes of it, not much longer. */
void send_from(const char *from, const struct nhrp_msg *msg);
/* The same, and nothing changes but this counter. */
void in_vain(const char *from, const struct nhrp_msg *msg, enum nhrp_drop why);

/* At the hub. */
void registration(struct nhrp_msg *msg, const char *nbma, const char *proto);
/* Code of the answer. */
unsigned int registers(const char *nbma, const char *proto);
void question(struct nhrp_msg *msg, const char *nbma, const char *proto,
	      const char *dst);

/* The spoke asks for @dst; @msg is the question. */
void wants(const char *dst, struct nhrp_msg *msg);
/* Make an answer of it. */
void answer(struct nhrp_msg *msg, const char *proto, const char *nbma);
/* It asks, and the hub has the answer. */
void learns(const char *proto, const char *nbma);
/* Mallory says that it should ask for @dst. */
void redirect(struct nhrp_msg *msg, uint8_t head[static 64], const char *dst);

#endif
