// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl without a kernel and without nhrpd: the rows of "show dmvpn", what
 * nhrpd answers, and both forms of output of a given model.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "dmvpnctl/names.h"
#include "dmvpnctl/nhrpd.h"
#include "dmvpnctl/output.h"
#include "dmvpnctl/tunnel.h"

#define SECOND 1000

/* ---- a model: the hub R1 with two spokes ---- */

static struct addr address(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(text, &a), 0);
	return a;
}

static void add_spoke(struct model *m, uint32_t n, const char *nbma,
		      const char *overlay, uint32_t session_state)
{
	struct nexthop *nh = model_add(m->nexthop, m->n_nexthop);
	struct session *s = model_add(m->session, m->n_session);
	struct peer *p = model_add(m->peer, m->n_peer);

	s->handle = n;
	s->local.addr = address("1.1.1.1");
	s->remote.addr = address(nbma);
	s->state = session_state;
	s->ike_version = 1;
	s->ike_id = 1000 + n;
	s->ike_lifetime = 86000;
	s->state_ms = 33 * SECOND;
	snprintf(s->profile, sizeof(s->profile), "DMVPN");
	snprintf(s->identity, sizeof(s->identity), "%s", nbma);
	p->ifindex = 5;
	p->remote.addr = s->remote.addr;
	p->session = n;
	p->state = session_state;
	p->flags = DMVPN_PEER_FLAGS_MULTICAST;
	nh->ifindex = 5;
	nh->address = address(overlay);
	nh->remote = p->remote;
	nh->state = DMVPN_NEXTHOP_STATE_VALID;
	nh->kind = DMVPN_NEXTHOP_KIND_REGISTERED;
}

static void add_sas(struct model *m, uint32_t n)
{
	struct session *s = &m->session[n - 1];
	uint32_t dir;
	struct sa *sa;

	for (dir = DMVPN_SA_DIR_IN; dir <= DMVPN_SA_DIR_OUT; dir++) {
		sa = model_add(m->sa, m->n_sa);
		sa->spi = 0xd0000000 + 16 * n + dir;
		sa->dir = dir;
		sa->session = n;
		sa->local = s->local;
		sa->remote = s->remote;
		sa->replay_window = 1024;
		sa->icv_len = 12;
		sa->hard_seconds = 300;
		sa->age_ms = 40 * SECOND;
		sa->idle_ms = NEVER;
		snprintf(sa->cipher, sizeof(sa->cipher), "cbc(aes)");
		snprintf(sa->auth, sizeof(sa->auth), "hmac(sha1)");
	}
	s->in_spi = 0xd0000000 + 16 * n;
	s->out_spi = s->in_spi + 1;
	s->rx_packets = 104;
	s->tx_packets = 105;
	s->rx_dropped = 2;
}

static struct model hub(void)
{
	struct model m = { 0 };
	struct device *d = model_add(m.device, m.n_device);

	d->ifindex = 5;
	snprintf(d->name, sizeof(d->name), "dmvpn0");
	d->local = address("1.1.1.1");
	d->address = address("192.168.1.1");
	d->address_len = 24;
	snprintf(d->profile, sizeof(d->profile), "DMVPN");
	d->has_key = true;
	d->key = 1;
	d->mtu = 1400;
	d->up = true;
	d->running = true;
	d->peers = 2;
	d->drops[DMVPN_A_DROPS_RX_CLEAR] = 7;
	add_spoke(&m, 1, "6.6.6.6", "192.168.1.6", DMVPN_SESSION_STATE_UP);
	add_spoke(&m, 2, "7.7.7.7", "192.168.1.7", DMVPN_SESSION_STATE_FAILED);
	snprintf(m.session[1].reason, sizeof(m.session[1].reason),
		 "no answer from 7.7.7.7");
	add_sas(&m, 1);
	return m;
}

/* ---- output into memory ---- */

static char *text;
static size_t text_len;

static FILE *begin(void)
{
	free(text);
	text = NULL;
	return open_memstream(&text, &text_len);
}

