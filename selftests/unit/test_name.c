// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Servers that are known by a name.
 */
#include <string.h>

#include "hubs.h"
#include "nhrpd/nhs.h"

#define HOST "hub.example.net"

/* One server, by its name; its tunnel address is the first hub's, or learnt. */
static struct conf_if *named(struct conf *conf, bool dynamic)
{
	struct conf_if *ci = hubs_conf(conf);

	ci->n_nhs = 1;
	strcpy(ci->nhs[0].host, HOST);
	ci->nhs[0].nbma = (struct addr){ 0 };
	if (dynamic)
		ci->nhs[0].proto = (struct addr){ 0 };
	return ci;
}

static void begin(bool dynamic)
{
	struct conf conf;

	named(&conf, dynamic);
	hubs_begin(&conf, true);
}

/* The name has these addresses now, up to three. */
static void resolve(const char *first, const char *second, const char *third)
{
	const char *const text[] = { first, second, third };
	struct addr addr[3];
	size_t n = 0;

	while (n < 3 && text[n]) {
		addr[n] = fake_addr(text[n]);
		n++;
	}
	nhrp_resolved(hubs_spoke.nhrp, hubs_net.now, HOST, addr, n,
		      n ? "" : "Name or service not known");
}

static void see(void *arg, const struct nhrp_nhs_view *v)
{
	struct nhrp_nhs_view *view = arg;

	*view = *v;
}

/* The view is valid until something happens. */
static struct nhrp_nhs_view look(void)
{
	struct nhrp_nhs_view view = { .state = __NHRP_NHS_MAX };

	nhrp_walk_nhs(hubs_spoke.nhrp, hubs_net.now, see, &view);
	return view;
}

static void assert_only_peer(const char *nbma)
{
	assert_int_equal(hubs_spoke.peers.count, 1);
	assert_non_null(fake_peer(&hubs_spoke, nbma));
}

static void unresolved(void **state)
{
	struct nhrp_nhs_view view;

	(void)state;
	begin(false);
	hubs_run(10000);
	/* It is shown, and nothing is done. */
	assert_int_equal(look().state, NHRP_NHS_DOWN);
	assert_string_equal(look().host, HOST);
	assert_string_equal(look().error, "looking up " HOST);
	view = look();
	assert_true(addr_is_none(&view.nbma));
	assert_int_equal(hubs_spoke.peers.count, 0);
	resolve(NULL, NULL, NULL);
	assert_string_equal(look().error, HOST ": Name or service not known");
	resolve(hub_nbma[0], NULL, NULL);
	hubs_run(500);
	assert_int_equal(look().state, NHRP_NHS_UP);
	assert_string_equal(look().error, "");
	assert_only_peer(hub_nbma[0]);
	assert_leads(&hubs_spoke, hub_proto[0], hub_nbma[0]);
	/* A name server that is down does no harm. */
	resolve(NULL, NULL, NULL);
	assert_int_equal(look().state, NHRP_NHS_UP);
	assert_string_equal(look().error, "");
	assert_only_peer(hub_nbma[0]);
	hubs_end();
}

/* Others are not blocked by it, and it takes no place. */
static void beside_others(void **state)
{
	struct conf_if *ci;
	struct conf conf;

	(void)state;
	ci = hubs_conf(&conf);
	hubs_limit(ci, 1);
	strcpy(ci->nhs[0].host, HOST);
	ci->nhs[0].nbma = (struct addr){ 0 };
	hubs_begin(&conf, true);
	hubs_run(500);
	assert_int_equal(hubs_state(1), NHRP_NHS_UP);
	resolve(hub_nbma[0], NULL, NULL);
	/* A better one, which has never failed. */
	hubs_run(500);
	assert_int_equal(hubs_state(0), NHRP_NHS_UP);
	assert_int_equal(hubs_up(), 1);
	hubs_end();
}

static void moves(void **state)
{
	(void)state;
	begin(false);
	resolve(hub_nbma[0], NULL, NULL);
	hubs_run(3000);
	/* The order is no reason, as long as the one in use is among them. */
	resolve(hub_nbma[1], hub_nbma[0], NULL);
	hubs_run(3000);
	assert_only_peer(hub_nbma[0]);
	assert_int_equal(hub_asked[1], 0);
	fake_forget(&hubs_spoke);
	resolve(hub_nbma[1], NULL, NULL);
	assert_true(fake_said(&hubs_spoke, "NHS " HOST " is at 2.2.2.2"));
	assert_only_peer(hub_nbma[1]);
	hubs_run(500);
	assert_int_equal(look().state, NHRP_NHS_UP);
	/* The binding has moved with it. */
	assert_leads(&hubs_spoke, hub_proto[0], hub_nbma[1]);
	assert_only_peer(hub_nbma[1]);
	hubs_end();
}

