// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl on a node that has some of everything: the views that are
 * sums.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "dmvpnctl/names.h"
#include "dmvpnctl/output.h"
#include "sample.h"

static struct model m;
static char *text;
static size_t text_len;

static int setup(void **state)
{
	(void)state;
	m = sample_model();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	model_free(&m);
	free(text);
	text = NULL;
	return 0;
}

static FILE *begin(void)
{
	free(text);
	text = NULL;
	return open_memstream(&text, &text_len);
}

static void show(void (*print)(FILE *f, const struct model *m))
{
	FILE *f = begin();

	print(f, &m);
	fclose(f);
}

static void says(const char *what)
{
	if (!strstr(text, what))
		fail_msg("no \"%s\" in:\n%s", what, text);
}

static void silent_on(const char *what)
{
	if (strstr(text, what))
		fail_msg("\"%s\" in:\n%s", what, text);
}

/* ---- sums ---- */

static void summary(void **state)
{
	(void)state;
	show(text_output.nhrp_summary);
	says("IP NHRP cache 7 entries, 1100 bytes\n"
	     "    1 static  5 dynamic  1 incomplete\n"
	     "7 Remote\n"
	     "    1 static  5 dynamic  1 incomplete\n"
	     "    4 nhop  0 bfd\n"
	     "    0 default  0 temporary\n"
	     "    2 route\n"
	     "        2 rib (1 H  1 nho)\n");
	says("IPv6 NHRP cache 1 entry, 200 bytes\n");
	model_keep_family(&m, AF_INET);
	show(text_output.nhrp_summary);
	silent_on("IPv6");
}

/* Of a server that is not learnt yet nobody knows the family. */
static void families(void **state)
{
	(void)state;
	m.nhs[1].address = (struct addr){ 0 };
	model_keep_family(&m, AF_INET6);
	assert_int_equal(m.n_nhs, 1);
	assert_string_equal(m.nhs[0].state, "down");
	assert_int_equal(m.n_binding, 1);
	assert_int_equal(m.n_shortcut, 0);
}

static void stats(void **state)
{
	(void)state;
	show(text_output.nhrp_stats);
	says("Tunnel0\n Interface State Event Stats:\n");
	says("  [S]End Point Addition         : 9[1]"
	     "  [S]End Point Deletion         : 4[0]\n");
	says("  [S]Add Route                  : 4[2]"
	     "  [S]Del Route                  : 4[0]\n");
	says("  [S]QoS APPLY                  : 6[1]");
}

static void multicast(void **state)
{
	(void)state;
	show(text_output.nhrp_multicast);
	says("Tunnel0   6.6.6.6         Flags: dynamic  (Enabled)\n");
	says("Tunnel0   2.2.2.2         Flags: static   (Enabled)\n");
	silent_on("7.7.7.7");
}

/* An inner packet of the largest size, and what it becomes. */
static void packet_size(void **state)
{
	struct sa sa = m.sa[1];

	(void)state;
	/* 20 + 8 + 16 + (1410 + 8 + 2 = 1420 -> 1424) + 12 */
	assert_int_equal(sa_packet_size(&sa, 1410, true), 1480);
	sa.remote.port = 4500;
	assert_int_equal(sa_packet_size(&sa, 1410, true), 1488);
	sa.mode = DMVPN_SA_MODE_TUNNEL;
	assert_int_equal(sa_packet_size(&sa, 1410, true), 1504);
	assert_int_equal(sa_packet_size(&sa, 0, true), 0);
	assert_int_equal(sa_packet_size(NULL, 1410, true), 0);
}

#define NODE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NODE(summary),
		NODE(families),
		NODE(stats),
		NODE(multicast),
		NODE(packet_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