static void says(const char *what)
{
	if (!strstr(text, what))
		print_error("no \"%s\" in:\n%s\n", what, text);
	assert_non_null(strstr(text, what));
}

static void silent_on(const char *what)
{
	assert_null(strstr(text, what));
}

static void show(void (*print)(FILE *f, const struct model *m),
		 const struct model *m)
{
	FILE *f = begin();

	print(f, m);
	fclose(f);
}

static void show_detail(void (*print)(FILE *f, const struct model *m,
				      bool detail),
			const struct model *m, bool detail)
{
	FILE *f = begin();

	print(f, m, detail);
	fclose(f);
}

static void show_dmvpn(const struct output *out, const struct model *m,
		       bool detail)
{
	FILE *f = begin();

	out->dmvpn(f, m, detail);
	fclose(f);
}

static void test_dmvpn_text(void **state)
{
	struct model m = hub();

	(void)state;
	show_dmvpn(&text_output, &m, false);
	says("\n    1 6.6.6.6             192.168.1.6    UP 00:00:33     D\n");
	says("\n    1 7.7.7.7             192.168.1.7   IKE 00:00:33     D\n");
	says("      Session failed: no answer from 7.7.7.7\n");
	says("Type:Hub, NHRP Peers:2,\n");
	silent_on("Target Network");
	show_dmvpn(&text_output, &m, true);
	says("Interface dmvpn0 is up/up, Addr. is 192.168.1.1\n");
	says("Tunnel Src./Dest. addr: 1.1.1.1/MGRE\n");
	says("Protocol/Transport: \"multi-GRE/IP\", Protect \"DMVPN\"\n");
	says("UP 00:00:33     D    192.168.1.6/32\n");
	says("Crypto Session Status: UP-ACTIVE\n");
	model_free(&m);
}

static void test_long_address(void **state)
{
	struct model m = hub();

	(void)state;
	m.peer[0].remote.addr = address("2001:db8::1234:5678");
	m.nexthop[0].remote = m.peer[0].remote;
	show_dmvpn(&text_output, &m, false);
	says("    1 2001:db8::1234:5678\n"
	     "                          192.168.1.6    UP 00:00:33     D\n");
	model_free(&m);
}

static void test_session_text(void **state)
{
	struct model m = hub();

	(void)state;
	show_detail(text_output.session, &m, true);
	says("IKEv1 SA: local 1.1.1.1/500 remote 6.6.6.6/500 Active\n");
	says("Capabilities:(none) connid:1001 lifetime:23:53:20\n");
	says("Session status: UP-ACTIVE\nPeer: 6.6.6.6 port 500\n"
	     "      Phase1_id: 6.6.6.6\n");
	says("IPSEC FLOW: permit 47 host 1.1.1.1 host 6.6.6.6\n");
	says("Active SAs: 2, origin: tunnel protection\n");
	says("#pkts dec'ed 104 drop 2 life (KB/Sec) "
	     "KB Vol Rekey Disabled/260\n");
	says("#pkts enc'ed 105 drop 0 life (KB/Sec) "
	     "KB Vol Rekey Disabled/260\n");
	says("Outbound SPI : 0xd0000011, transform : esp-aes esp-sha-hmac\n");
	says("Socket State: Open\n");
	says("Session status: DOWN\nPeer: 7.7.7.7 port 500\n");
	says("  Reason: no answer from 7.7.7.7\n");
	show_detail(text_output.session, &m, false);
	says("Active SAs: 2, ");
	says("  Reason: no answer from 7.7.7.7\n");
	silent_on("#pkts");
	model_free(&m);
}

