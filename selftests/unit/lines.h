/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tests of the classifier share: lines, headers, the look-up that tries
 * one line after the other, and the kernel's memory and randomness.
 */
#ifndef UNIT_LINES_H
#define UNIT_LINES_H

#include "classify.h"

#define TCP 6
#define UDP 17

/* What the next classifier's hash begins with. */
extern u64 lines_seed;
/* Allocations that are still granted, -1 for all. */
extern int lines_granted;

struct dmvpn_match line_any(void);
/* UDP to these ports. */
struct dmvpn_match line_dport(u16 min, u16 max);
/* Without ports; the others are between two addresses of IPv4. */
struct dmvpn_flow flow_between(const char *src, const char *dst, u8 protocol);
struct dmvpn_flow flow_bare(u8 protocol);
struct dmvpn_flow flow_ports(u8 protocol, u16 sport, u16 dport);

struct dmvpn_classifier *lines_classifier(const struct dmvpn_match *lines,
					  u32 n);
/* What dmvpn_classify() should say. */
u32 lines_first(const struct dmvpn_match *lines, u32 n,
		const struct dmvpn_flow *flow);
/* What it does say; asserts that it is the same. */
u32 lines_classify(const struct dmvpn_match *lines, u32 n,
		   const struct dmvpn_flow *flow);

#endif
