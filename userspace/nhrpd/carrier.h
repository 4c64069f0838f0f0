/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device's carrier follows our registrations: routing daemons and scripts
 * see by it that the cloud cannot be reached.
 */
#ifndef NHRPD_CARRIER_H
#define NHRPD_CARRIER_H

#include "nhrpd/instance.h"

/* The instance starts; what it finds may be a forerunner's. */
void carrier_start(struct iface *ifc);
/* Switch it to what it should be now. */
void carrier_update(struct iface *ifc);
/* End of the grace time for what was found. */
void carrier_settle(struct iface *ifc);

#endif