static void test_sa_text(void **state)
{
	struct model m = hub();

	(void)state;
	m.sa[1].hard_bytes = 4096;
	m.sa[1].bytes = 1024;
	show(text_output.sa, &m);
	says("local  ident (addr/mask/prot/port): "
	     "(1.1.1.1/255.255.255.255/47/0)\n");
	says("inbound esp sas:\n      spi: 0xd0000010(");
	says("outbound esp sas:\n      spi: 0xd0000011(");
	says("(k/sec): (3/260)\n");
	says("IV size: 16 bytes\n");
	says("replay detection support: Y\n"
	     "        replay window: 1024, sequence 0\n");
	show(text_output.isakmp, &m);
	says("\n1.1.1.1         6.6.6.6         "
	     "QM_IDLE           1001 ACTIVE\n");
	says("\n1.1.1.1         7.7.7.7         "
	     "MM_NO_STATE       1002 INACTIVE\n");
	model_free(&m);
}

static void test_interface_text(void **state)
{
	struct model m = hub();

	(void)state;
	show(text_output.interface, &m);
	says("dmvpn0 is up, line protocol is up\n");
	says("Internet address is 192.168.1.1/24\n");
	says("Drops: rx-clear 7\n");
	m.device[0].drops[DMVPN_A_DROPS_RX_CLEAR] = 0;
	show(text_output.interface, &m);
	says("Drops: none\n");
	model_free(&m);
}

/* ---- rows ---- */

static void test_rows_without_peer(void **state)
{
	struct model m = hub();
	struct nexthop *nh = model_add(m.nexthop, m.n_nexthop);
	struct tunnels ts;

	(void)state;
	nh->ifindex = 5;
	nh->address = address("192.168.1.9");
	nh->state = DMVPN_NEXTHOP_STATE_INCOMPLETE;
	ts = tunnels_of(&m, &m.device[0]);
	assert_int_equal(ts.n, 3);
	assert_null(ts.v[2].peer);
	assert_string_equal(ts.v[2].state, "NHRP");
	assert_string_equal(ts.v[2].attributes, "I");
	assert_true(ts.v[2].since_ms == NEVER);
	free(ts.v);
	model_free(&m);
}

static void test_rows_of_a_prefix(void **state)
{
	struct model m = hub();
	struct shortcut *s = model_add(m.shortcut, m.n_shortcut);
	struct tunnels ts;
	char buf[ADDR_TEXT];

	(void)state;
	snprintf(s->interface, sizeof(s->interface), "dmvpn0");
	assert_int_equal(prefix_parse("172.16.6.0/24", &s->prefix), 0);
	s->via = address("192.168.1.6");
	s->route = true;
	ts = tunnels_of(&m, &m.device[0]);
	assert_int_equal(ts.n, 3);
	assert_int_equal(ts.v[0].entries, 2);
	assert_int_equal(ts.v[1].entries, 2);
	assert_int_equal(ts.v[2].entries, 1);
	assert_string_equal(ts.v[1].attributes, "DT1");
	assert_string_equal(prefix_format(&ts.v[1].target, buf),
			    "172.16.6.0/24");
	free(ts.v);
	s->override = true;
	ts = tunnels_of(&m, &m.device[0]);
	assert_string_equal(ts.v[1].attributes, "DT2");
	free(ts.v);
	show_detail(text_output.nhrp, &m, true);
	says("   Type: dynamic, Flags: router rib nho\n");
	model_free(&m);
}

static void test_rows_of_a_server(void **state)
{
	struct model m = hub();
	struct nhs *nhs = model_add(m.nhs, m.n_nhs);
	struct tunnels ts;

	(void)state;
	m.nexthop[0].kind = DMVPN_NEXTHOP_KIND_NHS;
	snprintf(nhs->interface, sizeof(nhs->interface), "dmvpn0");
	nhs->address = address("192.168.1.6");
	snprintf(nhs->state, sizeof(nhs->state), "probe");
	ts = tunnels_of(&m, &m.device[0]);
	assert_string_equal(ts.v[0].state, "NHRP");
	assert_string_equal(ts.v[0].attributes, "S");
	free(ts.v);
	snprintf(nhs->state, sizeof(nhs->state), "up");
	ts = tunnels_of(&m, &m.device[0]);
	assert_string_equal(ts.v[0].state, "UP");
	free(ts.v);
	model_free(&m);
}

