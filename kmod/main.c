// SPDX-License-Identifier: GPL-2.0
/*
 * DMVPN: a multipoint GRE device whose peers are protected by ESP. This file
 * only says in which order the parts start and stop; Kbuild lists them in the
 * order in which to read them.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <net/rtnetlink.h>

#include "device.h"
#include "esp.h"
#include "netlink.h"
#include "netns.h"
#include "peer.h"
#include "pipeline.h"
#include "qdisc.h"
#include "receive.h"
#include "service.h"
#include "session.h"
#include "vmfork.h"
#include "wq.h"

struct workqueue_struct *dmvpn_wq;

static int __init dmvpn_init(void)
{
	int err;

	/*
	 * Unbound: nothing here is tied to the CPU that asked for it. Few at a
	 * time: most wait for the lock of one namespace, and would each get a
	 * thread for that.
	 */
	dmvpn_wq = alloc_workqueue("dmvpn", WQ_UNBOUND | WQ_MEM_RECLAIM, 4);
	if (!dmvpn_wq)
		return -ENOMEM;
	err = dmvpn_pipeline_init();
	if (err)
		goto err_wq;
	err = dmvpn_peer_init();
	if (err)
		goto err_pipeline;
	err = dmvpn_session_init();
	if (err)
		goto err_peer;
	err = dmvpn_net_init();
	if (err)
		goto err_session;
	err = dmvpn_vmfork_init();
	if (err)
		goto err_net;
	err = dmvpn_receive_init();
	if (err)
		goto err_vmfork;
	err = dmvpn_netlink_init();
	if (err)
		goto err_receive;
	err = dmvpn_qdisc_init();
	if (err)
		goto err_netlink;
	err = dmvpn_device_init();
	if (err)
		goto err_qdisc;
	return 0;

err_qdisc:
	dmvpn_qdisc_exit();
err_netlink:
	dmvpn_netlink_exit();
err_receive:
	dmvpn_receive_exit();
err_vmfork:
	dmvpn_vmfork_exit();
err_net:
	dmvpn_net_exit();
err_session:
	dmvpn_session_exit();
err_peer:
	dmvpn_peer_exit();
err_pipeline:
	dmvpn_pipeline_exit();
err_wq:
	destroy_workqueue(dmvpn_wq);
	return err;
}

static void __exit dmvpn_exit(void)
{
	dmvpn_device_exit();
	dmvpn_service_exit();
	dmvpn_qdisc_exit();
	dmvpn_netlink_exit();
	dmvpn_receive_exit();
	dmvpn_vmfork_exit();
	dmvpn_net_exit();
	rcu_barrier();
	dmvpn_session_exit();
	dmvpn_peer_exit();
	dmvpn_esp_exit();
	dmvpn_pipeline_exit();
	destroy_workqueue(dmvpn_wq);
}

module_init(dmvpn_init);
module_exit(dmvpn_exit);

MODULE_DESCRIPTION("Dynamic multipoint VPN: multipoint GRE over ESP");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.2");
MODULE_ALIAS_RTNL_LINK("dmvpn");
MODULE_ALIAS_GENL_FAMILY("dmvpn");
