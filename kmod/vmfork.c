// SPDX-License-Identifier: GPL-2.0
/*
 * A virtual machine that was started again from a snapshot, or a copy of one,
 * has used its sequence numbers already, or somebody else will. No key of it
 * may encrypt another packet.
 */
#include <linux/notifier.h>
#include <linux/random.h>
#include <linux/rwsem.h>
#include <net/net_namespace.h>

#include "netns.h"
#include "sa.h"
#include "vmfork.h"

static int vm_forked(struct notifier_block *nb, unsigned long action,
		     void *data)
{
	struct dmvpn_net *dn;
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net) {
		dn = dmvpn_net(net);
		mutex_lock(&dn->lock);
		dmvpn_sa_stop_all(dn);
		mutex_unlock(&dn->lock);
	}
	up_read(&net_rwsem);
	return NOTIFY_DONE;
}

static struct notifier_block dmvpn_vmfork_notifier = {
	.notifier_call = vm_forked,
};

int dmvpn_vmfork_init(void)
{
	return register_random_vmfork_notifier(&dmvpn_vmfork_notifier);
}

void dmvpn_vmfork_exit(void)
{
	unregister_random_vmfork_notifier(&dmvpn_vmfork_notifier);
}