/* Both families of a device, and what is registered with a server. */
static void test_two_families(void **state)
{
	struct model m = hub();
	struct nhs *nhs = model_add(m.nhs, m.n_nhs);

	(void)state;
	snprintf(nhs->interface, sizeof(nhs->interface), "dmvpn0");
	nhs->own = address("2001:db8::6");
	m.device[0].address6 = address("2001:db8::1");
	m.device[0].address6_len = 64;
	m.device[0].local6 = address("fd09::1");
	show_dmvpn(&text_output, &m, false);
	says("IPv4 and IPv6 NHRP Details\n");
	show_dmvpn(&text_output, &m, true);
	says("Addr. is 192.168.1.1, 2001:db8::1\n");
	says("Tunnel Src./Dest. addr: 1.1.1.1, fd09::1/MGRE\n");
	says("    Registers: 2001:db8::6\n");
	show(text_output.interface, &m);
	says("  IPv6 address is 2001:db8::1/64\n");
	show_dmvpn(&json_output, &m, true);
	says("\"address6\": \"2001:db8::1/64\"");
	says("\"local6\": \"fd09::1\"");
	model_free(&m);
}

/* ---- nhrpd ---- */

static void take(struct model *m, const char *line)
{
	json_t *o = json_loads(line, 0, NULL);

	assert_non_null(o);
	nhrp_take(m, o);
	json_decref(o);
}

static void test_nhrpd_answers(void **state)
{
	struct model m = { 0 };

	(void)state;
	take(&m, "{\"type\":\"binding\",\"interface\":\"dmvpn0\","
		 "\"address\":\"192.168.1.6\",\"nbma\":\"6.6.6.6\","
		 "\"nbma-port\":4501,\"claimed\":\"10.0.0.2\","
		 "\"kind\":\"registered\",\"flags\":[\"unique\",\"nat\"],"
		 "\"state\":\"up\",\"multicast\":true,\"installed\":true,"
		 "\"age\":100,\"expires\":null}");
	take(&m, "{\"type\":\"interface\",\"interface\":\"dmvpn0\","
		 "\"up\":true,\"waiting\":2,\"refused\":5,"
		 "\"refusal\":\"registration of 192.168.1.9 from 6.6.6.6"
		 " refused: no (code 4)\","
		 "\"sent\":{\"registration-request\":3}}");
	take(&m, "{\"type\":\"weather\"}");
	take(&m, "[]");
	assert_int_equal(m.n_binding, 1);
	assert_int_equal(m.n_nhrp_if, 1);
	assert_int_equal(m.binding[0].flags, DMVPN_NEXTHOP_FLAGS_UNIQUE |
					     DMVPN_NEXTHOP_FLAGS_NAT);
	assert_true(m.binding[0].expires_ms == NEVER);
	assert_int_equal(m.nhrp_if[0].sent.n, 1);
	assert_int_equal(m.nhrp_if[0].sent.v[0].value, 3);
	show_detail(text_output.nhrp, &m, true);
	says("192.168.1.6/32 via 192.168.1.6\n"
	     "   dmvpn0 created 00:01:40, never expire\n"
	     "   Type: dynamic, Flags: registered unique nat nhop\n"
	     "   NBMA address: 6.6.6.6\n"
	     "   NBMA port: 4501\n"
	     "   Preference: 0\n"
	     "    (Claimed NBMA address: 10.0.0.2)\n"
	     "   Session: up, multicast\n");
	snprintf(model_add(m.device, m.n_device)->name, IF_NAMESIZE, "dmvpn0");
	show(text_output.interface, &m);
	says("    2 registrations wait for the authorizer\n"
	     "    5 s ago: registration of 192.168.1.9 from 6.6.6.6 refused:"
	     " no (code 4)\n");
	model_free(&m);
}

