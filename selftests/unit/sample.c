// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dmvpnctl/nhrpd.h"
#include "sample.h"
#include "services.h"

#define SECOND	1000

static struct addr address(const char *text)
{
	struct addr a;

	if (addr_parse(text, &a))
		abort();
	return a;
}

static void take(struct model *m, const char *line)
{
	json_t *o = json_loads(line, 0, NULL);

	if (!o)
		abort();
	nhrp_take(m, o);
	json_decref(o);
}

/* ---- the kernel's part ---- */

static void add_device(struct model *m, uint32_t ifindex, const char *name,
		       const char *overlay)
{
	struct device *d = model_add(m->device, m->n_device);

	d->ifindex = ifindex;
	snprintf(d->name, sizeof(d->name), "%s", name);
	d->local = address("1.1.1.1");
	d->address = address(overlay);
	d->address_len = 24;
	snprintf(d->profile, sizeof(d->profile), "DMVPN");
	d->has_key = true;
	d->key = 1;
	d->mtu = 1400;
	d->up = true;
	d->running = true;
	d->peers = 4;
	d->nexthops = 5;
	d->misses = 12;
	d->redirects = 3;
	d->rx_packets = 111;
	d->rx_bytes = 11100;
	d->tx_packets = 222;
	d->tx_bytes = 22200;
	d->drops[DMVPN_A_DROPS_RX_CLEAR] = 7;
}

static void add_session(struct model *m, uint32_t handle, const char *nbma,
			uint16_t port, uint32_t state)
{
	struct session *s = model_add(m->session, m->n_session);

	s->handle = handle;
	s->local.addr = address("1.1.1.1");
	s->remote.addr = address(nbma);
	s->remote.port = port;
	if (s->remote.addr.len != s->local.addr.len)
		s->local.addr = address("fd01::1");
	s->state = state;
	s->flags = port ? DMVPN_SESSION_FLAGS_NAT_REMOTE : 0;
	s->ike_version = 1;
	s->ike_id = 1000 + handle;
	s->ike_lifetime = 90061;
	s->state_ms = 33 * SECOND;
	snprintf(s->profile, sizeof(s->profile), "DMVPN");
	snprintf(s->identity, sizeof(s->identity), "%s", nbma);
	snprintf(s->pfs, sizeof(s->pfs), "MODP_1536");
	s->rx_packets = 104;
	s->tx_packets = 105;
	s->rx_dropped = 2;
	s->tx_dropped = 1;
	if (state == DMVPN_SESSION_STATE_FAILED)
		snprintf(s->reason, sizeof(s->reason), "no answer from %s",
			 nbma);
}

static void add_sas(struct model *m, struct session *s)
{
	uint32_t dir;
	struct sa *sa;

	for (dir = DMVPN_SA_DIR_IN; dir <= DMVPN_SA_DIR_OUT; dir++) {
		sa = model_add(m->sa, m->n_sa);
		sa->spi = 0xd0000000 + 16 * s->handle + dir;
		sa->dir = dir;
		sa->session = s->handle;
		sa->local = s->local;
		sa->remote = s->remote;
		sa->replay_window = 1024;
		sa->icv_len = 12;
		sa->hard_seconds = 300;
		sa->age_ms = 40 * SECOND;
		sa->idle_ms = NEVER;
		sa->packets = 105;
		sa->seq = 105;
		snprintf(sa->cipher, sizeof(sa->cipher), "cbc(aes)");
		snprintf(sa->auth, sizeof(sa->auth), "hmac(sha1)");
	}
	s->in_spi = 0xd0000000 + 16 * s->handle;
	s->out_spi = s->in_spi + 1;
}

static void add_peer(struct model *m, uint32_t ifindex, uint32_t handle,
		     const char *nbma, uint16_t port, const char *policy)
{
	const struct session *s = model_session(m, handle);
	struct peer *p = model_add(m->peer, m->n_peer);

	p->ifindex = ifindex;
	p->remote.addr = address(nbma);
	p->remote.port = port;
	p->session = handle;
	p->state = s ? s->state : DMVPN_SESSION_STATE_UP;
	p->flags = DMVPN_PEER_FLAGS_MULTICAST;
	p->mtu = 1410;
	p->rx_packets = 104;
	p->rx_bytes = 10400;
	p->tx_packets = 105;
	p->tx_bytes = 10500;
	p->tx_dropped = 1;
	snprintf(p->policy, sizeof(p->policy), "%s", policy);
}

