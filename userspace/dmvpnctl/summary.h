/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much nhrpd knows, by family: what "show nhrp summary" says.
 */
#ifndef DMVPNCTL_SUMMARY_H
#define DMVPNCTL_SUMMARY_H

#include "dmvpnctl/model.h"

/**
 * struct entries - how many there are of each kind
 * @fixed: from the configuration
 * @dynamic: learnt
 * @incomplete: asked for, or unknown to all
 */
struct entries {
	unsigned int fixed;
	unsigned int dynamic;
	unsigned int incomplete;
};

/**
 * struct summary - what is known of one family
 * @remote: of others
 * @local: of ourselves
 * @nhop: bindings
 * @fallback: shortcuts to everywhere
 * @rib: routes, but for overrides
 * @nho: next hop overrides
 * @bytes: memory
 */
struct summary {
	struct entries remote;
	struct entries local;
	unsigned int nhop;
	unsigned int fallback;
	unsigned int rib;
	unsigned int nho;
	uint64_t bytes;
};

/* AF_INET or AF_INET6. */
struct summary summary_of(const struct model *m, int family);
unsigned int summary_sum(const struct entries *e);

/* From the configuration. */
bool binding_is_static(const struct binding *b);
/* Asked for, or unknown to all. */
bool shortcut_is_incomplete(const struct shortcut *s);
/* The binding of the same address says all of it. */
bool shortcut_is_binding(const struct shortcut *s);

#endif
