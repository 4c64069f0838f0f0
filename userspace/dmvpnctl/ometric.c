// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Only gauges and counters, though OpenMetrics has more: this is read by way of
 * the textfile collector of Prometheus' node exporter, too, which knows no
 * others. Names follow the base units that Prometheus recommends.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "dmvpnctl/names.h"
#include "dmvpnctl/ometric.h"

#define PREFIX "dmvpn_"

unsigned int ometric_peers = OMETRIC_PEERS;

/* ---- the format ---- */

void ometric_family(FILE *f, const char *name, bool counter, const char *help)
{
	fprintf(f, "# TYPE " PREFIX "%s %s\n# HELP " PREFIX "%s %s.\n", name,
		counter ? "counter" : "gauge", name, help);
}

static void put_value(FILE *f, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n') {
			fputs("\\n", f);
			continue;
		}
		if (*text == '"' || *text == '\\')
			putc('\\', f);
		putc(*text, f);
	}
}

static void put_head(FILE *f, const char *name, bool counter,
		     const struct label *label)
{
	const char *before = "{";

	fprintf(f, PREFIX "%s%s", name, counter ? "_total" : "");
	for (; label && label->name; label++) {
		fprintf(f, "%s%s=\"", before, label->name);
		put_value(f, label->value);
		putc('"', f);
		before = ",";
	}
	fputs(*before == ',' ? "} " : " ", f);
}

void ometric_sample(FILE *f, const char *name, bool counter,
		    const struct label *labels, uint64_t value)
{
	put_head(f, name, counter, labels);
	fprintf(f, "%" PRIu64 "\n", value);
}

void ometric_seconds(FILE *f, const char *name, const struct label *labels,
		     uint64_t ms)
{
	put_head(f, name, false, labels);
	fprintf(f, "%" PRIu64 ".%03" PRIu64 "\n", ms / 1000, ms % 1000);
}

void ometric_end(FILE *f)
{
	fprintf(f, "# EOF\n");
}

/* ---- devices ---- */

/**
 * struct device_metric - a number of a device
 * @name: of the family
 * @help: of the family
 * @counter: counts up, else a gauge
 * @value: the number
 */
struct device_metric {
	const char *name;
	const char *help;
	bool counter;
	uint64_t (*value)(const struct device *d);
};

#define DEVICE_VALUE(what, expression) \
static uint64_t device_##what(const struct device *d) \
{ \
	return expression; \
}

DEVICE_VALUE(up, d->up && d->running)
DEVICE_VALUE(peers, d->peers)
DEVICE_VALUE(nexthops, d->nexthops)
DEVICE_VALUE(rx_packets, d->rx_packets)
DEVICE_VALUE(rx_bytes, d->rx_bytes)
DEVICE_VALUE(tx_packets, d->tx_packets)
DEVICE_VALUE(tx_bytes, d->tx_bytes)
DEVICE_VALUE(misses, d->misses)
DEVICE_VALUE(redirects, d->redirects)
DEVICE_VALUE(suppressed, d->suppressed)

static const struct device_metric device_metrics[] = {
	{ "device_up", "The device is up and able to send", false, device_up },
	{ "device_peers", "Remote NBMA addresses", false, device_peers },
	{ "device_next_hops", "Overlay addresses that routes resolve to",
	  false, device_nexthops },
	{ "device_receive_packets", "Packets received", true,
	  device_rx_packets },
	{ "device_receive_bytes", "Bytes received", true, device_rx_bytes },
	{ "device_transmit_packets", "Packets sent", true, device_tx_packets },
	{ "device_transmit_bytes", "Bytes sent", true, device_tx_bytes },
	{ "device_misses", "Packets whose next hop was unknown", true,
	  device_misses },
	{ "device_redirects", "Packets that came in and went out on it", true,
	  device_redirects },
	{ "device_events_suppressed", "Events left out because of the limit",
	  true, device_suppressed },
};

