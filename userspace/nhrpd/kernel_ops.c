// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the state layer asks of the kernel, as requests to the family.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "lib/log.h"
#include "nhrpd/daemon.h"

static struct kernel_nl *port(void *ctx)
{
	struct daemon *d = ctx;

	return &d->kernel;
}

void kernel_take_peer(struct nlattr **tb, struct kernel_peer *peer)
{
	const char *policy = attr_text(tb[DMVPN_A_PEER_POLICY]);
	const char *wanted = attr_text(tb[DMVPN_A_PEER_IDENTITY]);

	*peer = (struct kernel_peer){
		.nbma = attr_nbma(tb[DMVPN_A_PEER_REMOTE],
				  tb[DMVPN_A_PEER_REMOTE_PORT]),
		.flags = attr_u32(tb[DMVPN_A_PEER_FLAGS]),
		.session = attr_u32(tb[DMVPN_A_PEER_SESSION]),
		.state = attr_u32(tb[DMVPN_A_PEER_STATE]),
		.idle_ms = KERNEL_NEVER,
		.rx_packets = attr_u64(tb[DMVPN_A_PEER_RX_PACKETS]),
		.rx_bytes = attr_u64(tb[DMVPN_A_PEER_RX_BYTES]),
		.tx_packets = attr_u64(tb[DMVPN_A_PEER_TX_PACKETS]),
		.tx_bytes = attr_u64(tb[DMVPN_A_PEER_TX_BYTES]),
		.rate = attr_u64(tb[DMVPN_A_PEER_RATE]),
	};
	if (tb[DMVPN_A_PEER_IDLE_MS])
		peer->idle_ms = attr_u64(tb[DMVPN_A_PEER_IDLE_MS]);
	if (policy)
		snprintf(peer->policy, sizeof(peer->policy), "%s", policy);
	if (wanted)
		snprintf(peer->wanted, sizeof(peer->wanted), "%s", wanted);
}

void kernel_take_nexthop(struct nlattr **tb, struct kernel_nexthop *nexthop)
{
	*nexthop = (struct kernel_nexthop){
		.address = attr_addr(tb[DMVPN_A_NEXTHOP_ADDRESS]),
		.nbma = attr_nbma(tb[DMVPN_A_NEXTHOP_REMOTE],
				  tb[DMVPN_A_NEXTHOP_REMOTE_PORT]),
		.claimed = attr_addr(tb[DMVPN_A_NEXTHOP_CLAIMED]),
		.state = attr_u32(tb[DMVPN_A_NEXTHOP_STATE]),
		.kind = attr_u32(tb[DMVPN_A_NEXTHOP_KIND]),
		.flags = attr_u32(tb[DMVPN_A_NEXTHOP_FLAGS]),
		.lifetime = attr_u32(tb[DMVPN_A_NEXTHOP_LIFETIME]),
		.idle_ms = KERNEL_NEVER,
	};
	if (tb[DMVPN_A_NEXTHOP_IDLE_MS])
		nexthop->idle_ms = attr_u64(tb[DMVPN_A_NEXTHOP_IDLE_MS]);
}

static const char *dev_name(const struct kernel_nl *k, uint32_t ifindex)
{
	struct kernel_dev *dev = kernel_dev_find(k, ifindex);

	return dev ? dev->name : "(no device)";
}

/* A device that has just gone is no reason to complain. */
static int done(const struct kernel_nl *k, int err, uint32_t ifindex,
		const char *what, const char *whom)
{
	if (err && err != -ENODEV)
		log_warn("%s: %s %s: %s", dev_name(k, ifindex), what, whom,
			 k->genl.nl.error);
	return err;
}

/* One whose answer is needed: after those whose answer is not. */
static int request(struct kernel_nl *k, struct nl_msg *msg,
		   genl_handler handler, void *arg)
{
	kernel_queue_send(k);
	return genl_request(&k->genl, msg, handler, arg);
}

static struct nl_msg *peer_msg(const struct kernel_nl *k, uint8_t cmd,
			       uint32_t ifindex, const struct nbma *nbma)
{
	struct nl_msg *msg = genl_msg(&k->genl, cmd);

	if (msg) {
		nla_put_u32(msg, DMVPN_A_PEER_IFINDEX, ifindex);
		put_nbma(msg, DMVPN_A_PEER_REMOTE, DMVPN_A_PEER_REMOTE_PORT,
			 nbma);
	}
	return msg;
}

static int order(struct kernel_nl *k, struct nl_msg *msg, uint8_t cmd,
		 uint32_t ifindex, const struct nbma *whom)
{
	const struct kernel_order order = {
		.cmd = cmd,
		.ifindex = ifindex,
		.whom = *whom,
	};

	return kernel_queue_add(k, msg, &order);
}

