// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl doctor on counters: which of them grow while it runs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dmvpnctl/doctor.h"
#include "dmvpnctl/kernel.h"
#include "dmvpnctl/nhrpd.h"
#include "fake_doctor.h"

static struct doctor d;
/* By so much all counters are greater a second later. */
static uint64_t more;

/* ---- the kernel and nhrpd ---- */

unsigned int sleep(unsigned int seconds)
{
	assert_int_equal(seconds, 1);
	return 0;
}

int kernel_open(struct genl *g)
{
	(void)g;
	return 0;
}

void genl_close(struct genl *g)
{
	(void)g;
}

int kernel_read(struct genl *g, struct model *m)
{
	struct device *dev = model_add(m->device, m->n_device);
	struct sa *sa = model_add(m->sa, m->n_sa);

	(void)g;
	dev->ifindex = 5;
	snprintf(dev->name, sizeof(dev->name), "dmvpn0");
	dev->drops[DMVPN_A_DROPS_RX_CLEAR] = 7 + more;
	sa->remote.addr = fake_address("6.6.6.6");
	sa->malformed = 2 + more;
	return 0;
}

static void count(struct nhrp_if *i, const char *name)
{
	struct counter *c = model_add(i->dropped.v, i->dropped.n);

	snprintf(c->name, sizeof(c->name), "%s", name);
	c->value = 3 + more;
}

int nhrp_read(struct model *m, bool needed)
{
	struct nhrp_if *i = model_add(m->nhrp_if, m->n_nhrp_if);

	assert_false(needed);
	m->nhrpd = true;
	snprintf(i->interface, sizeof(i->interface), "dmvpn0");
	count(i, "no-path");
	count(i, "authentication-hash");
	return 0;
}

/* ---- tests ---- */

static int setup(void **state)
{
	struct genl g = GENL_CLOSED;

	*state = &d;
	more = 0;
	fake_found[0] = '\0';
	kernel_read(&g, &d.m);
	nhrp_read(&d.m, false);
	return 0;
}

static void test_still(void **state)
{
	(void)state;
	check_drops(&d);
	assert_string_equal(fake_found, "");
	assert_string_equal(fake_fine, "none while this ran");
}

static void test_grown(void **state)
{
	(void)state;
	more = 4;
	check_drops(&d);
	fake_says("warn: dmvpn0: rx-clear grew by 4 while this ran, to 11 -> a peer has no protection");
	fake_says("warn: from 6.6.6.6: not GRE for a device here: 6 -> are the GRE keys");
	fake_says("warn: dmvpn0: nhrpd dropped 4 packets while this ran: authentication-hash -> a node has another secret");
	/* What is nobody's fault. */
	assert_null(strstr(fake_found, "no-path"));
}

static void test_restarted(void **state)
{
	(void)state;
	d.m.nhrp_if[0].dropped.v[1].value = 100;
	check_drops(&d);
	assert_string_equal(fake_found, "");
	/* It did not run at first. */
	d.m.n_nhrp_if = 0;
	more = 4;
	check_drops(&d);
	assert_null(strstr(fake_found, "nhrpd"));
	d.m.n_nhrp_if = 1;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_still), TEST(test_grown), TEST(test_restarted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