static void put_devices(FILE *f, const struct model *m)
{
	const struct device_metric *metric = device_metrics;
	const struct device_metric *end = metric + sizeof(device_metrics) /
					  sizeof(device_metrics[0]);
	const struct device *d;

	for (; metric < end; metric++) {
		ometric_family(f, metric->name, metric->counter, metric->help);
		model_for_each(d, m->device, m->n_device)
			ometric_sample(f, metric->name, metric->counter,
				       (struct label[]){
					{ "interface", d->name }, { 0 } },
				       metric->value(d));
	}
}

static void put_drops(FILE *f, const struct model *m)
{
	const struct device *d;
	unsigned int i;

	ometric_family(f, "device_drops", true, "Packets dropped, by reason");
	model_for_each(d, m->device, m->n_device)
		for (i = 0; i <= DMVPN_A_DROPS_MAX; i++)
			if (drop_name(i))
				ometric_sample(f, "device_drops", true,
					       (struct label[]){
						{ "interface", d->name },
						{ "reason", drop_name(i) },
						{ 0 } },
					       d->drops[i]);
}

static void put_sessions(FILE *f, const struct model *m)
{
	static const uint32_t states[] = {
		DMVPN_SESSION_STATE_DOWN, DMVPN_SESSION_STATE_ACQUIRING,
		DMVPN_SESSION_STATE_UP, DMVPN_SESSION_STATE_FAILED,
	};
	const struct session *s;
	uint64_t n;
	size_t i;

	ometric_family(f, "sessions", false, "Sessions, by state");
	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		n = 0;
		model_for_each(s, m->session, m->n_session)
			n += s->state == states[i];
		ometric_sample(f, "sessions", false, (struct label[]){
			       { "state", session_state_name(states[i]) },
			       { 0 } }, n);
	}
	ometric_family(f, "security_associations", false, "SAs in the kernel");
	ometric_sample(f, "security_associations", false, NULL, m->n_sa);
}

/* ---- peers ---- */

static int compare_peers(const void *a, const void *b)
{
	const struct peer *p = *(const struct peer *const *)a;
	const struct peer *q = *(const struct peer *const *)b;
	int diff;

	if (p->ifindex != q->ifindex)
		return p->ifindex < q->ifindex ? -1 : 1;
	diff = addr_cmp(&p->remote.addr, &q->remote.addr);
	return diff ? diff : (int)p->remote.port - (int)q->remote.port;
}

struct peer_list ometric_peer_list(const struct model *m)
{
	struct peer_list list = { 0 };
	const struct peer *p;

	model_for_each(p, m->peer, m->n_peer)
		if (model_device(m, p->ifindex))
			*model_add(list.v, list.n) = p;
	if (list.n)
		qsort(list.v, list.n, sizeof(*list.v), compare_peers);
	if (list.n > ometric_peers) {
		list.left_out = list.n - ometric_peers;
		list.n = ometric_peers;
	}
	return list;
}

/**
 * struct peer_metric - a number of a peer
 * @name: of the family
 * @help: of the family
 * @counter: counts up, else a gauge
 * @value: the number; @s is NULL without a session
 */
struct peer_metric {
	const char *name;
	const char *help;
	bool counter;
	uint64_t (*value)(const struct peer *p, const struct session *s);
};

#define PEER_VALUE(what, expression) \
static uint64_t peer_##what(const struct peer *p, const struct session *s) \
{ \
	(void)s; \
	return expression; \
}

PEER_VALUE(up, p->state == DMVPN_SESSION_STATE_UP)
PEER_VALUE(rx_packets, p->rx_packets)
PEER_VALUE(rx_bytes, p->rx_bytes)
PEER_VALUE(tx_packets, p->tx_packets)
PEER_VALUE(tx_bytes, p->tx_bytes)
PEER_VALUE(tx_dropped, p->tx_dropped)
PEER_VALUE(rx_dropped, s && s->handle == p->session ? s->rx_dropped : 0)
PEER_VALUE(mtu, p->mtu)

