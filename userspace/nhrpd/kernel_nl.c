// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The sockets of the kernel port, the devices, and what the kernel tells.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "nhrpd/daemon.h"

#define EVENTS_BUFFER	(4 << 20)
#define FRAMES_BUFFER	(4 << 20)
#define RETRY_MS	2000
#define HANDLES_FIRST	64

static struct nhrp *nhrp_of(const struct kernel_nl *k)
{
	return k->daemon->nhrp;
}

/* ---- sessions ---- */

static void take_session(struct nlattr **tb, struct nhrp_session *session)
{
	*session = (struct nhrp_session){
		.handle = attr_u32(tb[DMVPN_A_SESSION_HANDLE]),
		.local = attr_addr(tb[DMVPN_A_SESSION_LOCAL]),
		.remote = attr_nbma(tb[DMVPN_A_SESSION_REMOTE],
				    tb[DMVPN_A_SESSION_REMOTE_PORT]),
		.state = attr_u32(tb[DMVPN_A_SESSION_STATE]),
		.reason = attr_text(tb[DMVPN_A_SESSION_REASON]),
		.identity = attr_text(tb[DMVPN_A_SESSION_IDENTITY]),
	};
}

static void on_session(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct kernel_nl *k = arg;
	struct nhrp_session session;

	take_session(tb, &session);
	if (cmd == DMVPN_CMD_SESSION_DEL_NTF) {
		session.gone = true;
		session.state = DMVPN_SESSION_STATE_DOWN;
	}
	nhrp_session(nhrp_of(k), loop_now(), &session);
}

/**
 * struct handles - of the sessions that are read
 * @kernel: they are its own
 * @v: they, array of @n
 * @n: their number
 * @size: room in @v
 */
struct handles {
	struct kernel_nl *kernel;
	uint32_t *v;
	size_t n;
	size_t size;
};

static bool make_room(struct handles *handles)
{
	size_t size = handles->size ? 2 * handles->size : HANDLES_FIRST;
	uint32_t *more;

	if (handles->n < handles->size)
		return true;
	more = reallocarray(handles->v, size, sizeof(*more));
	if (!more)
		return false;
	handles->v = more;
	handles->size = size;
	return true;
}

static void on_read(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct handles *handles = arg;

	on_session(handles->kernel, cmd, tb);
	if (make_room(handles))
		handles->v[handles->n++] = attr_u32(tb[DMVPN_A_SESSION_HANDLE]);
}

/* Notifications were lost: read what they would have told. */
static void resync(struct kernel_nl *k)
{
	struct handles handles = { .kernel = k };

	log_info("events of the kernel were lost, reading all sessions");
	if (!genl_dump(&k->genl, DMVPN_CMD_SESSION_GET, on_read, &handles))
		nhrp_sessions_left(nhrp_of(k), loop_now(), handles.v,
				   handles.n);
	free(handles.v);
}

/* ---- notifications ---- */

static void on_miss(struct kernel_nl *k, struct nlattr **tb)
{
	struct addr address = attr_addr(tb[DMVPN_A_EVENT_ADDRESS]);
	struct addr dst = attr_addr(tb[DMVPN_A_EVENT_DST]);

	nhrp_miss(nhrp_of(k), loop_now(),
		  attr_u32(tb[DMVPN_A_EVENT_IFINDEX]), &address, &dst);
}

static void on_redirect(struct kernel_nl *k, struct nlattr **tb)
{
	struct nlattr *packet = tb[DMVPN_A_EVENT_PACKET];
	struct nhrp_hairpin hairpin = {
		.ifindex = attr_u32(tb[DMVPN_A_EVENT_IFINDEX]),
		.remote = attr_nbma(tb[DMVPN_A_EVENT_REMOTE],
				    tb[DMVPN_A_EVENT_REMOTE_PORT]),
		.src = attr_addr(tb[DMVPN_A_EVENT_SRC]),
		.dst = attr_addr(tb[DMVPN_A_EVENT_DST]),
	};

	if (packet) {
		hairpin.packet = nla_data(packet);
		hairpin.len = (size_t)nla_len(packet);
	}
	nhrp_redirect(nhrp_of(k), loop_now(), &hairpin);
}