static void add_nexthop(struct model *m, uint32_t ifindex,
			const char *overlay, const char *nbma, uint16_t port,
			uint32_t kind)
{
	struct nexthop *nh = model_add(m->nexthop, m->n_nexthop);

	nh->ifindex = ifindex;
	nh->address = address(overlay);
	nh->remote.addr = address(nbma);
	nh->remote.port = port;
	nh->state = DMVPN_NEXTHOP_STATE_VALID;
	nh->kind = kind;
}

static void add_kernel(struct model *m)
{
	add_device(m, 5, "Tunnel0", "192.168.1.1");
	add_device(m, 6, "dmvpn1", "192.168.2.1");
	add_session(m, 1, "6.6.6.6", 0, DMVPN_SESSION_STATE_UP);
	add_session(m, 2, "7.7.7.7", 0, DMVPN_SESSION_STATE_FAILED);
	add_session(m, 3, "8.8.8.8", 4501, DMVPN_SESSION_STATE_UP);
	add_session(m, 4, "fd09::9", 0, DMVPN_SESSION_STATE_UP);
	add_session(m, 5, "2.2.2.2", 0, DMVPN_SESSION_STATE_UP);
	add_sas(m, &m->session[0]);
	add_sas(m, &m->session[2]);
	add_sas(m, &m->session[3]);
	add_peer(m, 5, 1, "6.6.6.6", 0, "SPOKE");
	add_peer(m, 5, 2, "7.7.7.7", 0, "");
	add_peer(m, 5, 3, "8.8.8.8", 4501, "");
	add_peer(m, 5, 5, "2.2.2.2", 0, "");
	add_peer(m, 6, 4, "fd09::9", 0, "");
	add_nexthop(m, 5, "192.168.1.6", "6.6.6.6", 0,
		    DMVPN_NEXTHOP_KIND_REGISTERED);
	add_nexthop(m, 5, "192.168.1.7", "7.7.7.7", 0,
		    DMVPN_NEXTHOP_KIND_REGISTERED);
	add_nexthop(m, 5, "192.168.1.8", "8.8.8.8", 4501,
		    DMVPN_NEXTHOP_KIND_REGISTERED);
	add_nexthop(m, 5, "192.168.1.2", "2.2.2.2", 0,
		    DMVPN_NEXTHOP_KIND_NHS);
	add_nexthop(m, 6, "192.168.2.9", "fd09::9", 0,
		    DMVPN_NEXTHOP_KIND_CACHED);
}

/* ---- policies ---- */

static struct class_state *add_class(struct model *m, const char *policy,
				     uint32_t index, const char *name,
				     const char *setting, const char *value)
{
	const struct policy_setting *s = policy_setting_find(setting);
	struct class_state *c = model_add(m->class, m->n_class);
	uint64_t number;

	if (!s || policy_value_parse(s, value, &number))
		abort();
	snprintf(c->policy, sizeof(c->policy), "%s", policy);
	c->index = index;
	snprintf(c->class.name, sizeof(c->class.name), "%s", name);
	policy_set_value(&c->class, s->attr, number);
	c->count.packets = 9;
	c->count.bytes = 900;
	return c;
}

static void add_policy(struct model *m, const char *name, uint32_t classes)
{
	struct policy_state *p = model_add(m->policy, m->n_policy);

	snprintf(p->name, sizeof(p->name), "%s", name);
	p->classes = classes;
	p->users = 1;
}

static void add_queue(struct model *m, const char *policy, const char *class,
		      uint32_t index, uint32_t depth)
{
	struct queue_state *q = model_add(m->queue, m->n_queue);

	q->ifindex = 5;
	q->remote.addr = address("6.6.6.6");
	snprintf(q->policy, sizeof(q->policy), "%s", policy);
	snprintf(q->class, sizeof(q->class), "%s", class);
	q->index = index;
	q->depth = depth;
	q->packets = 10;
	q->bytes = 1000;
	q->queued_packets = 3;
	q->dropped_limit = 5;
	q->dropped_codel = 6;
	q->rate = depth ? 0 : 4000000;
	q->offered_rate = 5000000;
	q->drop_rate = 1000000;
	q->load_interval = 300;
}

