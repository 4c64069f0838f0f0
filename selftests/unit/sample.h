/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A node that has some of everything, for tests of what dmvpnctl prints.
 */
#ifndef UNIT_SAMPLE_H
#define UNIT_SAMPLE_H

#include "dmvpnctl/model.h"

/*
 * Tunnel0 and a second device: servers, clients behind NAT and without,
 * sessions that are up and that failed, shortcuts in all states, IPv6, groups,
 * policies and queues. For the caller to free.
 */
struct model sample_model(void);

#endif