static void on_peer_gone(struct kernel_nl *k, struct nlattr **tb)
{
	struct kernel_peer peer;

	kernel_take_peer(tb, &peer);
	nhrp_peer_gone(nhrp_of(k), loop_now(),
		       attr_u32(tb[DMVPN_A_PEER_IFINDEX]), &peer.nbma);
}

static void on_event(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct kernel_nl *k = arg;

	switch (cmd) {
	case DMVPN_CMD_SESSION_NTF:
	case DMVPN_CMD_SESSION_DEL_NTF:
		on_session(k, cmd, tb);
		break;
	case DMVPN_CMD_MISS_NTF:
		on_miss(k, tb);
		break;
	case DMVPN_CMD_REDIRECT_NTF:
		on_redirect(k, tb);
		break;
	case DMVPN_CMD_PEER_DEL_NTF:
		on_peer_gone(k, tb);
		break;
	}
}

/* What nhrpd does itself comes back as a notification, as often as it does. */
static int only_events(struct genl *events)
{
	static const uint8_t wanted[] = {
		DMVPN_CMD_SESSION_NTF,
		DMVPN_CMD_SESSION_DEL_NTF,
		DMVPN_CMD_MISS_NTF,
		DMVPN_CMD_REDIRECT_NTF,
		DMVPN_CMD_PEER_DEL_NTF,
	};

	return genl_only(events, wanted, sizeof(wanted));
}

static void events_ready(void *arg)
{
	struct kernel_nl *k = arg;
	int err = genl_events(&k->events, on_event, k);

	if (err == -ENOBUFS)
		resync(k);
	else if (err)
		log_warn("%s", k->events.nl.error);
}

static void on_frame(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct kernel_dev *dev = arg;
	struct nlattr *data = tb[DMVPN_A_FRAME_DATA];
	struct nhrp_frame frame = {
		.ifindex = attr_u32(tb[DMVPN_A_FRAME_IFINDEX]),
		.remote = attr_nbma(tb[DMVPN_A_FRAME_REMOTE],
				    tb[DMVPN_A_FRAME_REMOTE_PORT]),
		.session = attr_u32(tb[DMVPN_A_FRAME_SESSION]),
	};

	if (cmd != DMVPN_CMD_FRAME_NTF || !data)
		return;
	frame.data = nla_data(data);
	frame.len = (size_t)nla_len(data);
	nhrp_frame(nhrp_of(dev->kernel), loop_now(), &frame);
}

static void frames_ready(void *arg)
{
	struct kernel_dev *dev = arg;
	int err = genl_events(&dev->frames, on_frame, dev);

	/* The kernel counts those (rx-no-nhrp), their senders repeat them. */
	if (err == -ENOBUFS)
		log_debug("%s: more NHRP comes in than can be handled",
			  dev->name);
	else if (err)
		log_warn("%s: %s", dev->name, dev->frames.nl.error);
}

/* ---- devices ---- */

struct kernel_dev *kernel_dev_find(const struct kernel_nl *k, uint32_t ifindex)
{
	struct kernel_dev *dev;

	list_for_each(dev, &k->devs, struct kernel_dev, link)
		if (dev->ifindex == ifindex)
			return dev;
	return NULL;
}

static void leave_frames(struct kernel_dev *dev)
{
	watch_stop(&dev->watch);
	genl_close(&dev->frames);
}