/* The match of a class, as nhrpd tells it. */
static void add_match(struct class_state *c, const char *text)
{
	struct policy_line line = {
		.protocol = POLICY_ANY_PROTOCOL,
		.sport_max = UINT16_MAX,
		.dport_max = UINT16_MAX,
	};
	struct count count = { 7, 700 };

	policy_lines_add(&c->class.lines, &line);
	policy_texts_add(&c->class.match, text);
	c->line = reallocarray(c->line, c->class.lines.n, sizeof(*c->line));
	if (!c->line)
		abort();
	c->line[c->class.lines.n - 1] = count;
}

static void add_policies(struct model *m)
{
	struct class_state *c;

	add_policy(m, "INNER", 2);
	add_policy(m, "OUTER", 1);
	add_policy(m, "SPOKE", 1);
	add_policy(m, "CHILD", 3);
	add_match(add_class(m, "INNER", 0, "BIZ", "set-dscp", "af21"),
		  "access-group BIZ");
	add_class(m, "INNER", 1, "class-default", "set-dscp", "0");
	add_match(add_class(m, "OUTER", 0, "BIZ", "set-outer-dscp", "af31"),
		  "access-group BIZ");
	c = add_class(m, "SPOKE", 0, "class-default", "shape", "5 Mbit");
	snprintf(c->class.child, sizeof(c->class.child), "CHILD");
	add_match(add_class(m, "CHILD", 0, "VOICE", "priority-percent", "10"),
		  "dscp ef");
	add_match(add_class(m, "CHILD", 1, "BULK", "police", "1 Mbit"),
		  "dscp af11");
	add_class(m, "CHILD", 2, "class-default", "bandwidth", "600 kbps");
	add_queue(m, "SPOKE", "class-default", 0, 0);
	add_queue(m, "CHILD", "VOICE", 0, 1);
	add_queue(m, "CHILD", "BULK", 1, 1);
	add_queue(m, "CHILD", "class-default", 2, 1);
	snprintf(m->device[0].output_policy, POLICY_NAME, "INNER");
	snprintf(m->device[0].underlay_policy, POLICY_NAME, "OUTER");
	m->device[0].pre_classify = true;
	services_add(m);
}

/* ---- nhrpd's part ---- */

#define TYPES \
	"{\"resolution-request\":1,\"resolution-reply\":2," \
	"\"registration-request\":3,\"registration-reply\":4," \
	"\"purge-request\":5,\"purge-reply\":6,\"error-indication\":7," \
	"\"traffic-indication\":8}"

