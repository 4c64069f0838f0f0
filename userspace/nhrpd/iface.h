/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interfaces: configured, there, or both; and what begins and ends with them.
 */
#ifndef NHRPD_IFACE_H
#define NHRPD_IFACE_H

#include "nhrpd/instance.h"

struct iface *iface_find(const struct nhrp *n, const char *name);
/* The one with this device, whether active or not. */
struct iface *iface_of_device(const struct nhrp *n, uint32_t ifindex);
/* The same, made if there is none; NULL without memory. */
struct iface *iface_get(struct nhrp *n, const char *name);
/*
 * Take over a configuration, which is given away, or none with NULL. What did
 * not change is not disturbed.
 */
void iface_configure(struct iface *ifc, struct conf_if *conf);
/* The state of its device, or NULL if that is gone. */
void iface_set_device(struct iface *ifc, const struct nhrp_link *dev);
/* nhrp_start was called. */
void iface_start(struct iface *ifc);
/* Tell all but the servers that we leave. */
void iface_leave(struct iface *ifc);
/* Take all out of the kernel. */
void iface_stop(struct iface *ifc);
/* Free it if there is neither a configuration nor a device. */
void iface_drop_unused(struct iface *ifc);
void iface_destroy(struct iface *ifc);

#endif
