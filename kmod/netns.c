// SPDX-License-Identifier: GPL-2.0
#include <linux/rtnetlink.h>
#include <net/netns/generic.h>

#include "device.h"
#include "netns.h"
#include "policy.h"
#include "sa.h"
#include "session.h"
#include "wq.h"

static unsigned int dmvpn_net_id;

/**
 * dmvpn_net() - what we keep for a namespace
 * @net: any live namespace
 */
struct dmvpn_net *dmvpn_net(const struct net *net)
{
	return net_generic(net, dmvpn_net_id);
}

static int __net_init dmvpn_net_start(struct net *net)
{
	struct dmvpn_net *dn = dmvpn_net(net);
	int err;

	dn->net = net;
	mutex_init(&dn->lock);
	INIT_LIST_HEAD(&dn->session_list);
	INIT_LIST_HEAD(&dn->devices);
	init_waitqueue_head(&dn->sas_gone);
	INIT_LIST_HEAD(&dn->reserved);
	xa_init_flags(&dn->handles, XA_FLAGS_ALLOC1);
	dn->next_handle = 1;
	dmvpn_policy_net_init(dn);
	err = rhashtable_init(&dn->sas, &dmvpn_sa_params);
	if (err)
		return err;
	err = rhashtable_init(&dn->sessions, &dmvpn_session_params);
	if (err)
		rhashtable_destroy(&dn->sas);
	return err;
}

/*
 * A device may live in another namespace than its underlay. It goes with its
 * underlay: without it, it could neither send nor receive.
 */
static void __net_exit dmvpn_net_stop_devices(struct list_head *nets)
{
	LIST_HEAD(kill);
	struct net *net;

	rtnl_lock();
	list_for_each_entry(net, nets, exit_list)
		dmvpn_device_net_exit(dmvpn_net(net), &kill);
	unregister_netdevice_many(&kill);
	rtnl_unlock();
}

/* Packets may still come: other devices of the namespace are still there. */
static void __net_exit dmvpn_net_stop(struct list_head *nets)
{
	struct dmvpn_net *dn;
	struct net *net;

	dmvpn_net_stop_devices(nets);
	list_for_each_entry(net, nets, exit_list) {
		dn = dmvpn_net(net);
		mutex_lock(&dn->lock);
		dmvpn_sa_flush(dn, NULL);
		dmvpn_session_flush(dn);
		mutex_unlock(&dn->lock);
		wait_event(dn->sas_gone, !atomic_read(&dn->n_sas));
	}
	/* Work of sessions, which may still want the lock. */
	flush_workqueue(dmvpn_wq);
}

/* No device is left that a packet could come from. */
static void __net_exit dmvpn_net_end(struct net *net)
{
	struct dmvpn_net *dn = dmvpn_net(net);

	dmvpn_policy_net_exit(dn);
	rhashtable_destroy(&dn->sas);
	rhashtable_destroy(&dn->sessions);
	xa_destroy(&dn->handles);
	mutex_destroy(&dn->lock);
}

static struct pernet_operations dmvpn_net_ops = {
	.init = dmvpn_net_start,
	.exit = dmvpn_net_end,
	.id = &dmvpn_net_id,
	.size = sizeof(struct dmvpn_net),
};

/* Ends before the devices of a namespace do, and the former after them. */
static struct pernet_operations dmvpn_net_device_ops = {
	.exit_batch = dmvpn_net_stop,
};

int dmvpn_net_init(void)
{
	int err;

	err = register_pernet_subsys(&dmvpn_net_ops);
	if (err)
		return err;
	err = register_pernet_device(&dmvpn_net_device_ops);
	if (err)
		unregister_pernet_subsys(&dmvpn_net_ops);
	return err;
}

void dmvpn_net_exit(void)
{
	unregister_pernet_device(&dmvpn_net_device_ops);
	unregister_pernet_subsys(&dmvpn_net_ops);
}