static int peer_new(void *ctx, uint32_t ifindex, const struct nbma *nbma,
		    uint32_t flags, const char *identity)
{
	struct kernel_nl *k = port(ctx);
	struct nl_msg *msg = peer_msg(k, DMVPN_CMD_PEER_NEW, ifindex, nbma);

	if (msg)
		nla_put_u32(msg, DMVPN_A_PEER_FLAGS, flags);
	if (msg && identity)
		nla_put_string(msg, DMVPN_A_PEER_IDENTITY, identity);
	return order(k, msg, DMVPN_CMD_PEER_NEW, ifindex, nbma);
}

static int peer_policy(void *ctx, uint32_t ifindex, const struct nbma *nbma,
		       uint32_t flags, const char *policy, uint64_t rate)
{
	struct kernel_nl *k = port(ctx);
	struct nl_msg *msg = peer_msg(k, DMVPN_CMD_PEER_NEW, ifindex, nbma);
	struct kernel_order o = {
		.cmd = DMVPN_CMD_PEER_NEW,
		.for_policy = true,
		.ifindex = ifindex,
		.whom = *nbma,
	};

	if (msg) {
		nla_put_u32(msg, DMVPN_A_PEER_FLAGS, flags);
		nla_put_string(msg, DMVPN_A_PEER_POLICY, policy);
		nla_put_u64(msg, DMVPN_A_PEER_RATE, rate);
	}
	snprintf(o.policy, sizeof(o.policy), "%s", policy);
	return kernel_queue_add(k, msg, &o);
}

static int peer_del(void *ctx, uint32_t ifindex, const struct nbma *nbma)
{
	struct kernel_nl *k = port(ctx);

	return order(k, peer_msg(k, DMVPN_CMD_PEER_DEL, ifindex, nbma),
		     DMVPN_CMD_PEER_DEL, ifindex, nbma);
}

static void on_peer(void *arg, uint8_t cmd, struct nlattr **tb)
{
	(void)cmd;
	kernel_take_peer(tb, arg);
}

static int peer_get(void *ctx, uint32_t ifindex, const struct nbma *nbma,
		    struct kernel_peer *peer)
{
	struct kernel_nl *k = port(ctx);
	struct nl_msg *msg = peer_msg(k, DMVPN_CMD_PEER_GET, ifindex, nbma);
	char text[ADDR_TEXT];
	int err = request(k, msg, on_peer, peer);

	if (err == -ENOENT)
		return err;
	return done(k, err, ifindex, "reading peer", nbma_format(nbma, text));
}

static int session_request(struct kernel_nl *k, uint8_t cmd, uint32_t handle,
			   genl_handler handler, void *arg)
{
	struct nl_msg *msg = genl_msg(&k->genl, cmd);

	if (msg)
		nla_put_u32(msg, DMVPN_A_SESSION_HANDLE, handle);
	return request(k, msg, handler, arg);
}

/**
 * struct session_use - what keeps a session
 * @peers: so many peers
 * @local: our end of it
 */
struct session_use {
	uint32_t peers;
	struct addr local;
};

static void on_session_use(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct session_use *use = arg;

	(void)cmd;
	use->peers = attr_u32(tb[DMVPN_A_SESSION_PEERS]);
	use->local = attr_addr(tb[DMVPN_A_SESSION_LOCAL]);
}

/**
 * struct identity - room for an identity
 * @text: the room
 * @size: bytes of it
 */
struct identity {
	char *text;
	size_t size;
};

static void on_identity(void *arg, uint8_t cmd, struct nlattr **tb)
{
	const char *text = attr_text(tb[DMVPN_A_SESSION_IDENTITY]);
	struct identity *identity = arg;

	(void)cmd;
	snprintf(identity->text, identity->size, "%s", text ? text : "");
}

static int session_identity(void *ctx, uint32_t handle, char *text, size_t size)
{
	struct identity identity = { .text = text, .size = size };
	struct kernel_nl *k = port(ctx);
	struct nl_msg *msg = genl_msg(&k->genl, DMVPN_CMD_SESSION_GET);

	text[0] = '\0';
	if (msg)
		nla_put_u32(msg, DMVPN_A_SESSION_HANDLE, handle);
	return genl_request(&k->genl, msg, on_identity, &identity);
}

static int session_clear(void *ctx, uint32_t handle)
{
	struct kernel_nl *k = port(ctx);
	int err = session_request(k, DMVPN_CMD_SESSION_DEL, handle, NULL, NULL);

	if (err && err != -ENOENT)
		log_warn("clearing session %u: %s", handle, k->genl.nl.error);
	return err;
}

static int session_release(void *ctx, uint32_t handle,
			   const struct addr *local)
{
	struct session_use use = { 0 };
	int err = session_request(port(ctx), DMVPN_CMD_SESSION_GET, handle,
				  on_session_use, &use);

	if (err || use.peers || !addr_equal(&use.local, local))
		return err;
	return session_clear(ctx, handle);
}