static const char *const answers[] = {
	"{\"type\":\"interface\",\"interface\":\"Tunnel0\",\"up\":true,"
	"\"network-id\":1,\"holdtime\":600,\"renewal\":200,"
	"\"shortcut\":true,\"redirect\":true,"
	"\"servers\":2,\"registered\":3,\"cached\":5,"
	"\"shortcuts\":3,\"waiting\":1,\"refusal\":\"no\",\"refused\":5,"
	"\"binding-bytes\":200,\"shortcut-bytes\":100,"
	"\"max-send\":{\"packets\":10000,\"seconds\":10,\"percent\":3},"
	"\"sent\":" TYPES ",\"received\":" TYPES ",\"forwarded\":" TYPES ","
	"\"dropped\":{\"malformed\":2,\"checksum\":0,\"rate\":4},"
	"\"qos\":{\"applied\":6,\"removed\":5,\"errors\":1,"
	"\"unknown-group\":0,\"bad-group\":0},"
	"\"changed\":{\"up\":2,\"down\":1,\"deleted\":0,\"peers-added\":9,"
	"\"peers-removed\":4,\"peer-errors\":1,\"sessions-up\":8,"
	"\"sessions-down\":3,\"routes-added\":7,\"routes-removed\":5,"
	"\"route-errors\":2,\"overrides-added\":3,\"overrides-removed\":1,"
	"\"redirects-suppressed\":11}}",
	"{\"type\":\"interface\",\"interface\":\"dmvpn1\",\"up\":false}",
	"{\"type\":\"nhs\",\"interface\":\"Tunnel0\","
	"\"address\":\"192.168.1.2\",\"own\":\"192.168.1.1\","
	"\"nbma\":\"2.2.2.2\",\"name\":\"hub.example.net\",\"priority\":1,"
	"\"cluster\":2,\"in-use\":true,\"fallback\":null,\"dynamic\":false,"
	"\"state\":\"up\",\"since\":10,\"next\":3,\"nat\":null,"
	"\"requests\":7,\"replies\":6,\"refused\":1,\"error\":\"\"}",
	"{\"type\":\"nhs\",\"interface\":\"Tunnel0\","
	"\"address\":\"192.168.1.3\",\"nbma\":\"3.3.3.3\",\"priority\":2,"
	"\"cluster\":2,\"in-use\":false,\"fallback\":20,\"dynamic\":true,"
	"\"state\":\"down\",\"since\":10,\"requests\":0,\"replies\":0,"
	"\"refused\":0,\"error\":\"no answer\"}",
	"{\"type\":\"binding\",\"interface\":\"Tunnel0\","
	"\"address\":\"192.168.1.6\",\"nbma\":\"6.6.6.6\","
	"\"kind\":\"registered\",\"flags\":[\"unique\",\"used\"],"
	"\"state\":\"up\",\"multicast\":true,\"installed\":true,\"age\":100,"
	"\"expires\":500,\"group\":\"GOLD\",\"policy\":\"SPOKE\"}",
	"{\"type\":\"binding\",\"interface\":\"Tunnel0\","
	"\"address\":\"192.168.1.8\",\"nbma\":\"8.8.8.8\","
	"\"nbma-port\":4501,\"claimed\":\"10.0.0.2\",\"kind\":\"registered\","
	"\"flags\":[\"unique\",\"nat\"],\"state\":\"up\",\"multicast\":true,"
	"\"installed\":true,\"age\":200000,\"expires\":7200}",
	"{\"type\":\"binding\",\"interface\":\"Tunnel0\","
	"\"address\":\"192.168.1.2\",\"nbma\":\"2.2.2.2\",\"kind\":\"nhs\","
	"\"flags\":[],\"state\":\"up\",\"multicast\":true,"
	"\"installed\":true,\"age\":100,\"expires\":null}",
	"{\"type\":\"binding\",\"interface\":\"Tunnel0\","
	"\"address\":\"192.168.1.7\",\"nbma\":\"7.7.7.7\","
	"\"kind\":\"cached\",\"flags\":[\"router\"],\"state\":\"failed\","
	"\"multicast\":false,\"installed\":false,\"age\":1,\"expires\":9}",
	"{\"type\":\"binding\",\"interface\":\"Tunnel0\","
	"\"address\":\"2001:db8::6\",\"nbma\":\"6.6.6.6\","
	"\"kind\":\"registered\",\"flags\":[],\"state\":\"up\","
	"\"multicast\":true,\"installed\":true,\"age\":7,\"expires\":8}",
	"{\"type\":\"shortcut\",\"interface\":\"Tunnel0\","
	"\"prefix\":\"172.16.6.0/24\",\"via\":\"192.168.1.6\","
	"\"nbma\":\"6.6.6.6\",\"state\":\"up\",\"route\":true,"
	"\"override\":false,\"age\":60,\"expires\":540}",
	"{\"type\":\"shortcut\",\"interface\":\"Tunnel0\","
	"\"prefix\":\"172.16.8.0/24\",\"via\":\"192.168.1.8\","
	"\"nbma\":\"8.8.8.8\",\"nbma-port\":4501,\"state\":\"up\","
	"\"route\":true,\"override\":true,\"age\":60,\"expires\":540}",
	"{\"type\":\"shortcut\",\"interface\":\"Tunnel0\","
	"\"prefix\":\"172.16.9.9/32\",\"via\":null,\"nbma\":null,"
	"\"state\":\"resolving\",\"route\":false,\"override\":false,"
	"\"age\":1,\"expires\":4}",
	"{\"type\":\"group-map\",\"interface\":\"Tunnel0\","
	"\"group\":\"GOLD\",\"policy\":\"SPOKE\",\"peers\":1}",
};

struct model sample_model(void)
{
	struct model m = { 0 };
	size_t i;

	add_kernel(&m);
	add_policies(&m);
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		take(&m, answers[i]);
	m.nhrpd = true;
	return m;
}
