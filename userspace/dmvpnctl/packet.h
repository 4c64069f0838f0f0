/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet of which only the headers matter, to be classified. */
#ifndef DMVPNCTL_PACKET_H
#define DMVPNCTL_PACKET_H

#include <stddef.h>
#include <stdint.h>

#include "dmvpnctl/command.h"

#define PACKET_LEN	64
#define PACKET_ERROR	160

/* Its length, or 0 with the reason in @error. */
size_t packet_build(const struct flow_args *flow, uint8_t packet[PACKET_LEN],
		    char error[static PACKET_ERROR]);
/* The same of one to @dst: of ICMP and from @src, unless @flow says. */
size_t packet_build_to(const struct flow_args *flow, const char *src,
		       const char *dst, uint8_t packet[PACKET_LEN],
		       char error[static PACKET_ERROR]);

#endif