static int claim(struct kernel_nl *k, struct kernel_dev *dev)
{
	struct nl_msg *msg;
	int err = genl_open(&dev->frames);

	if (err)
		return err;
	netlink_buffer(&dev->frames.nl, FRAMES_BUFFER);
	msg = genl_msg(&dev->frames, DMVPN_CMD_FRAME_REGISTER);
	if (msg)
		nla_put_u32(msg, DMVPN_A_FRAME_IFINDEX, dev->ifindex);
	err = genl_request(&dev->frames, msg, NULL, NULL);
	if (!err && watch_read(&k->daemon->loop, &dev->watch,
			       dev->frames.nl.fd, frames_ready, dev))
		err = -ENOMEM;
	if (err)
		genl_close(&dev->frames);
	return err;
}

void kernel_claim_frames(struct kernel_nl *k)
{
	struct kernel_dev *dev;
	bool again = false;
	int err;

	list_for_each(dev, &k->devs, struct kernel_dev, link) {
		bool wanted = conf_find(&k->daemon->conf, dev->name);
		bool have = dev->frames.nl.fd >= 0;

		if (have && !wanted)
			leave_frames(dev);
		if (have || !wanted)
			continue;
		err = claim(k, dev);
		if (err && !dev->refused)
			log_err("%s: no NHRP packets: %s%s", dev->name,
				dev->frames.nl.error, err == -EBUSY ?
				" (does another nhrpd run?)" : "");
		dev->refused = err;
		again |= err;
	}
	watch_at(&k->retry, again ? loop_now() + RETRY_MS : UINT64_MAX);
}

static void retry_claim(void *arg)
{
	kernel_claim_frames(arg);
}

static void close_family(struct kernel_nl *k)
{
	watch_stop(&k->events_watch);
	genl_close(&k->events);
	genl_close(&k->genl);
}

static int open_family(struct kernel_nl *k)
{
	int err;

	close_family(k);
	err = genl_open(&k->genl);
	if (!err)
		err = genl_open(&k->events);
	if (err)
		return err;
	netlink_buffer(&k->events.nl, EVENTS_BUFFER);
	err = only_events(&k->events);
	if (!err)
		err = genl_join(&k->events, DMVPN_MCGRP_CONTROL);
	if (!err)
		err = genl_join(&k->events, DMVPN_MCGRP_NHRP);
	if (err)
		log_err("events of the kernel: %s", k->events.nl.error);
	else
		err = watch_read(&k->daemon->loop, &k->events_watch,
				 k->events.nl.fd, events_ready, k);
	return err;
}

void kernel_dev_seen(struct kernel_nl *k, uint32_t ifindex, const char *name)
{
	struct kernel_dev *dev = kernel_dev_find(k, ifindex);

	/* The module may be another one than last time, with another number. */
	if (list_empty(&k->devs) && open_family(k))
		log_err("cannot talk to the dmvpn module: %s",
			k->genl.nl.error);
	if (!dev) {
		dev = calloc(1, sizeof(*dev));
		if (!dev)
			return;
		dev->kernel = k;
		dev->ifindex = ifindex;
		dev->table = RT_TABLE_MAIN;
		dev->frames = (struct genl)GENL_CLOSED;
		list_add(&k->devs, &dev->link);
	}
	snprintf(dev->name, sizeof(dev->name), "%s", name);
	dev->dirty = true;
}

static void dev_free(struct kernel_dev *dev)
{
	leave_frames(dev);
	list_del(&dev->link);
	free(dev);
}

void kernel_dev_gone(struct kernel_nl *k, uint32_t ifindex)
{
	struct kernel_dev *dev = kernel_dev_find(k, ifindex);

	if (!dev)
		return;
	dev_free(dev);
	nhrp_link_gone(nhrp_of(k), loop_now(), ifindex);
}

static void on_device(void *arg, uint8_t cmd, struct nlattr **tb)
{
	const char *profile = attr_text(tb[DMVPN_A_DEVICE_PROFILE]);
	struct nhrp_link *link = arg;

	(void)cmd;
	link->nbma = attr_addr(tb[DMVPN_A_DEVICE_LOCAL]);
	link->nbma6 = attr_addr(tb[DMVPN_A_DEVICE_LOCAL6]);
	link->protected = profile && *profile;
}

