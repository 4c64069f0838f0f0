/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters of the policies of a model's devices. */
#ifndef UNIT_SERVICES_H
#define UNIT_SERVICES_H

#include "dmvpnctl/model.h"

/* Each device that has none has sent as much as all together. */
void services_add(struct model *m);

#endif
