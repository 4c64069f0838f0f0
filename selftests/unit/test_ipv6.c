// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IPv6 in the overlay and in the underlay, beside IPv4 and alone: a hub R1 and
 * spokes R6 and R7 in virtual time.
 */
#include <stdlib.h>

#include "nhrpd/ext.h"
#include "unit.h"

#define SECOND 1000u
#define HUB6 "2001:db8:1::1"

static struct fake_net net;
static struct fake_kernel r1, r6, r7;

static void hub(const char *nbma)
{
	struct conf conf;

	fake_init(&r1, &net, "R1", nbma, "192.168.1.1/24", true);
	fake_proto(&r1, HUB6 "/64");
	fake_proto(&r1, "fe80::1/64");
	fake_route(&r1, "2001:db8:6::/64", "2001:db8:1::6", FAKE_DMVPN);
	fake_route(&r1, "2001:db8:7::/64", "fe80::7", FAKE_DMVPN);
	unit_hub(&conf);
	unit_start(&r1, &conf);
}

static void server(struct conf *conf, const char *proto, const char *nbma)
{
	struct conf_nhs *nhs = conf_add_nhs(&conf->iface[0]);

	assert_non_null(nhs);
	if (proto)
		nhs->proto = fake_addr(proto);
	nhs->nbma = fake_addr(nbma);
	nhs->multicast = true;
}

/* Not started yet. */
static void make_r6(const char *nbma)
{
	fake_init(&r6, &net, "R6", nbma, "192.168.1.6/24", true);
	fake_proto(&r6, "2001:db8:1::6/64");
	fake_proto(&r6, "fe80::6/64");
	fake_address(&r6, "2001:db8:6::1/64", FAKE_LAN);
	fake_route(&r6, "2001:db8::/32", HUB6, FAKE_DMVPN);
}

static void make_r7(const char *nbma)
{
	fake_init(&r7, &net, "R7", nbma, "192.168.1.7/24", true);
	fake_proto(&r7, "2001:db8:1::7/64");
	fake_proto(&r7, "fe80::7/64");
	fake_address(&r7, "2001:db8:7::1/64", FAKE_LAN);
	fake_route(&r7, "2001:db8::/32", "fe80::1", FAKE_DMVPN);
}

static void join(struct fake_kernel *k, const char *nbma)
{
	struct conf conf;

	unit_conf(&conf);
	server(&conf, NULL, nbma);
	unit_start(k, &conf);
}

static int setup(void **s)
{
	(void)s;
	fake_net_init(&net);
	hub("1.1.1.1");
	make_r6("6.6.6.6");
	join(&r6, "1.1.1.1");
	make_r7("7.7.7.7");
	join(&r7, "1.1.1.1");
	fake_net_run(&net, 2 * SECOND);
	return 0;
}

static int teardown(void **s)
{
	(void)s;
	fake_free(&r1);
	fake_free(&r6);
	fake_free(&r7);
	return 0;
}

#define assert_way(k, src, dst, way) \
	assert_string_equal(fake_packet(k, src, dst), way)

/**
 * struct states - of registrations
 * @n: their number
 * @n_up: those that are up
 */
struct states {
	unsigned int n;
	unsigned int n_up;
};

static void count_nhs(void *arg, const struct nhrp_nhs_view *v)
{
	struct states *states = arg;

	states->n++;
	states->n_up += v->state == NHRP_NHS_UP;
}

static void assert_registrations(const struct fake_kernel *k, unsigned int n,
				 unsigned int n_up)
{
	struct states states = { 0 };

	nhrp_walk_nhs(k->nhrp, net.now, count_nhs, &states);
	assert_int_equal(states.n, n);
	assert_int_equal(states.n_up, n_up);
}

/* ---- registration ---- */

static void registers(void **s)
{
	(void)s;
	assert_leads(&r1, "192.168.1.6", "6.6.6.6");
	assert_leads(&r1, "2001:db8:1::6", "6.6.6.6");
	assert_leads(&r1, "fe80::6", "6.6.6.6");
	assert_string_equal(unit_kind(&r1, "fe80::6"), "registered");
	assert_registrations(&r6, 3, 3);
	/* Whom it registered with, by all its addresses. */
	assert_leads(&r6, "192.168.1.1", "1.1.1.1");
	assert_leads(&r6, HUB6, "1.1.1.1");
	assert_leads(&r6, "fe80::1", "1.1.1.1");
	assert_way(&r6, "2001:db8:6::1", "2001:db8:7::1", "R6 R1 R7");
}