/* The overlay address is learnt anew as well. */
static void moves_dynamic(void **state)
{
	(void)state;
	begin(true);
	resolve(hub_nbma[0], NULL, NULL);
	hubs_run(500);
	assert_leads(&hubs_spoke, hub_proto[0], hub_nbma[0]);
	resolve(hub_nbma[1], NULL, NULL);
	hubs_run(500);
	assert_leads(&hubs_spoke, hub_proto[0], "-");
	assert_leads(&hubs_spoke, hub_proto[1], hub_nbma[1]);
	assert_only_peer(hub_nbma[1]);
	hubs_end();
}

/* Several addresses: the next one when one does not answer. */
static void several(void **state)
{
	(void)state;
	begin(false);
	resolve(hub_nbma[0], hub_nbma[1], hub_nbma[2]);
	hubs_run(3000);
	assert_only_peer(hub_nbma[0]);
	hub_alive[0] = false;
	hub_alive[1] = false;
	hubs_run(3500);
	assert_only_peer(hub_nbma[1]);
	assert_int_equal(look().state, NHRP_NHS_PROBE);
	hubs_run(NHS_STALE_MS);
	assert_only_peer(hub_nbma[2]);
	assert_int_equal(look().state, NHRP_NHS_UP);
	/* Round and round, until one answers. */
	hub_alive[2] = false;
	hubs_run(60000);
	assert_int_not_equal(look().state, NHRP_NHS_UP);
	assert_int_equal(hubs_spoke.peers.count, 1);
	hub_alive[1] = true;
	hubs_run(4 * NHS_STALE_MS);
	assert_only_peer(hub_nbma[1]);
	assert_int_equal(look().state, NHRP_NHS_UP);
	hubs_end();
}

static void families(void **state)
{
	(void)state;
	begin(false);
	resolve("2001:db8::1", NULL, NULL);
	assert_string_equal(look().error, HOST
			    ": none of its addresses fits the underlay");
	resolve("2001:db8::1", "224.0.0.1", hub_nbma[1]);
	assert_only_peer(hub_nbma[1]);
	hubs_end();
}

/* The name is known before the device's address is. */
static void device_comes_later(void **state)
{
	struct addr own;

	(void)state;
	begin(false);
	own = hubs_spoke.dev.nbma;
	hubs_spoke.dev.nbma = (struct addr){ 0 };
	fake_link_changed(&hubs_spoke);
	resolve("2001:db8::1", hub_nbma[1], NULL);
	assert_int_equal(hubs_spoke.peers.count, 0);
	hubs_spoke.dev.nbma = own;
	fake_link_changed(&hubs_spoke);
	assert_only_peer(hub_nbma[1]);
	hubs_run(500);
	assert_int_equal(look().state, NHRP_NHS_UP);
	hubs_end();
}

static void reload(void **state)
{
	struct conf_if *ci;
	struct conf conf;

	(void)state;
	begin(false);
	resolve(hub_nbma[0], NULL, NULL);
	hubs_run(500);
	named(&conf, false)->nhs[0].priority = 7;
	assert_int_equal(nhrp_configure(hubs_spoke.nhrp, hubs_net.now, &conf),
			 0);
	conf_free(&conf);
	assert_int_equal(look().state, NHRP_NHS_UP);
	assert_int_equal(look().priority, 7);
	assert_only_peer(hub_nbma[0]);
	/* Another name is another server. */
	ci = named(&conf, false);
	strcpy(ci->nhs[0].host, "other.example.net");
	assert_int_equal(nhrp_configure(hubs_spoke.nhrp, hubs_net.now, &conf),
			 0);
	conf_free(&conf);
	assert_int_equal(hubs_spoke.peers.count, 0);
	assert_int_equal(look().state, NHRP_NHS_DOWN);
	resolve(hub_nbma[0], NULL, NULL);
	assert_int_equal(hubs_spoke.peers.count, 0);
	hubs_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unresolved),
		cmocka_unit_test(beside_others),
		cmocka_unit_test(moves),
		cmocka_unit_test(moves_dynamic),
		cmocka_unit_test(several),
		cmocka_unit_test(families),
		cmocka_unit_test(device_comes_later),
		cmocka_unit_test(reload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
