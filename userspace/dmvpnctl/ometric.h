/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OpenMetrics: Documentation/metrics.rst has the names.
 */
#ifndef DMVPNCTL_OMETRIC_H
#define DMVPNCTL_OMETRIC_H

#include "dmvpnctl/output.h"

#define OMETRIC_PEERS	1000	/* with series of their own, by default */

/* At most so many peers have series of their own. */
extern unsigned int ometric_peers;

/**
 * struct label - of a sample; the last one has no name
 * @name: of it
 * @value: of it, in any letters
 */
struct label {
	const char *name;
	const char *value;
};

/* What the families are called stands behind "dmvpn_". */
void ometric_family(FILE *f, const char *name, bool counter, const char *help);
void ometric_sample(FILE *f, const char *name, bool counter,
		    const struct label *labels, uint64_t value);
/* In seconds, of milliseconds. */
void ometric_seconds(FILE *f, const char *name, const struct label *labels,
		     uint64_t ms);
void ometric_end(FILE *f);

/**
 * struct peer_list - those with series of their own, by interface and address
 * @v: array of @n, to be freed
 * @n: their number
 * @left_out: how many there are besides
 */
struct peer_list {
	const struct peer **v;
	size_t n;
	size_t left_out;
};

struct peer_list ometric_peer_list(const struct model *m);

/* ometric_nhrp.c */
void ometric_nhrp(FILE *f, const struct model *m);

/* ometric_policy.c */
void ometric_policy_interface(FILE *f, const struct model *m);
void ometric_multipoint(FILE *f, const struct model *m);

#endif
