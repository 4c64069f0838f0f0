// SPDX-License-Identifier: GPL-2.0-or-later
/* Devices, their addresses, and what fits through them. */
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "dmvpnctl/doctor.h"
#include "dmvpnctl/names.h"
#include "lib/genl.h"

/* ---- devices ---- */

void check_device(struct doctor *d)
{
	const struct device *dev;

	if (!d->m.n_device)
		doctor_fail(d,
			    "ip link add dmvpn0 type dmvpn local NBMA-ADDRESS key 1 protection PROFILE",
			    "there is no dmvpn device in this network namespace");
	model_for_each(dev, d->m.device, d->m.n_device) {
		if (!dev->up) {
			doctor_fail(d, "", "%s is down", dev->name);
			doctor_advise(d, "ip link set %s up", dev->name);
		} else if (!dev->running) {
			doctor_fail(d,
				    "it is registered with no server, see below (if-state in nhrpd.conf)",
				    "%s has no carrier", dev->name);
		} else if (addr_is_none(&dev->address) &&
			   addr_is_none(&dev->address6)) {
			doctor_fail(d, "", "%s has no tunnel address",
				    dev->name);
			doctor_advise(d, "ip addr add ADDRESS/LEN dev %s",
				      dev->name);
		}
	}
	doctor_fine(d, "%zu, up", d->m.n_device);
}

/* ---- addresses ---- */

/**
 * struct local - looking for an address among those of this host
 * @wanted: the address
 * @except: not on that device
 * @ifindex: device that has it, 0 for none
 * @duplicate: the kernel has seen that another host has it
 */
struct local {
	struct addr wanted;
	uint32_t except;
	uint32_t ifindex;
	bool duplicate;
};

static void take_local(void *arg, struct nlmsghdr *hdr)
{
	struct ifaddrmsg *head = nlmsg_data(hdr);
	struct nlattr *tb[IFA_MAX + 1];
	struct local *l = arg;
	struct addr a;

	if (hdr->nlmsg_type != RTM_NEWADDR ||
	    nlmsg_parse(hdr, sizeof(*head), tb, IFA_MAX, NULL) ||
	    head->ifa_index == l->except)
		return;
	a = attr_addr(tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS]);
	if (!addr_equal(&a, &l->wanted))
		return;
	l->ifindex = head->ifa_index;
	l->duplicate = attr_u32(tb[IFA_FLAGS]) & IFA_F_DADFAILED;
}

static struct local find_local(struct doctor *d, const struct addr *a,
			       uint32_t except)
{
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETADDR, NLM_F_DUMP);
	struct ifaddrmsg head = { .ifa_family = AF_UNSPEC };
	struct local l = { .wanted = *a, .except = except };

	if (msg)
		nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO);
	netlink_request(&d->nl, msg, take_local, &l);
	return l;
}

static void check_nbma(struct doctor *d, const struct device *dev,
		       const struct addr *nbma)
{
	char text[ADDR_TEXT];
	struct local l;

	if (addr_is_none(nbma) || dev->elsewhere)
		return;
	l = find_local(d, nbma, 0);
	addr_format(nbma, text);
	if (!l.ifindex) {
		doctor_fail(d, "",
			    "%s sends from %s, which no device here has",
			    dev->name, text);
		doctor_advise(d,
			      "give it to a device of the underlay, or: ip link change %s type dmvpn local ADDRESS",
			      dev->name);
	} else if (l.duplicate) {
		doctor_fail(d, "find the other one: only one may have it",
			    "another host in the underlay has %s, too", text);
	}
}

static void check_tunnel(struct doctor *d, const struct device *dev,
			 const struct addr *a)
{
	char text[ADDR_TEXT], name[IF_NAMESIZE] = "";
	struct local l;

	if (addr_is_none(a))
		return;
	l = find_local(d, a, dev->ifindex);
	if (!l.ifindex)
		return;
	if_indextoname(l.ifindex, name);
	addr_format(a, text);
	doctor_fail(d, "", "%s has tunnel address %s, and so has %s",
		    dev->name, text, name);
	doctor_advise(d, "ip addr del %s dev %s", text, name);
}

void check_address(struct doctor *d)
{
	const struct device *dev;

	model_for_each(dev, d->m.device, d->m.n_device) {
		check_nbma(d, dev, &dev->local);
		check_nbma(d, dev, &dev->local6);
		check_tunnel(d, dev, &dev->address);
		check_tunnel(d, dev, &dev->address6);
	}
	doctor_fine(d, "NBMA addresses are here, tunnel addresses are unique");
}

/* ---- size ---- */

/* The kernel knows what passes to a peer in one piece: its cipher and path. */
void check_mtu(struct doctor *d)
{
	const struct peer *p, *worst;
	const struct device *dev;
	char text[ADDR_TEXT];
	size_t known = 0;

	model_for_each(p, d->m.peer, d->m.n_peer)
		known += p->mtu > 0;
	model_for_each(dev, d->m.device, d->m.n_device) {
		worst = NULL;
		model_for_each(p, d->m.peer, d->m.n_peer)
			if (p->ifindex == dev->ifindex && p->mtu &&
			    (!worst || p->mtu < worst->mtu))
				worst = p;
		if (!worst || worst->mtu >= dev->mtu)
			continue;
		doctor_warn(d, "",
			    "%s has MTU %u, but no more than %u bytes pass to %s in one piece",
			    dev->name, dev->mtu, worst->mtu,
			    nbma_format(&worst->remote, text));
		doctor_advise(d,
			      "ip link set %s mtu %u, here and on the other side, or rely on ICMP and fragments",
			      dev->name, worst->mtu);
	}
	doctor_fine(d,
		    "fits the paths of %zu peers, out of %zu; those without traffic have none",
		    known, d->m.n_peer);
}
