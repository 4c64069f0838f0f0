/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Policies, and which of them devices have. What the configuration has is put
 * into the kernel, over what is there under the same name; what it no longer
 * has is taken out. Policies that were made by others are left alone.
 */
#ifndef NHRPD_QOS_H
#define NHRPD_QOS_H

#include "nhrpd/instance.h"

/*
 * Take over policies, which are given away: the kernel has them when this
 * returns. If it refuses one, the former ones stay.
 */
void qos_configure(struct nhrp *n, struct policies *policies);
/* The interfaces are configured: delete policies that went. */
void qos_clean(struct nhrp *n);
/* An interface was configured, or its device came, changed or went. */
void qos_update(struct iface *ifc);
/*
 * An interface became active, or its group-map may have come or gone: only with
 * one are there policies to queue by.
 */
void qos_queueing(const struct iface *ifc);
/* Take all out of the kernel. */
void qos_stop(struct nhrp *n);
/* Forget the policies. */
void qos_free(struct nhrp *n);

#endif
