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

/* Does anybody listen to events of this level? */
static inline bool observe_wanted(const struct nhrp *n,
				  enum nhrp_event_level level)
{
	return n->observer && level >= n->observe_from;
}

void observe_line(struct nhrp *n, enum nhrp_event_type type,
		  enum nhrp_event_level level, struct subject subject,
		  const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/*
 * Tell the observer of a state change: subject, format and its arguments
 * follow. Those are not looked at if nobody listens, because to make a text of
 * an address takes longer than to renew its registration.
 */
#define observe(n, type, level, ...) \
	do { \
		if (observe_wanted(n, level)) \
			observe_line(n, type, level, __VA_ARGS__); \
	} while (0)

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
