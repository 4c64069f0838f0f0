/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Static bindings, and peers that get multicast copies whoever they are.
 */
#ifndef NHRPD_MAP_H
#define NHRPD_MAP_H

#include "nhrpd/instance.h"

/**
 * struct map - a map of the configuration
 * @link: in the interface's list
 * @ifc: interface
 * @conf: from the configuration
 * @peer: held for multicast alone, else NULL
 */
struct map {
	struct list link;
	struct iface *ifc;
	struct conf_map conf;
	struct peer *peer;
};

/* Make the list that of the configuration; -1 without memory. */
int map_configure(struct iface *ifc);
/* The interface became active, or stops. */
void map_start(struct iface *ifc);
void map_stop(struct iface *ifc);

#endif
