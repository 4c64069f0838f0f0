// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dmvpnctl/kernel.h"
#include "dmvpnctl/shown.h"

int kernel_complain(const struct genl *g, int err)
{
	if (err == -ENOENT)
		fprintf(stderr,
			"dmvpnctl: the dmvpn module is not loaded: modprobe dmvpn\n");
	else if (err == -EPERM)
		fprintf(stderr,
			"dmvpnctl: this needs CAP_NET_ADMIN: run it as root\n");
	else
		fprintf(stderr, "dmvpnctl: %s\n", g->nl.error);
	return -1;
}

int kernel_open(struct genl *g)
{
	int err = genl_open(g);

	return err ? kernel_complain(g, err) : 0;
}

/* ---- attributes to structs ---- */

void kernel_text(char *to, size_t size, const struct nlattr *attr)
{
	const char *text = attr_text(attr);

	shown_copy(to, size, text ? text : "");
}

#define take_text(to, attr) kernel_text(to, sizeof(to), attr)

static uint64_t take_idle(const struct nlattr *attr)
{
	return attr ? attr_u64(attr) : NEVER;
}

static void take_drops(struct device *d, struct nlattr *nest)
{
	struct nlattr *attr;
	int left;

	if (!nest)
		return;
	nla_for_each_nested(attr, nest, left)
		if (nla_type(attr) <= DMVPN_A_DROPS_MAX)
			d->drops[nla_type(attr)] = attr_u64(attr);
}

static void take_device(struct nlattr **tb, struct device *d)
{
	*d = (struct device){
		.ifindex = attr_u32(tb[DMVPN_A_DEVICE_IFINDEX]),
		.local = attr_addr(tb[DMVPN_A_DEVICE_LOCAL]),
		.local6 = attr_addr(tb[DMVPN_A_DEVICE_LOCAL6]),
		.has_key = tb[DMVPN_A_DEVICE_KEY],
		.key = attr_u32(tb[DMVPN_A_DEVICE_KEY]),
		.mtu = attr_u32(tb[DMVPN_A_DEVICE_MTU]),
		.peers = attr_u32(tb[DMVPN_A_DEVICE_PEERS]),
		.nexthops = attr_u32(tb[DMVPN_A_DEVICE_NEXTHOPS]),
		.misses = attr_u64(tb[DMVPN_A_DEVICE_MISSES]),
		.redirects = attr_u64(tb[DMVPN_A_DEVICE_REDIRECTS]),
		.suppressed = attr_u64(tb[DMVPN_A_DEVICE_UPCALLS_SUPPRESSED]),
	};
	take_text(d->name, tb[DMVPN_A_DEVICE_NAME]);
	take_text(d->profile, tb[DMVPN_A_DEVICE_PROFILE]);
	take_drops(d, tb[DMVPN_A_DEVICE_DROPS]);
}

static void take_session(struct nlattr **tb, struct session *s)
{
	*s = (struct session){
		.handle = attr_u32(tb[DMVPN_A_SESSION_HANDLE]),
		.local = attr_nbma(tb[DMVPN_A_SESSION_LOCAL],
				   tb[DMVPN_A_SESSION_LOCAL_PORT]),
		.remote = attr_nbma(tb[DMVPN_A_SESSION_REMOTE],
				    tb[DMVPN_A_SESSION_REMOTE_PORT]),
		.state = attr_u32(tb[DMVPN_A_SESSION_STATE]),
		.flags = attr_u32(tb[DMVPN_A_SESSION_FLAGS]),
		.ike_version = attr_u32(tb[DMVPN_A_SESSION_IKE_VERSION]),
		.ike_id = attr_u32(tb[DMVPN_A_SESSION_IKE_ID]),
		.ike_lifetime = attr_u32(tb[DMVPN_A_SESSION_IKE_LIFETIME]),
		.state_ms = attr_u64(tb[DMVPN_A_SESSION_STATE_MS]),
		.in_spi = attr_be32(tb[DMVPN_A_SESSION_IN_SPI]),
		.out_spi = attr_be32(tb[DMVPN_A_SESSION_OUT_SPI]),
		.rx_packets = attr_u64(tb[DMVPN_A_SESSION_RX_PACKETS]),
		.rx_bytes = attr_u64(tb[DMVPN_A_SESSION_RX_BYTES]),
		.tx_packets = attr_u64(tb[DMVPN_A_SESSION_TX_PACKETS]),
		.tx_bytes = attr_u64(tb[DMVPN_A_SESSION_TX_BYTES]),
		.rx_dropped = attr_u64(tb[DMVPN_A_SESSION_RX_DROPPED]),
		.tx_dropped = attr_u64(tb[DMVPN_A_SESSION_TX_DROPPED]),
		.peers = attr_u32(tb[DMVPN_A_SESSION_PEERS]),
	};
	take_text(s->reason, tb[DMVPN_A_SESSION_REASON]);
	take_text(s->profile, tb[DMVPN_A_SESSION_PROFILE]);
	take_text(s->identity, tb[DMVPN_A_SESSION_IDENTITY]);
	take_text(s->local_identity, tb[DMVPN_A_SESSION_LOCAL_IDENTITY]);
	take_text(s->pfs, tb[DMVPN_A_SESSION_PFS]);
}

