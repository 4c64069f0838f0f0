/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NHRPD_OBSERVE_H
#define NHRPD_OBSERVE_H

#include "nhrpd/instance.h"

/**
 * struct subject - what a line is about
 * @ifc: interface, or NULL
 * @proto: overlay address, or NULL
 * @nbma: NBMA address, or NULL
 */
struct subject {
	const struct iface *ifc;
	const struct addr *proto;
	const struct nbma *nbma;
};

/* Tell the observer of a state change. */
void observe(struct nhrp *n, enum nhrp_event_type type,
	     enum nhrp_event_level level, struct subject subject,
	     const char *format, ...) __attribute__((format(printf, 5, 6)));

/**
 * struct text - addresses as text, for lines
 * @t: the text
 */
struct text {
	char t[ADDR_TEXT];
};

struct text addr_text(const struct addr *a);
struct text prefix_text(const struct prefix *p);
struct text nbma_text(const struct nbma *n);

#endif