static int read_device(struct kernel_nl *k, struct kernel_dev *dev,
		       struct nhrp_link *link)
{
	struct nl_msg *msg = genl_msg(&k->genl, DMVPN_CMD_DEVICE_GET);
	int err;

	if (msg)
		nla_put_u32(msg, DMVPN_A_DEVICE_IFINDEX, link->ifindex);
	err = genl_request(&k->genl, msg, on_device, link);
	if (err && err != -ENODEV)
		log_err("%s: cannot be read: %s", link->name,
			k->genl.nl.error);
	return err ? err : kernel_rt_read_link(k, dev, link);
}

void kernel_refresh(struct kernel_nl *k)
{
	struct kernel_dev *dev, *tmp;
	struct nhrp_link link;
	int err;

	list_for_each_safe(dev, tmp, &k->devs, struct kernel_dev, link) {
		if (!dev->dirty)
			continue;
		dev->dirty = false;
		link = (struct nhrp_link){ .ifindex = dev->ifindex };
		snprintf(link.name, sizeof(link.name), "%s", dev->name);
		err = read_device(k, dev, &link);
		if (err == -ENODEV)
			kernel_dev_gone(k, dev->ifindex);
		else if (!err)
			nhrp_link(nhrp_of(k), loop_now(), &link);
	}
	kernel_claim_frames(k);
}

/* ---- start and end ---- */

static void adopt_peer(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct kernel_nl *k = arg;
	struct kernel_peer peer;

	(void)cmd;
	kernel_take_peer(tb, &peer);
	nhrp_adopt_peer(nhrp_of(k), loop_now(),
			attr_u32(tb[DMVPN_A_PEER_IFINDEX]), &peer);
}

static void adopt_nexthop(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct kernel_nl *k = arg;
	struct kernel_nexthop nexthop;

	(void)cmd;
	kernel_take_nexthop(tb, &nexthop);
	nhrp_adopt_nexthop(nhrp_of(k), loop_now(),
			   attr_u32(tb[DMVPN_A_NEXTHOP_IFINDEX]), &nexthop);
}

void kernel_adopt(struct kernel_nl *k)
{
	if (list_empty(&k->devs))
		return;
	genl_dump(&k->genl, DMVPN_CMD_PEER_GET, adopt_peer, k);
	genl_dump(&k->genl, DMVPN_CMD_NEXTHOP_GET, adopt_nexthop, k);
	kernel_rt_adopt_routes(k);
	genl_dump(&k->genl, DMVPN_CMD_SESSION_GET, on_session, k);
}

void kernel_read_devices(struct kernel_nl *k)
{
	kernel_rt_read_links(k);
	kernel_refresh(k);
	if (list_empty(&k->devs))
		log_info("there is no dmvpn device yet, waiting for one");
}

int kernel_open(struct kernel_nl *k, struct daemon *d)
{
	*k = (struct kernel_nl){
		.daemon = d,
		.genl = GENL_CLOSED,
		.events = GENL_CLOSED,
		.rt = NETLINK_CLOSED,
		.links = NETLINK_CLOSED,
		.routes = NETLINK_CLOSED,
	};
	list_init(&k->devs);
	hash_init(&k->shortcuts);
	if (watch_timer(&d->loop, &k->retry, retry_claim, k)) {
		log_err("no event loop: out of memory");
		return -1;
	}
	return kernel_rt_open(k);
}

void kernel_close(struct kernel_nl *k)
{
	struct kernel_dev *dev, *tmp;

	if (!k->daemon)
		return;
	list_for_each_safe(dev, tmp, &k->devs, struct kernel_dev, link)
		dev_free(dev);
	watch_stop(&k->retry);
	kernel_queue_free(&k->queue);
	close_family(k);
	kernel_rt_close(k);
}