static void test_traffic(void **state)
{
	struct model m = { 0 };
	json_t *v;

	(void)state;
	take(&m, "{\"type\":\"interface\",\"interface\":\"dmvpn0\","
		 "\"sent\":{\"purge-reply\":2},"
		 "\"received\":{\"unknown\":1,\"purge-reply\":3},"
		 "\"forwarded\":{\"purge-reply\":4},"
		 "\"dropped\":{\"source\":5,\"rate\":0}}");
	take(&m, "{\"type\":\"interface\",\"interface\":\"dmvpn1\"}");
	show_detail(text_output.traffic, &m, true);
	says("dmvpn0: Max-send limit:0Pkts/0Sec, Usage:0%\n"
	     "   Sent: Total 2\n"
	     "        0 Resolution Request  0 Resolution Reply"
	     "  0 Registration Request\n"
	     "        0 Registration Reply  0 Purge Request"
	     "  2 Purge Reply\n");
	says("   Rcvd: Total 4\n");
	says("  3 Purge Reply\n");
	says("   Fwd: Total 4\n");
	says("   Of no known type: 1\n"
	     "   Dropped: Total 5\n        5 source\n");
	silent_on("rate");
	says("dmvpn1: Max-send");
	show_detail(json_output.traffic, &m, false);
	v = json_loadb(text, text_len, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(v, "interfaces")), 2);
	assert_string_equal(json_string_value(json_object_get(
		json_array_get(json_object_get(v, "interfaces"), 1),
		"interface")), "dmvpn1");
	json_decref(v);
	model_keep_device(&m, "dmvpn1");
	assert_int_equal(m.n_nhrp_if, 1);
	model_free(&m);
}

/*
 * What the other end of a connection answers, and what is made of it. -1 with
 * a word on stderr is the answer of an exchange that failed.
 */
static json_int_t exchange(const char *answers, struct model *m)
{
	struct client c = CLIENT_CLOSED;
	json_int_t number;
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	c.fd = fd[0];
	assert_int_equal(write(fd[1], answers, strlen(answers)),
			 strlen(answers));
	shutdown(fd[1], SHUT_WR);
	number = nhrp_exchange(&c, json_pack("{ss}", "command", "show"), m);
	client_close(&c);
	close(fd[1]);
	return number;
}

static void test_nhrpd_exchange(void **state)
{
	struct model m = { 0 };

	(void)state;
	/* A server's last error is not that of the request. */
	assert_int_equal(exchange("{\"type\":\"nhs\",\"error\":\"\"}\n"
				  "{\"type\":\"binding\"}\n{\"done\":5}\n",
				  &m), 5);
	assert_int_equal(m.n_nhs, 1);
	assert_int_equal(m.n_binding, 1);
	model_free(&m);
	assert_int_equal(exchange("{\"error\":\"no such command\"}\n", NULL),
			 -1);
	assert_int_equal(exchange("{\"type\":\"nhs\"}\n{\"do", &m), -1);
	model_free(&m);
	assert_int_equal(exchange("", NULL), -1);
}

static void test_nhrpd_servers(void **state)
{
	struct model m = { 0 };

	(void)state;
	take(&m, "{\"type\":\"interface\",\"interface\":\"dmvpn0\"}");
	take(&m, "{\"type\":\"nhs\",\"interface\":\"dmvpn0\","
		 "\"address\":\"192.168.1.1\",\"nbma\":\"1.1.1.1\","
		 "\"name\":\"hub.example.net\",\"priority\":1,\"cluster\":2,\"in-use\":false,"
		 "\"fallback\":20,\"dynamic\":true,\"state\":\"up\","
		 "\"since\":10,\"next\":3,\"requests\":7,\"replies\":6,"
		 "\"refused\":1}");
	take(&m, "{\"type\":\"nhs\",\"interface\":\"dmvpn0\","
		 "\"address\":\"192.168.1.2\",\"state\":\"probe\","
		 "\"fallback\":null,\"error\":\"no answer\"}");
	take(&m, "{\"type\":\"nhs\",\"interface\":\"dmvpn0\","
		 "\"address\":\"192.168.1.3\",\"state\":\"down\","
		 "\"fallback\":null}");
	assert_int_equal(m.n_nhs, 3);
	assert_int_equal(m.nhs[0].priority, 1);
	assert_int_equal(m.nhs[0].cluster, 2);
	assert_true(m.nhs[0].fallback_ms == 20000);
	show_detail(text_output.nhs, &m, true);
	says("dmvpn0:\n"
	     "192.168.1.1  RED  NBMA Address: 1.1.1.1  priority = 1  "
	     "cluster = 2  req-sent 7  req-failed 1  repl-recv 6\n"
	     "    State: up for 00:00:10\n"
	     "    By its name: hub.example.net\n"
	     "    Well again, returned to in 00:00:20\n");
	says("192.168.1.2  E  priority = 0  cluster = 0  req-sent 0");
	says("    Last error: no answer\n");
	says("192.168.1.3  W  priority");
	show_detail(text_output.nhs, &m, false);
	silent_on("req-sent");
	show_detail(json_output.nhrp, &m, false);
	says("\"fallback-ms\": 20000");
	says("\"cluster\": 2");
	model_free(&m);
}

