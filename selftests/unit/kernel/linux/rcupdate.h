/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nobody reads what a test has given back. */
#ifndef UNIT_KERNEL_RCUPDATE_H
#define UNIT_KERNEL_RCUPDATE_H

#include <stdlib.h>

struct rcu_head {
	void *unused;
};

#define rcu_dereference(p)	(p)
#define kfree_rcu(p, field)	free(p)

#endif
