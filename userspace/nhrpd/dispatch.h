/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An NHRP packet that came in: decoded, checked, and given to who handles its
 * type.
 */
#ifndef NHRPD_DISPATCH_H
#define NHRPD_DISPATCH_H

#include "nhrpd/instance.h"

void dispatch_frame(struct iface *ifc, const struct nhrp_frame *frame);

#endif
