/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hub and a spoke that is registered with it, over fake kernels; 6.6.6.6 is
 * another member of the cloud, who sends what it likes.
 */
#ifndef FUZZ_CLOUD_H
#define FUZZ_CLOUD_H

#include "../unit/unit.h"

/**
 * struct cloud - both, and what is between them
 * @net: underlay and clock
 * @hub: 1.1.1.1, 192.168.1.1
 * @spoke: 7.7.7.7, 192.168.1.7
 */
struct cloud {
	struct fake_net net;
	struct fake_kernel hub;
	struct fake_kernel spoke;
};

void cloud_start(struct cloud *c);
void cloud_end(struct cloud *c);

#endif