static void take_sa(struct nlattr **tb, struct sa *sa)
{
	*sa = (struct sa){
		.spi = attr_be32(tb[DMVPN_A_SA_SPI]),
		.dir = attr_u32(tb[DMVPN_A_SA_DIR]),
		.session = attr_u32(tb[DMVPN_A_SA_SESSION]),
		.local = attr_nbma(tb[DMVPN_A_SA_LOCAL],
				   tb[DMVPN_A_SA_LOCAL_PORT]),
		.remote = attr_nbma(tb[DMVPN_A_SA_REMOTE],
				    tb[DMVPN_A_SA_REMOTE_PORT]),
		.mode = attr_u32(tb[DMVPN_A_SA_MODE]),
		.icv_len = attr_u32(tb[DMVPN_A_SA_ICV_LEN]),
		.esn = attr_u8(tb[DMVPN_A_SA_ESN]),
		.replay_window = attr_u32(tb[DMVPN_A_SA_REPLAY_WINDOW]),
		.standby = attr_u8(tb[DMVPN_A_SA_STANDBY]),
		.pair = attr_be32(tb[DMVPN_A_SA_PAIR]),
		.owner = attr_u32(tb[DMVPN_A_SA_OWNER]),
		.soft_seconds = attr_u64(tb[DMVPN_A_SA_SOFT_SECONDS]),
		.hard_seconds = attr_u64(tb[DMVPN_A_SA_HARD_SECONDS]),
		.soft_bytes = attr_u64(tb[DMVPN_A_SA_SOFT_BYTES]),
		.hard_bytes = attr_u64(tb[DMVPN_A_SA_HARD_BYTES]),
		.soft_packets = attr_u64(tb[DMVPN_A_SA_SOFT_PACKETS]),
		.hard_packets = attr_u64(tb[DMVPN_A_SA_HARD_PACKETS]),
		.age_ms = attr_u64(tb[DMVPN_A_SA_AGE_MS]),
		.idle_ms = take_idle(tb[DMVPN_A_SA_IDLE_MS]),
		.seq = attr_u64(tb[DMVPN_A_SA_SEQ]),
		.packets = attr_u64(tb[DMVPN_A_SA_PACKETS]),
		.bytes = attr_u64(tb[DMVPN_A_SA_BYTES]),
		.auth_failed = attr_u64(tb[DMVPN_A_SA_AUTH_FAILED]),
		.replayed = attr_u64(tb[DMVPN_A_SA_REPLAYED]),
		.malformed = attr_u64(tb[DMVPN_A_SA_MALFORMED]),
		.errors = attr_u64(tb[DMVPN_A_SA_ERRORS]),
		.async = attr_u64(tb[DMVPN_A_SA_ASYNC]),
		.hard = attr_u8(tb[DMVPN_A_SA_HARD]),
		.new_remote = attr_addr(tb[DMVPN_A_SA_NEW_REMOTE]),
	};
	take_text(sa->cipher, tb[DMVPN_A_SA_CIPHER]);
	take_text(sa->auth, tb[DMVPN_A_SA_AUTH]);
}

static void take_peer(struct nlattr **tb, struct peer *p)
{
	*p = (struct peer){
		.ifindex = attr_u32(tb[DMVPN_A_PEER_IFINDEX]),
		.remote = attr_nbma(tb[DMVPN_A_PEER_REMOTE],
				    tb[DMVPN_A_PEER_REMOTE_PORT]),
		.flags = attr_u32(tb[DMVPN_A_PEER_FLAGS]),
		.session = attr_u32(tb[DMVPN_A_PEER_SESSION]),
		.state = attr_u32(tb[DMVPN_A_PEER_STATE]),
		.mtu = attr_u32(tb[DMVPN_A_PEER_MTU]),
		.age_ms = attr_u64(tb[DMVPN_A_PEER_AGE_MS]),
		.idle_ms = take_idle(tb[DMVPN_A_PEER_IDLE_MS]),
		.rx_packets = attr_u64(tb[DMVPN_A_PEER_RX_PACKETS]),
		.rx_bytes = attr_u64(tb[DMVPN_A_PEER_RX_BYTES]),
		.tx_packets = attr_u64(tb[DMVPN_A_PEER_TX_PACKETS]),
		.tx_bytes = attr_u64(tb[DMVPN_A_PEER_TX_BYTES]),
		.tx_dropped = attr_u64(tb[DMVPN_A_PEER_TX_DROPPED]),
		.pending = attr_u32(tb[DMVPN_A_PEER_PENDING]),
		.nexthops = attr_u32(tb[DMVPN_A_PEER_NEXTHOPS]),
		.rate = attr_u64(tb[DMVPN_A_PEER_RATE]),
	};
	take_text(p->policy, tb[DMVPN_A_PEER_POLICY]);
}

