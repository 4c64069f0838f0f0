// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl on a node that has some of everything: the forms besides text and
 * JSON, and the views that are sums.
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
#include "dmvpnctl/ometric.h"
#include "sample.h"

static struct model m;
static char *text;
static size_t text_len;

static int setup(void **state)
{
	(void)state;
	m = sample_model();
	ometric_peers = OMETRIC_PEERS;
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

static void show_detail(void (*print)(FILE *f, const struct model *m,
				      bool detail), bool detail)
{
	FILE *f = begin();

	print(f, &m, detail);
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

/* ---- OpenMetrics ---- */

static void metrics(void **state)
{
	(void)state;
	snprintf(m.binding[0].group, sizeof(m.binding[0].group), "a\"b\\c\nd");
	show_detail(ometric_output.dmvpn, false);
	says("# TYPE dmvpn_device_drops counter\n");
	says("dmvpn_device_drops_total{interface=\"Tunnel0\","
	     "reason=\"rx-clear\"} 7\n");
	says("dmvpn_sessions{state=\"up\"} 4\n");
	says("dmvpn_peer_receive_bytes_total{interface=\"Tunnel0\","
	     "nbma=\"8.8.8.8:4501\"} 10400\n");
	says(",group=\"a\\\"b\\\\c\\nd\",");
	says("dmvpn_peers_left_out 0\n");
	says("dmvpn_nhrp_packets_total{interface=\"Tunnel0\","
	     "type=\"purge-reply\",direction=\"forwarded\"} 6\n");
	says("dmvpn_nhrp_server_up{interface=\"Tunnel0\","
	     "server=\"192.168.1.2\",");
	assert_string_equal(text + text_len - 6, "# EOF\n");
}

/* Those that are left are the first by interface and address. */
static void capped(void **state)
{
	(void)state;
	ometric_peers = 2;
	show_detail(ometric_output.dmvpn, false);
	says("dmvpn_peer_up{interface=\"Tunnel0\",nbma=\"2.2.2.2\"} 1\n"
	     "dmvpn_peer_up{interface=\"Tunnel0\",nbma=\"6.6.6.6\"} 1\n"
	     "# TYPE");
	says("dmvpn_peers_left_out 3\n");
	ometric_peers = 0;
	show_detail(ometric_output.dmvpn, false);
	silent_on("nbma=\"6.6.6.6\"");
	says("dmvpn_peers_left_out 5\n");
	show(ometric_output.multipoint);
	silent_on("6.6.6.6");
}

static void queues(void **state)
{
	(void)state;
	show(ometric_output.multipoint);
	says("dmvpn_queue_drops_total{interface=\"Tunnel0\","
	     "nbma=\"6.6.6.6\",policy=\"SPOKE\","
	     "class=\"class-default/VOICE\",reason=\"codel\"} 6\n");
	says("dmvpn_queue_rate_bytes_per_second{interface=\"Tunnel0\","
	     "nbma=\"6.6.6.6\",policy=\"SPOKE\",class=\"class-default\"} "
	     "500000\n");
	show(ometric_output.policy_interface);
	says("dmvpn_class_bytes_total{interface=\"Tunnel0\","
	     "point=\"output\",policy=\"INNER\",class=\"BIZ\"} 900\n");
}

/* ---- what nhrpd tells ---- */

static void told(void **state)
{
	const struct nhrp_if *i = model_nhrp_if(&m, "Tunnel0");

	(void)state;
	assert_int_equal(i->holdtime_ms, 600000);
	assert_int_equal(i->renewal_ms, 200000);
	assert_true(i->shortcut && i->redirect);
	/* One that is older does not. */
	assert_true(model_nhrp_if(&m, "dmvpn1")->holdtime_ms == NEVER);
}

/* ---- topology ---- */

static void topology(void **state)
{
	(void)state;
	show(text_output.topology);
	says("Tunnel0, 192.168.1.1, Hub/Spoke\n");
	says("  client   192.168.1.6     6.6.6.6         UP   00:00:33"
	     "  in 10400 out 10500 bytes, shaped to 4000 kbps\n"
	     "           172.16.6.0/24\n");
	says("  server   192.168.1.2     2.2.2.2 ");
	show(dot_output.topology);
	says("graph dmvpn {\n\t\"192.168.1.1\" [shape=box, ");
	says("\t\"192.168.1.1\" -- \"192.168.1.6\" [label=\"client UP"
	     " 4000 kbps\", style=solid];\n");
	says("\" -- \"192.168.1.7\" [label=\"client IKE\", style=dashed]");
	show(json_output.topology);
	says("\"to\": \"192.168.1.6\"");
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
		NODE(metrics),
		NODE(capped),
		NODE(queues),
		NODE(told),
		NODE(topology),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
