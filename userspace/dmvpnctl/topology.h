/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cloud as a graph, as far as it is seen from here: this node, its peers,
 * and the tunnels to them.
 */
#ifndef DMVPNCTL_TOPOLOGY_H
#define DMVPNCTL_TOPOLOGY_H

#include <stdio.h>

#include "dmvpnctl/tunnel.h"

/**
 * struct edge - a tunnel from here to a peer
 * @device: that it is on
 * @tunnel: row of "show dmvpn"
 * @kind: "server", "client", "shortcut", "static", "unknown"
 * @rate: that the peer is shaped to, bits a second; 0 for not known
 */
struct edge {
	const struct device *device;
	struct tunnel tunnel;
	const char *kind;
	uint64_t rate;
};

/**
 * struct edges - all of them
 * @v: array of @n, to be freed
 * @n: their number
 */
struct edges {
	struct edge *v;
	size_t n;
};

struct edges edges_of(const struct model *m);
/* What the other end is called: its overlay address, else its NBMA address. */
const char *edge_name(const struct edge *e, char buf[static ADDR_TEXT]);
/* What this end is called: its first overlay address, else the device. */
const char *edge_own_name(const struct device *d, char buf[static ADDR_TEXT]);
/* What is beyond the peer, as model_next_behind() has it. */
const struct shortcut *edge_next(const struct model *m,
				 const struct shortcut *s,
				 const struct edge *e);
#define edge_for_each(pos, m, e) \
	for ((pos) = edge_next(m, NULL, e); (pos); (pos) = edge_next(m, pos, e))

/* text_topology.c */
void text_topology(FILE *f, const struct model *m);
/* json_topology.c */
void json_topology(FILE *f, const struct model *m);

#endif
