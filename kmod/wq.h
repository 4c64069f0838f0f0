/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _DMVPN_WQ_H
#define _DMVPN_WQ_H

#include <linux/workqueue.h>

/* All deferred work of the module, so that its end can be waited for. */
extern struct workqueue_struct *dmvpn_wq;

#endif /* _DMVPN_WQ_H */