static void take_nexthop(struct nlattr **tb, struct nexthop *nh)
{
	*nh = (struct nexthop){
		.ifindex = attr_u32(tb[DMVPN_A_NEXTHOP_IFINDEX]),
		.address = attr_addr(tb[DMVPN_A_NEXTHOP_ADDRESS]),
		.remote = attr_nbma(tb[DMVPN_A_NEXTHOP_REMOTE],
				    tb[DMVPN_A_NEXTHOP_REMOTE_PORT]),
		.state = attr_u32(tb[DMVPN_A_NEXTHOP_STATE]),
		.kind = attr_u32(tb[DMVPN_A_NEXTHOP_KIND]),
		.flags = attr_u32(tb[DMVPN_A_NEXTHOP_FLAGS]),
		.lifetime = attr_u32(tb[DMVPN_A_NEXTHOP_LIFETIME]),
		.claimed = attr_addr(tb[DMVPN_A_NEXTHOP_CLAIMED]),
		.age_ms = attr_u64(tb[DMVPN_A_NEXTHOP_AGE_MS]),
		.idle_ms = take_idle(tb[DMVPN_A_NEXTHOP_IDLE_MS]),
		.packets = attr_u64(tb[DMVPN_A_NEXTHOP_PACKETS]),
	};
}

/* ---- dumps ---- */

static void add_device(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct model *m = arg;

	(void)cmd;
	take_device(tb, model_add(m->device, m->n_device));
}

static void add_session(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct model *m = arg;

	(void)cmd;
	take_session(tb, model_add(m->session, m->n_session));
}

static void add_sa(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct model *m = arg;

	(void)cmd;
	take_sa(tb, model_add(m->sa, m->n_sa));
}

static void add_peer(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct model *m = arg;

	(void)cmd;
	take_peer(tb, model_add(m->peer, m->n_peer));
}

static void add_nexthop(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct model *m = arg;

	(void)cmd;
	take_nexthop(tb, model_add(m->nexthop, m->n_nexthop));
}

int kernel_read(struct genl *g, struct model *m)
{
	static const struct {
		uint8_t cmd;
		genl_handler add;
	} dumps[] = {
		{ DMVPN_CMD_DEVICE_GET, add_device },
		{ DMVPN_CMD_SESSION_GET, add_session },
		{ DMVPN_CMD_SA_GET, add_sa },
		{ DMVPN_CMD_PEER_GET, add_peer },
		{ DMVPN_CMD_NEXTHOP_GET, add_nexthop },
	};
	size_t i;
	int err;

	for (i = 0; i < sizeof(dumps) / sizeof(dumps[0]); i++) {
		err = genl_dump(g, dumps[i].cmd, dumps[i].add, m);
		if (err)
			return kernel_complain(g, err);
	}
	return link_read(m);
}

int kernel_clear_session(struct genl *g, uint32_t handle)
{
	struct nl_msg *msg = genl_msg(g, DMVPN_CMD_SESSION_DEL);
	int err;

	if (msg)
		nla_put_u32(msg, DMVPN_A_SESSION_HANDLE, handle);
	err = genl_request(g, msg, NULL, NULL);
	return err && err != -ENOENT ? kernel_complain(g, err) : 0;
}

/* ---- notifications ---- */

void kernel_take_event(uint8_t cmd, struct nlattr **tb,
		       struct kernel_event *event)
{
	*event = (struct kernel_event){ .cmd = cmd };
	switch (cmd) {
	case DMVPN_CMD_ACQUIRE_NTF:
	case DMVPN_CMD_SESSION_NTF:
	case DMVPN_CMD_SESSION_DEL_NTF:
		take_session(tb, &event->session);
		break;
	case DMVPN_CMD_SA_NTF:
	case DMVPN_CMD_SA_DEL_NTF:
	case DMVPN_CMD_SA_EXPIRE_NTF:
	case DMVPN_CMD_NAT_MOVED_NTF:
		take_sa(tb, &event->sa);
		break;
	case DMVPN_CMD_PEER_NTF:
	case DMVPN_CMD_PEER_DEL_NTF:
		take_peer(tb, &event->peer);
		break;
	case DMVPN_CMD_NEXTHOP_NTF:
	case DMVPN_CMD_NEXTHOP_DEL_NTF:
		take_nexthop(tb, &event->nexthop);
		break;
	case DMVPN_CMD_POLICY_NTF:
	case DMVPN_CMD_POLICY_DEL_NTF:
		kernel_take_policy(tb, &event->policy);
		break;
	case DMVPN_CMD_MISS_NTF:
	case DMVPN_CMD_REDIRECT_NTF:
		event->ifindex = attr_u32(tb[DMVPN_A_EVENT_IFINDEX]);
		event->address = attr_addr(tb[DMVPN_A_EVENT_ADDRESS]);
		event->src = attr_addr(tb[DMVPN_A_EVENT_SRC]);
		event->dst = attr_addr(tb[DMVPN_A_EVENT_DST]);
		event->remote = attr_nbma(tb[DMVPN_A_EVENT_REMOTE],
					  tb[DMVPN_A_EVENT_REMOTE_PORT]);
		break;
	}
}