static struct nl_msg *nexthop_msg(const struct kernel_nl *k, uint8_t cmd,
				  uint32_t ifindex, const struct addr *address)
{
	struct nl_msg *msg = genl_msg(&k->genl, cmd);

	if (msg) {
		nla_put_u32(msg, DMVPN_A_NEXTHOP_IFINDEX, ifindex);
		put_addr(msg, DMVPN_A_NEXTHOP_ADDRESS, address);
	}
	return msg;
}

static void put_nexthop(struct nl_msg *msg, const struct kernel_nexthop *nh)
{
	put_nbma(msg, DMVPN_A_NEXTHOP_REMOTE, DMVPN_A_NEXTHOP_REMOTE_PORT,
		 &nh->nbma);
	put_addr(msg, DMVPN_A_NEXTHOP_CLAIMED, &nh->claimed);
	nla_put_u32(msg, DMVPN_A_NEXTHOP_STATE, nh->state);
	nla_put_u32(msg, DMVPN_A_NEXTHOP_KIND, nh->kind);
	nla_put_u32(msg, DMVPN_A_NEXTHOP_FLAGS, nh->flags);
	nla_put_u32(msg, DMVPN_A_NEXTHOP_LIFETIME, nh->lifetime);
}

static int nexthop_new(void *ctx, uint32_t ifindex,
		       const struct kernel_nexthop *nh)
{
	struct kernel_nl *k = port(ctx);
	struct nl_msg *msg = nexthop_msg(k, DMVPN_CMD_NEXTHOP_NEW, ifindex,
					 &nh->address);
	const struct nbma whom = { .addr = nh->address };
	char text[ADDR_TEXT];
	int err;

	if (msg)
		put_nexthop(msg, nh);
	/* Routes are made where a shortcut's could be. */
	if (nh->kind == DMVPN_NEXTHOP_KIND_REGISTERED)
		return order(k, msg, DMVPN_CMD_NEXTHOP_NEW, ifindex, &whom);
	err = request(k, msg, NULL, NULL);
	return done(k, err, ifindex, "adding next hop",
		    addr_format(&nh->address, text));
}

static int nexthop_del(void *ctx, uint32_t ifindex, const struct addr *address)
{
	struct kernel_nl *k = port(ctx);
	struct nl_msg *msg = nexthop_msg(k, DMVPN_CMD_NEXTHOP_DEL, ifindex,
					 address);
	const struct nbma whom = { .addr = *address };

	return order(k, msg, DMVPN_CMD_NEXTHOP_DEL, ifindex, &whom);
}

static void on_nexthop(void *arg, uint8_t cmd, struct nlattr **tb)
{
	(void)cmd;
	kernel_take_nexthop(tb, arg);
}

static int nexthop_get(void *ctx, uint32_t ifindex, const struct addr *address,
		       struct kernel_nexthop *nh)
{
	struct kernel_nl *k = port(ctx);
	struct nl_msg *msg = nexthop_msg(k, DMVPN_CMD_NEXTHOP_GET, ifindex,
					 address);
	char text[ADDR_TEXT];
	int err = request(k, msg, on_nexthop, nh);

	if (err == -ENOENT)
		return err;
	return done(k, err, ifindex, "reading next hop",
		    addr_format(address, text));
}

static int frame(void *ctx, uint32_t ifindex, const struct nbma *nbma,
		 const void *data, size_t len)
{
	struct kernel_nl *k = port(ctx);
	struct nl_msg *msg = genl_msg(&k->genl, DMVPN_CMD_FRAME);

	if (msg) {
		nla_put_u32(msg, DMVPN_A_FRAME_IFINDEX, ifindex);
		put_nbma(msg, DMVPN_A_FRAME_REMOTE, DMVPN_A_FRAME_REMOTE_PORT,
			 nbma);
		nla_put(msg, DMVPN_A_FRAME_DATA, (int)len, data);
	}
	return order(k, msg, DMVPN_CMD_FRAME, ifindex, nbma);
}

static uint32_t random_bits(void *ctx)
{
	uint32_t r = 0;

	(void)ctx;
	if (getrandom(&r, sizeof(r), 0) != sizeof(r))
		r = (uint32_t)loop_now();
	return r;
}

const struct kernel_ops kernel_nl_ops = {
	.peer_new = peer_new,
	.peer_del = peer_del,
	.peer_policy = peer_policy,
	.peer_get = peer_get,
	.session_release = session_release,
	.session_identity = session_identity,
	.session_clear = session_clear,
	.nexthop_new = nexthop_new,
	.nexthop_del = nexthop_del,
	.nexthop_get = nexthop_get,
	.route_add = kernel_route_add,
	.route_del = kernel_route_del,
	.route_get = kernel_route_get,
	.routes = kernel_routes,
	.carrier_set = kernel_carrier_set,
	.policy_set = kernel_policy_set,
	.policy_del = kernel_policy_del,
	.link_qos = kernel_link_qos,
	.queueing = kernel_queueing,
	.frame = frame,
	.random = random_bits,
};