static void stays_registered(void **s)
{
	(void)s;
	fake_net_run(&net, 20 * HOLD * SECOND);
	assert_true(unit_left(&r1, "2001:db8:1::6") >= 2 * HOLD / 3 - 1);
	assert_true(unit_left(&r1, "fe80::6") >= 2 * HOLD / 3 - 1);
	assert_registrations(&r6, 3, 3);
}

/* A server that is written down is told of its own family. */
static void server_of_each_family(void **s)
{
	struct conf conf;

	(void)s;
	fake_net_init(&net);
	hub("1.1.1.1");
	make_r6("6.6.6.6");
	unit_conf(&conf);
	server(&conf, "192.168.1.1", "1.1.1.1");
	unit_start(&r6, &conf);
	fake_net_run(&net, 2 * SECOND);
	assert_registrations(&r6, 1, 1);
	assert_leads(&r1, "192.168.1.6", "6.6.6.6");
	assert_leads(&r1, "2001:db8:1::6", "-");
	unit_conf(&conf);
	server(&conf, "192.168.1.1", "1.1.1.1");
	server(&conf, HUB6, "1.1.1.1");
	assert_int_equal(nhrp_configure(r6.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	fake_net_run(&net, SECOND);
	assert_registrations(&r6, 3, 3);
	assert_leads(&r1, "2001:db8:1::6", "6.6.6.6");
	assert_leads(&r1, "fe80::6", "6.6.6.6");
	/* And without it, of it no more. */
	unit_conf(&conf);
	server(&conf, "192.168.1.1", "1.1.1.1");
	assert_int_equal(nhrp_configure(r6.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	fake_net_run(&net, SECOND);
	assert_registrations(&r6, 1, 1);
	assert_leads(&r1, "192.168.1.6", "6.6.6.6");
	assert_leads(&r1, "2001:db8:1::6", "-");
	assert_leads(&r1, "fe80::6", "-");
	fake_free(&r1);
	fake_free(&r6);
}

static void take_request(struct nhrp_msg *msg, const char *nbma,
			 const char *proto)
{
	struct addr own = fake_addr(proto);

	unit_take(&r6, nbma, NHRP_REGISTRATION_REQUEST, msg);
	assert_true(addr_equal(&msg->src_proto, &own));
	assert_int_equal(msg->n_cie, 1);
	assert_int_equal(msg->cie[0].prefix_len, addr_bits(&own));
}

static void answer(const struct nhrp_msg *request, const char *nbma,
		   const char *proto, unsigned int code)
{
	struct nhrp_msg msg = *request;

	msg.type = NHRP_REGISTRATION_REPLY;
	msg.dst_proto = fake_addr(proto);
	msg.cie[0].code = (uint8_t)code;
	unit_deliver(&r6, nbma, &msg);
}

static void alone(const char *nbma)
{
	fake_net_init(&net);
	net.phantoms = true;
	make_r6(nbma);
}

static void on_the_wire(void **s)
{
	struct nhrp_cie cie[2];
	struct nhrp_msg msg;

	(void)s;
	alone("6.6.6.6");
	join(&r6, "1.1.1.1");
	fake_net_run(&net, 200);
	take_request(&msg, "1.1.1.1", "192.168.1.6");
	assert_int_equal(msg.protocol, NHRP_PROTOCOL_IPV4);
	/* One after the other: who refuses the first is not asked more. */
	unit_silent(&r6);
	answer(&msg, "1.1.1.1", "192.168.1.1", 0);
	take_request(&msg, "1.1.1.1", "2001:db8:1::6");
	assert_int_equal(msg.protocol, NHRP_PROTOCOL_IPV6);
	assert_int_equal(msg.afn, NHRP_AFN_IPV4);
	assert_true(addr_equal(&msg.src_nbma, &r6.dev.nbma));
	/* The server's is not known yet. */
	assert_true(addr_equal(&msg.dst_proto, &r6.dev.proto6));
	assert_int_equal(ext_cies(&msg, ext_find(&msg, NHRP_EXT_NAT), cie, 2),
			 1);
	assert_true(addr_is_any(&cie[0].proto));
	answer(&msg, "1.1.1.1", HUB6, 0);
	assert_leads(&r6, HUB6, "1.1.1.1");
	take_request(&msg, "1.1.1.1", "fe80::6");
	answer(&msg, "1.1.1.1", "fe80::1", 0);
	assert_leads(&r6, "fe80::1", "1.1.1.1");
	assert_registrations(&r6, 3, 3);
	fake_free(&r6);
}

/* Errors and refusals of one address leave the others alone. */
static void refused(void **s)
{
	struct nhrp_msg msg, bad;

	(void)s;
	alone("6.6.6.6");
	join(&r6, "1.1.1.1");
	fake_net_run(&net, 200);
	take_request(&msg, "1.1.1.1", "192.168.1.6");
	answer(&msg, "1.1.1.1", "192.168.1.1", 0);
	take_request(&msg, "1.1.1.1", "2001:db8:1::6");
	bad = msg;
	bad.src_proto = fake_addr("2001:db8:1::66");
	answer(&bad, "1.1.1.1", HUB6, 0);
	assert_int_equal(unit_dropped(&r6, NHRP_DROP_SOURCE), 1);
	answer(&msg, "7.7.7.7", HUB6, 0);
	assert_int_equal(unit_dropped(&r6, NHRP_DROP_SOURCE), 2);
	answer(&msg, "1.1.1.1", HUB6, NHRP_CODE_PROHIBITED);
	assert_true(fake_said(&r6, "NHS 192.168.1.1 (1.1.1.1) refused to"
			      " register 2001:db8:1::6"));
	take_request(&msg, "1.1.1.1", "fe80::6");
	answer(&msg, "1.1.1.1", "fe80::1", 0);
	assert_registrations(&r6, 3, 2);
	/* Once a minute; the log says it once. */
	fake_forget(&r6);
	fake_net_run(&net, 59 * SECOND);
	unit_silent(&r6);
	fake_net_run(&net, SECOND);
	take_request(&msg, "1.1.1.1", "2001:db8:1::6");
	answer(&msg, "1.1.1.1", HUB6, 0);
	assert_registrations(&r6, 3, 3);
	fake_free(&r6);
}

/* A server that does not know IPv6 is not asked for ever. */
static void unanswered(void **s)
{
	struct nhrp_msg msg;

	(void)s;
	alone("6.6.6.6");
	join(&r6, "1.1.1.1");
	fake_net_run(&net, 200);
	take_request(&msg, "1.1.1.1", "192.168.1.6");
	answer(&msg, "1.1.1.1", "192.168.1.1", 0);
	fake_net_run(&net, 70 * SECOND);
	unit_flush(&r6);
	fake_net_run(&net, 15 * SECOND);
	unit_silent(&r6);
	assert_registrations(&r6, 3, 1);
	fake_free(&r6);
}

static void no_ipv6_at_the_server(void **s)
{
	struct nhrp_msg msg;
	struct conf conf;

	(void)s;
	fake_net_init(&net);
	fake_init(&r1, &net, "R1", "1.1.1.1", "192.168.1.1/24", true);
	unit_hub(&conf);
	unit_start(&r1, &conf);
	make_r6("6.6.6.6");
	join(&r6, "1.1.1.1");
	fake_net_run(&net, 2 * SECOND);
	assert_registrations(&r6, 3, 1);
	assert_leads(&r1, "192.168.1.6", "6.6.6.6");
	assert_leads(&r1, "fe80::6", "-");
	assert_true(fake_said(&r6, "refused to register 2001:db8:1::6"));
	/* There is nothing it could answer to the rest. */
	unit_msg(&msg, NHRP_RESOLUTION_REQUEST, "6.6.6.6", "2001:db8:1::6",
		 "2001:db8:1::7");
	unit_cie(&msg);
	unit_deliver(&r1, "6.6.6.6", &msg);
	assert_int_equal(unit_dropped(&r1, NHRP_DROP_UNSUPPORTED), 1);
	fake_free(&r1);
	fake_free(&r6);
}

/* Without a global address there is no IPv6: the link's is everywhere. */
static void link_local_alone(void **s)
{
	(void)s;
	fake_net_init(&net);
	hub("1.1.1.1");
	fake_init(&r6, &net, "R6", "6.6.6.6", "192.168.1.6/24", true);
	fake_proto(&r6, "fe80::6/64");
	join(&r6, "1.1.1.1");
	fake_net_run(&net, 2 * SECOND);
	assert_registrations(&r6, 1, 1);
	assert_leads(&r1, "fe80::6", "-");
	fake_free(&r1);
	fake_free(&r6);
}

/* FRR names its IPv4 address in replies about IPv6, and length 0 or 255. */
static void lengths(void **s)
{
	static const unsigned int host[] = { 0, 255, 128 };
	struct nhrp_msg msg, reply;
	size_t i;

	(void)s;
	fake_session_state(&r1, "9.9.9.9", DMVPN_SESSION_STATE_UP);
	for (i = 0; i < sizeof(host) / sizeof(host[0]); i++) {
		unit_msg(&msg, NHRP_REGISTRATION_REQUEST, "9.9.9.9",
			 "2001:db8:1::9", HUB6);
		unit_cie(&msg)->prefix_len = (uint8_t)host[i];
		unit_deliver(&r1, "9.9.9.9", &msg);
		unit_take(&r1, "9.9.9.9", NHRP_REGISTRATION_REPLY, &reply);
		assert_int_equal(reply.cie[0].code, NHRP_CODE_OK);
	}
	msg.cie[0].proto = fake_addr("10.0.0.1");
	unit_deliver(&r1, "9.9.9.9", &msg);
	unit_take(&r1, "9.9.9.9", NHRP_REGISTRATION_REPLY, &reply);
	assert_int_equal(reply.cie[0].code, NHRP_CODE_OK);
	msg.cie[0].proto = fake_addr("2001:db8:1::66");
	unit_deliver(&r1, "9.9.9.9", &msg);
	unit_take(&r1, "9.9.9.9", NHRP_REGISTRATION_REPLY, &reply);
	assert_int_equal(reply.cie[0].code, NHRP_CODE_PROHIBITED);
	msg.cie[0].proto = (struct addr){ 0 };
	msg.cie[0].prefix_len = 64;
	unit_deliver(&r1, "9.9.9.9", &msg);
	unit_take(&r1, "9.9.9.9", NHRP_REGISTRATION_REPLY, &reply);
	assert_int_equal(reply.cie[0].code, NHRP_CODE_PROHIBITED);
}

/* Both IPv6 addresses of a client in one registration, as others may do. */
static void two_entries(void **s)
{
	struct nhrp_msg msg, reply;

	(void)s;
	fake_session_state(&r1, "9.9.9.9", DMVPN_SESSION_STATE_UP);
	unit_msg(&msg, NHRP_REGISTRATION_REQUEST, "9.9.9.9", "2001:db8:1::9",
		 HUB6);
	unit_cie(&msg);
	unit_cie(&msg)->proto = fake_addr("fe80::9");
	unit_deliver(&r1, "9.9.9.9", &msg);
	unit_take(&r1, "9.9.9.9", NHRP_REGISTRATION_REPLY, &reply);
	assert_int_equal(reply.n_cie, 2);
	assert_int_equal(reply.cie[0].code, NHRP_CODE_OK);
	assert_int_equal(reply.cie[1].code, NHRP_CODE_OK);
	assert_true(addr_equal(&reply.src_proto, &msg.src_proto));
	assert_leads(&r1, "2001:db8:1::9", "9.9.9.9");
	assert_leads(&r1, "fe80::9", "9.9.9.9");
	/* Not that of another. */
	msg.cie[1].proto = fake_addr("fe80::6");
	unit_deliver(&r1, "9.9.9.9", &msg);
	unit_take(&r1, "9.9.9.9", NHRP_REGISTRATION_REPLY, &reply);
	assert_int_equal(reply.cie[0].code, NHRP_CODE_OK);
	assert_int_equal(reply.cie[1].code, NHRP_CODE_ALREADY_REGISTERED);
	assert_leads(&r1, "fe80::6", "6.6.6.6");
	/* The same of one that does not know its server. */
	fake_session_state(&r1, "8.8.8.8", DMVPN_SESSION_STATE_UP);
	unit_msg(&msg, NHRP_REGISTRATION_REQUEST, "8.8.8.8", "2001:db8:1::8",
		 "2001:db8:1::8");
	unit_cie(&msg);
	unit_cie(&msg)->proto = fake_addr("fe80::8");
	unit_deliver(&r1, "8.8.8.8", &msg);
	unit_take(&r1, "8.8.8.8", NHRP_REGISTRATION_REPLY, &reply);
	assert_int_equal(reply.cie[1].code, NHRP_CODE_OK);
	assert_true(addr_equal(&reply.dst_proto, &r1.dev.proto6));
	assert_leads(&r1, "2001:db8:1::8", "8.8.8.8");
	assert_leads(&r1, "fe80::8", "8.8.8.8");
}

/* ---- addresses come and go ---- */

static void added_later(void **s)
{
	struct addr late, link;

	(void)s;
	fake_net_init(&net);
	hub("1.1.1.1");
	make_r6("6.6.6.6");
	late = r6.dev.proto6;
	link = r6.dev.link_local;
	r6.dev.proto6 = (struct addr){ 0 };
	join(&r6, "1.1.1.1");
	fake_net_run(&net, 2 * SECOND);
	assert_registrations(&r6, 1, 1);
	fake_forget(&r1);
	r6.dev.proto6 = late;
	fake_link_changed(&r6);
	fake_net_run(&net, 100);
	assert_leads(&r1, "2001:db8:1::6", "6.6.6.6");
	assert_leads(&r1, "fe80::6", "6.6.6.6");
	/* IPv4 has not noticed. */
	assert_false(fake_said(&r1, "192.168.1.6"));
	assert_true(fake_said(&r6, "goes on with tunnel address 192.168.1.6"
			      " and 2001:db8:1::6"));
	assert_registrations(&r6, 3, 3);
	r6.dev.link_local = (struct addr){ 0 };
	fake_link_changed(&r6);
	fake_net_run(&net, 100);
	assert_leads(&r1, "fe80::6", "-");
	assert_leads(&r1, "2001:db8:1::6", "6.6.6.6");
	r6.dev.link_local = link;
	fake_link_changed(&r6);
	fake_net_run(&net, 100);
	assert_leads(&r1, "fe80::6", "6.6.6.6");
	fake_free(&r1);
	fake_free(&r6);
}

static void r6_to_r7(void)
{
	assert_way(&r6, "2001:db8:1::6", "2001:db8:1::7", "R6 R1 R7");
	fake_net_run(&net, 2 * SECOND);
	assert_way(&r6, "2001:db8:1::6", "2001:db8:1::7", "R6 R7");
}

static void removed(void **s)
{
	(void)s;
	r6_to_r7();
	assert_string_equal(unit_kind(&r7, "2001:db8:1::6"), "cached");
	r6.dev.proto6 = (struct addr){ 0 };
	fake_link_changed(&r6);
	fake_net_run(&net, 100);
	assert_leads(&r1, "2001:db8:1::6", "-");
	assert_leads(&r1, "fe80::6", "-");
	assert_leads(&r1, "192.168.1.6", "6.6.6.6");
	assert_string_equal(unit_kind(&r7, "2001:db8:1::6"), "none");
	assert_string_equal(unit_shortcut(&r6, "2001:db8:1::7"), "none");
	assert_leads(&r6, HUB6, "-");
	assert_registrations(&r6, 1, 1);
	/* The replies came, though the address is not there any more. */
	fake_net_run(&net, 10 * SECOND);
	assert_int_equal(unit_dropped(&r6, NHRP_DROP_NO_REQUEST), 0);
}

static void renumbered(void **s)
{
	(void)s;
	r6_to_r7();
	r6.dev.proto6 = fake_addr("2001:db8:1::66");
	fake_link_changed(&r6);
	fake_net_run(&net, 100);
	assert_leads(&r1, "2001:db8:1::6", "-");
	assert_leads(&r1, "2001:db8:1::66", "6.6.6.6");
	assert_leads(&r1, "192.168.1.6", "6.6.6.6");
	assert_string_equal(unit_kind(&r7, "2001:db8:1::6"), "none");
	assert_registrations(&r6, 3, 3);
}

/* IPv4 comes later, to a cloud of IPv6. */
static void ipv4_later(void **s)
{
	struct addr late;

	(void)s;
	fake_net_init(&net);
	hub("1.1.1.1");
	make_r6("6.6.6.6");
	late = r6.dev.proto;
	r6.dev.proto = (struct addr){ 0 };
	join(&r6, "1.1.1.1");
	fake_net_run(&net, 2 * SECOND);
	assert_registrations(&r6, 2, 2);
	assert_true(fake_said(&r6, "up with tunnel address 2001:db8:1::6"));
	fake_forget(&r1);
	r6.dev.proto = late;
	fake_link_changed(&r6);
	fake_net_run(&net, 100);
	assert_registrations(&r6, 3, 3);
	assert_leads(&r1, "192.168.1.6", "6.6.6.6");
	/* IPv6 has not noticed. */
	assert_false(fake_said(&r1, "2001:db8:1::6 at"));
	assert_leads(&r1, "2001:db8:1::6", "6.6.6.6");
	fake_free(&r1);
	fake_free(&r6);
}

/* The only address is another now: no end of the session, and of nothing. */
static void only_one_renumbered(void **s)
{
	(void)s;
	fake_net_init(&net);
	hub("1.1.1.1");
	make_r6("6.6.6.6");
	r6.dev.proto = (struct addr){ 0 };
	r6.dev.link_local = (struct addr){ 0 };
	join(&r6, "1.1.1.1");
	fake_net_run(&net, 2 * SECOND);
	assert_registrations(&r6, 1, 1);
	fake_forget(&r6);
	r6.dev.proto6 = fake_addr("2001:db8:1::66");
	fake_link_changed(&r6);
	fake_net_run(&net, 100);
	assert_registrations(&r6, 1, 1);
	assert_leads(&r1, "2001:db8:1::66", "6.6.6.6");
	assert_leads(&r1, "2001:db8:1::6", "-");
	assert_false(fake_said(&r6, "session"));
	assert_int_equal(r1.clears + r6.clears, 0);
	fake_free(&r1);
	fake_free(&r6);
}

static void leaves(void **s)
{
	(void)s;
	r6_to_r7();
	nhrp_stop(r6.nhrp, net.now);
	fake_net_run(&net, 3 * SECOND);
	assert_true(nhrp_stopped(r6.nhrp));
	assert_leads(&r1, "192.168.1.6", "-");
	assert_leads(&r1, "2001:db8:1::6", "-");
	assert_leads(&r1, "fe80::6", "-");
	assert_string_equal(unit_kind(&r7, "2001:db8:1::6"), "none");
	assert_int_equal(r6.nexthops.count, 0);
}

/* ---- shortcuts ---- */

static void spoke_to_spoke(void **s)
{
	(void)s;
	r6_to_r7();
	assert_way(&r7, "2001:db8:1::7", "2001:db8:1::6", "R7 R6");
	assert_string_equal(unit_shortcut(&r6, "2001:db8:1::7"), "up");
	assert_false(fake_has_shortcut(&r6, "2001:db8:1::7/128"));
	/* The other family finds its own way, with the session there is. */
	assert_way(&r6, "192.168.1.6", "192.168.1.7", "R6 R1 R7");
	fake_net_run(&net, 2 * SECOND);
	assert_way(&r6, "192.168.1.6", "192.168.1.7", "R6 R7");
}

/* A redirect with the head of an IPv6 packet in it. */
static void lan_to_lan(void **s)
{
	(void)s;
	assert_way(&r6, "2001:db8:6::1", "2001:db8:7::1", "R6 R1 R7");
	fake_net_run(&net, 2 * SECOND);
	assert_way(&r6, "2001:db8:6::1", "2001:db8:7::1", "R6 R7");
	assert_true(fake_has_shortcut(&r6, "2001:db8:7::/64"));
	assert_string_equal(unit_shortcut(&r6, "2001:db8:7::/64"), "up");
	assert_true(fake_said(&r6, "shortcut to 2001:db8:7::/64 through"
			      " 2001:db8:1::7 is up"));
	assert_way(&r7, "2001:db8:7::1", "2001:db8:6::9", "R7 R1 R6");
	fake_net_run(&net, 2 * SECOND);
	assert_way(&r7, "2001:db8:7::1", "2001:db8:6::9", "R7 R6");
}

/* Next hops of routing protocols; no route says where they are. */
static void link_local(void **s)
{
	(void)s;
	assert_way(&r6, "fe80::6", "fe80::7", "R6 R1 R7");
	fake_net_run(&net, 2 * SECOND);
	assert_way(&r6, "fe80::6", "fe80::7", "R6 R7");
	assert_string_equal(unit_kind(&r6, "fe80::7"), "shortcut");
	assert_string_equal(unit_kind(&r7, "fe80::6"), "cached");
	assert_false(fake_has_shortcut(&r6, "fe80::7/128"));
	/* One that nobody has. */
	assert_way(&r6, "fe80::6", "fe80::99", "R6 R1 lost");
	fake_net_run(&net, SECOND);
	assert_string_equal(unit_shortcut(&r6, "fe80::99"), "negative");
}

static void restarts(void **s)
{
	struct conf conf;
	unsigned int writes;

	(void)s;
	assert_way(&r6, "2001:db8:6::1", "2001:db8:7::1", "R6 R1 R7");
	fake_net_run(&net, 2 * SECOND);
	fake_kill(&r6);
	writes = r6.writes;
	assert_way(&r6, "2001:db8:6::1", "2001:db8:7::1", "R6 R7");
	unit_conf(&conf);
	server(&conf, NULL, "1.1.1.1");
	unit_start(&r6, &conf);
	assert_string_equal(unit_shortcut(&r6, "2001:db8:7::/64"), "up");
	assert_way(&r6, "2001:db8:6::1", "2001:db8:7::1", "R6 R7");
	fake_net_run(&net, 80 * SECOND);
	assert_way(&r6, "2001:db8:6::1", "2001:db8:7::1", "R6 R7");
	assert_registrations(&r6, 3, 3);
	assert_leads(&r6, HUB6, "1.1.1.1");
	assert_leads(&r6, "fe80::1", "1.1.1.1");
	assert_true(r6.writes > writes);
}

/* ---- the underlay ---- */

static void nbma_ipv6(void **s)
{
	(void)s;
	fake_net_init(&net);
	hub("fd09::1");
	make_r6("fd09::6");
	join(&r6, "fd09::1");
	make_r7("fd09::7");
	join(&r7, "fd09::1");
	fake_net_run(&net, 2 * SECOND);
	assert_leads(&r1, "192.168.1.6", "fd09::6");
	assert_leads(&r1, "2001:db8:1::6", "fd09::6");
	assert_registrations(&r6, 3, 3);
	r6_to_r7();
	assert_way(&r6, "192.168.1.6", "192.168.1.7", "R6 R1 R7");
	fake_net_run(&net, 2 * SECOND);
	assert_way(&r6, "192.168.1.6", "192.168.1.7", "R6 R7");
	assert_leads(&r6, "192.168.1.7", "fd09::7");
	teardown(NULL);
}

static void nbma_on_the_wire(void **s)
{
	struct nhrp_cie cie = { .nbma = fake_addr("fd99::9") };
	struct nhrp_msg msg;
	struct addr want;

	(void)s;
	alone("fd09::6");
	join(&r6, "fd09::1");
	fake_net_run(&net, 200);
	take_request(&msg, "fd09::1", "192.168.1.6");
	assert_int_equal(msg.afn, NHRP_AFN_IPV6);
	assert_int_equal(msg.protocol, NHRP_PROTOCOL_IPV4);
	assert_true(addr_equal(&msg.src_nbma, &r6.dev.nbma6));
	/* Behind a NAT of the other kind. */
	cie.proto = r6.dev.proto;
	assert_true(ext_append_cie(&msg, ext_find(&msg, NHRP_EXT_NAT), &cie));
	answer(&msg, "fd09::1", "192.168.1.1", 0);
	assert_true(fake_said(&r6, "seen as fd99::9"));
	unit_flush(&r6);
	want = fake_addr("192.168.1.7");
	nhrp_miss(r6.nhrp, net.now, FAKE_DMVPN, &want, &want);
	unit_take(&r6, "fd09::1", NHRP_RESOLUTION_REQUEST, &msg);
	want = ext_nat(&msg, &r6.dev.proto);
	assert_true(addr_equal(&want, &cie.nbma));
	fake_free(&r6);
}

/* A hub in both underlays, with R6 in one and R7 in the other. */
static void two_underlays(void)
{
	fake_net_init(&net);
	hub("1.1.1.1");
	fake_nbma(&r1, "fd09::1");
	fake_link_changed(&r1);
	make_r6("6.6.6.6");
	join(&r6, "1.1.1.1");
	make_r7("fd09::7");
}

static void mixed_nbma(void **s)
{
	(void)s;
	two_underlays();
	join(&r7, "fd09::1");
	fake_net_run(&net, 2 * SECOND);
	assert_leads(&r1, "192.168.1.6", "6.6.6.6");
	assert_leads(&r1, "192.168.1.7", "fd09::7");
	assert_leads(&r1, "fe80::7", "fd09::7");
	assert_way(&r6, "192.168.1.6", "192.168.1.7", "R6 R1 R7");
	assert_way(&r7, "2001:db8:7::1", "2001:db8:6::1", "R7 R1 R6");
	fake_net_run(&net, 2 * SECOND);
	/* Both are told no, and do not ask again for some time. */
	assert_string_equal(unit_shortcut(&r6, "192.168.1.7"), "negative");
	assert_string_equal(unit_shortcut(&r7, "2001:db8:6::1"), "negative");
	assert_way(&r6, "192.168.1.6", "192.168.1.7", "R6 R1 R7");
	assert_way(&r7, "2001:db8:7::1", "2001:db8:6::1", "R7 R1 R6");
	assert_string_equal(unit_kind(&r7, "192.168.1.6"), "none");
	assert_int_equal(unit_dropped(&r7, NHRP_DROP_NO_PATH), 1);
	teardown(NULL);
}

/* One that is in both goes directly to either. */
static void both_nbma(void **s)
{
	(void)s;
	two_underlays();
	fake_nbma(&r7, "7.7.7.7");
	join(&r7, "fd09::1");
	fake_net_run(&net, 2 * SECOND);
	assert_leads(&r1, "192.168.1.7", "fd09::7");
	assert_way(&r6, "192.168.1.6", "192.168.1.7", "R6 R1 R7");
	fake_net_run(&net, 2 * SECOND);
	assert_way(&r6, "192.168.1.6", "192.168.1.7", "R6 R7");
	assert_leads(&r6, "192.168.1.7", "7.7.7.7");
	teardown(NULL);
}

/* Another implementation's egress may not refuse what we cannot reach. */
static void unreachable_answer(void **s)
{
	struct addr want = fake_addr("192.168.1.7");
	struct nhrp_msg msg;

	(void)s;
	alone("6.6.6.6");
	join(&r6, "1.1.1.1");
	fake_net_run(&net, 200);
	nhrp_miss(r6.nhrp, net.now, FAKE_DMVPN, &want, &want);
	take_request(&msg, "1.1.1.1", "192.168.1.6");
	unit_take(&r6, "1.1.1.1", NHRP_RESOLUTION_REQUEST, &msg);
	msg.type = NHRP_RESOLUTION_REPLY;
	msg.cie[0].proto = want;
	msg.cie[0].nbma = fake_addr("fd09::7");
	msg.cie[0].holdtime = HOLD;
	unit_deliver(&r6, "1.1.1.1", &msg);
	assert_string_equal(unit_shortcut(&r6, "192.168.1.7"), "negative");
	assert_string_equal(unit_kind(&r6, "192.168.1.7"), "none");
	fake_free(&r6);
}

#define CLOUD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLOUD(registers),
		CLOUD(stays_registered),
		cmocka_unit_test(server_of_each_family),
		cmocka_unit_test(on_the_wire),
		cmocka_unit_test(refused),
		cmocka_unit_test(unanswered),
		cmocka_unit_test(no_ipv6_at_the_server),
		cmocka_unit_test(link_local_alone),
		CLOUD(lengths),
		CLOUD(two_entries),
		cmocka_unit_test(added_later),
		CLOUD(removed),
		CLOUD(renumbered),
		cmocka_unit_test(ipv4_later),
		cmocka_unit_test(only_one_renumbered),
		CLOUD(leaves),
		CLOUD(spoke_to_spoke),
		CLOUD(lan_to_lan),
		CLOUD(link_local),
		CLOUD(restarts),
		cmocka_unit_test(nbma_ipv6),
		cmocka_unit_test(nbma_on_the_wire),
		cmocka_unit_test(mixed_nbma),
		cmocka_unit_test(both_nbma),
		cmocka_unit_test(unreachable_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