static void test_narrowing(void **state)
{
	struct model m = hub();
	struct prefix p;

	(void)state;
	assert_int_equal(prefix_parse("7.7.7.7", &p), 0);
	model_keep_session(&m, &p);
	assert_int_equal(m.n_session, 1);
	assert_int_equal(m.session[0].handle, 2);
	assert_int_equal(m.n_sa, 0);
	model_keep_device(&m, "dmvpn1");
	assert_int_equal(m.n_device, 0);
	model_free(&m);
}

/* A session is found by the tunnel address, too. */
static void test_narrowing_by_overlay(void **state)
{
	struct model m = hub();
	struct prefix p;

	(void)state;
	assert_int_equal(prefix_parse("192.168.1.6", &p), 0);
	model_keep_session(&m, &p);
	assert_int_equal(m.n_session, 1);
	assert_int_equal(m.session[0].handle, 1);
	assert_int_equal(m.n_sa, 2);
	assert_int_equal(prefix_parse("192.168.1.9", &p), 0);
	model_keep_session(&m, &p);
	assert_int_equal(m.n_session, 0);
	assert_int_equal(m.n_sa, 0);
	model_free(&m);
}

/* ---- JSON ---- */

static json_t *parsed(void)
{
	json_t *value = json_loadb(text, text_len, JSON_DECODE_ANY, NULL);

	if (!value)
		print_error("no JSON:\n%s\n", text);
	assert_non_null(value);
	return value;
}