static const struct peer_metric peer_metrics[] = {
	{ "peer_up", "Packets can be sent to the peer", false, peer_up },
	{ "peer_receive_packets", "Packets received from the peer", true,
	  peer_rx_packets },
	{ "peer_receive_bytes", "Bytes received from the peer", true,
	  peer_rx_bytes },
	{ "peer_transmit_packets", "Packets sent to the peer", true,
	  peer_tx_packets },
	{ "peer_transmit_bytes", "Bytes sent to the peer", true,
	  peer_tx_bytes },
	{ "peer_transmit_drops", "Packets for the peer that were dropped",
	  true, peer_tx_dropped },
	{ "peer_receive_drops", "Packets that its session dropped", true,
	  peer_rx_dropped },
	{ "peer_mtu_bytes", "Largest inner packet", false, peer_mtu },
};

static void put_peer_metric(FILE *f, const struct model *m,
			    const struct peer_list *peers,
			    const struct peer_metric *metric)
{
	char nbma[ADDR_TEXT];
	size_t i;

	ometric_family(f, metric->name, metric->counter, metric->help);
	for (i = 0; i < peers->n; i++)
		ometric_sample(f, metric->name, metric->counter,
			       (struct label[]){
				{ "interface",
				  model_device(m, peers->v[i]->ifindex)->name },
				{ "nbma", nbma_format(&peers->v[i]->remote,
						      nbma) },
				{ 0 } },
			       metric->value(peers->v[i], model_session(m,
						peers->v[i]->session)));
}

/* Overlay address of a peer, "" for none. */
static const char *overlay_of(const struct model *m, const struct peer *p,
			      char buf[static ADDR_TEXT])
{
	const struct nexthop *nh;

	buf[0] = '\0';
	model_for_each_nexthop(nh, m, p)
		if (nh->state == DMVPN_NEXTHOP_STATE_VALID)
			return addr_format(&nh->address, buf);
	return buf;
}

static void put_peer_info(FILE *f, const struct model *m,
			  const struct peer_list *peers)
{
	char nbma[ADDR_TEXT], overlay[ADDR_TEXT];
	const struct device *d;
	const struct peer *p;
	size_t i;

	ometric_family(f, "peer_labels", false,
		       "1, with what else is known of the peer");
	for (i = 0; i < peers->n; i++) {
		p = peers->v[i];
		d = model_device(m, p->ifindex);
		ometric_sample(f, "peer_labels", false, (struct label[]){
			       { "interface", d->name },
			       { "nbma", nbma_format(&p->remote, nbma) },
			       { "overlay", overlay_of(m, p, overlay) },
			       { "group", model_group(m, d, p) },
			       { "policy", p->policy },
			       { 0 } }, 1);
	}
}

static void put_peers(FILE *f, const struct model *m)
{
	struct peer_list peers = ometric_peer_list(m);
	size_t i;

	for (i = 0; i < sizeof(peer_metrics) / sizeof(peer_metrics[0]); i++)
		put_peer_metric(f, m, &peers, &peer_metrics[i]);
	put_peer_info(f, m, &peers);
	ometric_family(f, "peers_left_out", false,
		       "Peers without series of their own: see --peers");
	ometric_sample(f, "peers_left_out", false, NULL, peers.left_out);
	free(peers.v);
}

static void ometric_dmvpn(FILE *f, const struct model *m, bool detail)
{
	(void)detail;
	put_devices(f, m);
	put_drops(f, m);
	put_sessions(f, m);
	put_peers(f, m);
	ometric_nhrp(f, m);
	ometric_end(f);
}

const struct output ometric_output = {
	.dmvpn = ometric_dmvpn,
	.policy_interface = ometric_policy_interface,
	.multipoint = ometric_multipoint,
};