static const char *member(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

/* The first one of a document's list. */
static json_t *first(const json_t *document, const char *list)
{
	assert_int_equal(json_integer_value(json_object_get(document,
							    "version")), 1);
	return json_array_get(json_object_get(document, list), 0);
}

static void test_json(void **state)
{
	struct model m = hub();
	json_t *v, *row;

	(void)state;
	show_dmvpn(&json_output, &m, true);
	v = parsed();
	row = json_array_get(json_object_get(first(v, "interfaces"),
					     "tunnels"), 1);
	assert_string_equal(member(row, "state"), "IKE");
	assert_string_equal(member(row, "target"), "192.168.1.7/32");
	assert_string_equal(member(json_object_get(row, "session"), "reason"),
			    "no answer from 7.7.7.7");
	json_decref(v);
	show(json_output.sa, &m);
	v = parsed();
	row = json_object_get(first(v, "sessions"), "sas");
	assert_string_equal(member(json_array_get(row, 1), "spi"),
			    "0xd0000011");
	assert_true(json_is_null(json_object_get(json_array_get(row, 1),
						 "idle-ms")));
	json_decref(v);
	show_detail(json_output.nhrp, &m, false);
	json_decref(parsed());
	take(&m, "{\"type\":\"interface\",\"interface\":\"dmvpn0\","
		 "\"waiting\":2,\"refusal\":\"no\",\"refused\":5}");
	show(json_output.interface, &m);
	v = parsed();
	row = json_object_get(first(v, "interfaces"), "nhrp");
	assert_int_equal(json_integer_value(json_object_get(row, "waiting")),
			 2);
	assert_string_equal(member(row, "refusal"), "no");
	assert_int_equal(json_integer_value(json_object_get(row,
							    "refused-ms")),
			 5000);
	row = json_object_get(first(v, "interfaces"), "drops");
	assert_int_equal(json_integer_value(json_object_get(row, "rx-clear")),
			 7);
	json_decref(v);
	model_free(&m);
}

/* ---- events ---- */

/* Every notification has a name and a line, and one JSON object. */
static void test_events(void **state)
{
	struct timespec at = { .tv_sec = 0, .tv_nsec = 5000000 };
	struct kernel_event e = { 0 };
	unsigned int named = 0;
	json_t *v;
	FILE *f;

	(void)state;
	e.session.local.addr = address("1.1.1.1");
	e.session.remote.addr = address("6.6.6.6");
	for (e.cmd = DMVPN_CMD_FRAME_NTF + 1; e.cmd <= DMVPN_CMD_MAX; e.cmd++) {
		if (!event_name(e.cmd))
			continue;
		named++;
		f = begin();
		text_output.kernel_event(f, &at, &e);
		fclose(f);
		says(event_name(e.cmd));
		assert_ptr_equal(strchr(text, '\n'), text + text_len - 1);
		f = begin();
		json_output.kernel_event(f, &at, &e);
		fclose(f);
		v = parsed();
		assert_string_equal(member(v, "event"), event_name(e.cmd));
		assert_string_equal(member(v, "time"),
				    "1970-01-01T00:00:00.005Z");
		json_decref(v);
	}
	assert_int_equal(named, 15);
	assert_null(event_name(DMVPN_CMD_FRAME_NTF));
}

static void test_event_text(void **state)
{
	struct timespec at = { 0 };
	struct kernel_event e = { .cmd = DMVPN_CMD_SESSION_NTF };
	FILE *f = begin();

	(void)state;
	e.session.local.addr = address("1.1.1.1");
	e.session.remote = (struct nbma){ address("6.6.6.6"), 4501 };
	e.session.state = DMVPN_SESSION_STATE_FAILED;
	snprintf(e.session.reason, sizeof(e.session.reason), "no answer");
	text_output.kernel_event(f, &at, &e);
	fclose(f);
	says(".000 session 1.1.1.1 -> 6.6.6.6:4501 failed: no answer\n");
}

static void test_names(void **state)
{
	char buf[TIME_TEXT];
	unsigned int i;

	(void)state;
	assert_string_equal(time_format(100 * SECOND, buf), "00:01:40");
	assert_string_equal(time_format(UINT64_C(51) * 3600 * SECOND, buf),
			    "2d03h");
	assert_string_equal(time_format(UINT64_C(36) * 86400 * SECOND, buf),
			    "5w1d");
	assert_string_equal(time_format(NEVER, buf), "never");
	for (i = DMVPN_A_DROPS_PAD + 1; i <= DMVPN_A_DROPS_MAX; i++)
		assert_non_null(drop_name(i));
	assert_string_equal(session_state_name(99), "unknown");
}

static int forget(void **state)
{
	(void)state;
	free(text);
	text = NULL;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dmvpn_text),
		cmocka_unit_test(test_long_address),
		cmocka_unit_test(test_session_text),
		cmocka_unit_test(test_sa_text),
		cmocka_unit_test(test_interface_text),
		cmocka_unit_test(test_rows_without_peer),
		cmocka_unit_test(test_rows_of_a_prefix),
		cmocka_unit_test(test_rows_of_a_server),
		cmocka_unit_test(test_two_families),
		cmocka_unit_test(test_nhrpd_answers),
		cmocka_unit_test(test_traffic),
		cmocka_unit_test(test_nhrpd_exchange),
		cmocka_unit_test(test_nhrpd_servers),
		cmocka_unit_test(test_narrowing),
		cmocka_unit_test(test_narrowing_by_overlay),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_event_text),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
