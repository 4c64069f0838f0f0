// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl doctor on charon, sessions and registrations: what is found in a
 * model, and the advice.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "dmvpnctl/doctor.h"
#include "fake_doctor.h"

static struct doctor d;

/* ---- a spoke with two servers, of which all is well ---- */

static void add_server(const char *overlay, const char *nbma)
{
	struct nhs *nhs = model_add(d.m.nhs, d.m.n_nhs);
	struct peer *p = model_add(d.m.peer, d.m.n_peer);

	snprintf(nhs->interface, sizeof(nhs->interface), "dmvpn0");
	snprintf(nhs->state, sizeof(nhs->state), "up");
	nhs->address = fake_address(overlay);
	nhs->nbma.addr = fake_address(nbma);
	nhs->since_ms = 61000;
	p->remote = nhs->nbma;
	p->session = (uint32_t)d.m.n_peer;
	p->state = DMVPN_SESSION_STATE_UP;
}

static int setup(void **state)
{
	struct device *dev = model_add(d.m.device, d.m.n_device);
	struct session *s = model_add(d.m.session, d.m.n_session);
	char (*conn)[VICI_TEXT] = model_add(d.vici.conn, d.vici.n_conn);

	*state = &d;
	fake_found[0] = '\0';
	snprintf(dev->name, sizeof(dev->name), "dmvpn0");
	snprintf(dev->profile, sizeof(dev->profile), "DMVPN");
	s->remote.addr = fake_address("1.1.1.1");
	s->state = DMVPN_SESSION_STATE_UP;
	add_server("192.168.1.1", "1.1.1.1");
	add_server("192.168.1.2", "2.2.2.2");
	d.vici.pid = getpid();
	d.vici.plugin = true;
	d.vici.secrets = 1;
	snprintf(d.vici.version, sizeof(d.vici.version), "6.0.1");
	snprintf(*conn, sizeof(*conn), "DMVPN");
	return 0;
}

static void all(void)
{
	fake_found[0] = '\0';
	check_charon(&d);
	check_profile(&d);
	check_sessions(&d);
	check_registration(&d);
	check_shortcuts(&d);
}

static void says(const char *what)
{
	all();
	fake_says(what);
}

static void test_well(void **state)
{
	(void)state;
	all();
	assert_string_equal(fake_found, "");
}

static void test_charon(void **state)
{
	(void)state;
	d.vici.error = -ENOENT;
	says("fail: charon does not run");
	says("-> systemctl start strongswan");
	d.vici.error = -ETIMEDOUT;
	says("fail: charon does not answer at /run/charon.vici: ");
}

static void test_plugin(void **state)
{
	(void)state;
	d.vici.plugin = false;
	says("fail: charon of strongSwan 6.0.1 runs without the dmvpn plugin");
}

/* This process is the charon here, and has it in its memory. */
static void test_old_plugin(void **state)
{
	char dir[] = "/tmp/test-doctor-XXXXXX", path[64];
	FILE *f;
	void *p;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/libstrongswan-dmvpn.so", dir);
	f = fopen(path, "w+");
	assert_non_null(f);
	fputs("plugin", f);
	fflush(f);
	p = mmap(NULL, 6, PROT_READ, MAP_PRIVATE, fileno(f), 0);
	fclose(f);
	assert_ptr_not_equal(p, MAP_FAILED);
	all();
	assert_string_equal(fake_found, "");
	unlink(path);
	says("warn: the dmvpn plugin was replaced since charon (pid ");
	munmap(p, 6);
	rmdir(dir);
	all();
	assert_string_equal(fake_found, "");
}

static void test_keys(void **state)
{
	(void)state;
	d.vici.secrets = 0;
	says("neither pre-shared nor private keys -> swanctl --load-creds");
}

static void test_profile(void **state)
{
	(void)state;
	snprintf(d.vici.conn[0], VICI_TEXT, "OTHER");
	says("fail: dmvpn0 has protection DMVPN, and charon has no connection");
	says("advice: swanctl --load-conns; \"connections { DMVPN");
	/* Nobody is asked to have a profile for what is not protected. */
	d.m.device[0].profile[0] = '\0';
	all();
	assert_string_equal(fake_found, "");
}

static void reason(const char *text, const char *advice)
{
	struct session *s = &d.m.session[0];

	s->state = DMVPN_SESSION_STATE_FAILED;
	snprintf(s->reason, sizeof(s->reason), "%s", text);
	says("fail: session with 1.1.1.1: failed: ");
	says(text);
	says(advice);
}

static void test_sessions(void **state)
{
	struct session *s = &d.m.session[0];

	(void)state;
	reason("the peer does not accept our identity or secret",
	       "-> compare the secrets and the identities");
	reason("no ESP proposal in common, compare esp_proposals",
	       "-> compare proposals and esp_proposals");
	reason("no answer to IKE, is the peer up and UDP port 500 open?",
	       "-> ping the peer's NBMA address");
	reason("no connection named DMVPN in swanctl.conf",
	       "-> swanctl --load-conns");
	reason("something new", "-> journalctl -u strongswan");
	s->reason[0] = '\0';
	s->state = DMVPN_SESSION_STATE_ACQUIRING;
	s->state_ms = 2000;
	all();
	assert_string_equal(fake_found, "");
	s->state_ms = 12000;
	says("fail: session with 1.1.1.1: IKE goes on for 12 s");
}

static void lost(size_t i, const char *state, const char *error)
{
	struct nhs *nhs = &d.m.nhs[i];

	snprintf(nhs->state, sizeof(nhs->state), "%s", state);
	snprintf(nhs->error, sizeof(nhs->error), "%s", error);
}

static void test_registration(void **state)
{
	(void)state;
	/* One that waits for its turn is as it should be. */
	lost(1, "down", "");
	all();
	assert_string_equal(fake_found, "");
	lost(0, "probe", "no answer to 3 registration requests");
	says("fail: dmvpn0: not registered with server 192.168.1.1 (1.1.1.1) for 00:01:01: no answer to 3 registration requests -> does nhrpd run");
	lost(0, "wait", "no session");
	d.m.peer[0].state = DMVPN_SESSION_STATE_FAILED;
	says("no session -> there is no session with it, see above");
	lost(0, "probe",
	     "our tunnel address is registered with another NBMA address");
	says("-> another node has this tunnel address");
	lost(0, "probe", "error indication: authentication failure");
	says("-> authentication and authentication-key in nhrpd.conf have to");
	lost(1, "up", "");
	says("warn: dmvpn0: not registered with server 192.168.1.1 (1.1.1.1) for 00:01:01, another stands in for it");
	d.m.nhs[1].cluster = 1;
	says("fail: dmvpn0: not registered with server 192.168.1.1");
}

static void test_refusal(void **state)
{
	struct nhrp_if *i = model_add(d.m.nhrp_if, d.m.n_nhrp_if);

	(void)state;
	snprintf(i->interface, sizeof(i->interface), "dmvpn0");
	snprintf(i->refusal, sizeof(i->refusal), "registration of X refused");
	i->refused_ms = 9000;
	says("warn: dmvpn0: 9 s ago: registration of X refused -> ");
	i->refused_ms = 3600000;
	all();
	assert_string_equal(fake_found, "");
}

static struct nhrp_if *add_if(void)
{
	struct nhrp_if *i = model_add(d.m.nhrp_if, d.m.n_nhrp_if);

	snprintf(i->interface, sizeof(i->interface), "dmvpn0");
	i->holdtime_ms = 600000;
	i->renewal_ms = 200000;
	i->servers = 1;
	i->shortcut = true;
	return i;
}

static void test_holdtime(void **state)
{
	struct nhrp_if *i = add_if();

	(void)state;
	all();
	assert_string_equal(fake_found, "");
	i->renewal_ms = 201000;
	says("warn: dmvpn0: its registrations end after 600 s, and are renewed every 201 s");
	says("advice: take registration-timeout out of nhrpd.conf, or make it 200 at most");
	/* An nhrpd that does not tell, and one without a server. */
	i->holdtime_ms = NEVER;
	all();
	assert_string_equal(fake_found, "");
	i->holdtime_ms = 600000;
	i->servers = 0;
	all();
	assert_string_equal(fake_found, "");
}

static void count(struct counters *c, const char *name, uint64_t value)
{
	struct counter *counter = model_add(c->v, c->n);

	snprintf(counter->name, sizeof(counter->name), "%s", name);
	counter->value = value;
}

static void test_shortcut(void **state)
{
	struct nhrp_if *i = add_if();

	(void)state;
	i->redirect = true;
	i->registered = 2;
	count(&i->sent, "traffic-indication", 9);
	count(&i->received, "resolution-request", 0);
	all();
	assert_string_equal(fake_found, "");
	assert_string_equal(fake_fine, "0");
	i->sent.v[0].value = 10;
	says("warn: dmvpn0 has told clients of a direct path 10 times, and none has ever asked for one -> shortcut = true");
	i->received.v[0].value = 1;
	i->redirect = false;
	all();
	assert_string_equal(fake_found, "");
	assert_non_null(strstr(fake_fine, "redirect is off"));
	i->registered = 0;
	i->shortcut = false;
	all();
	assert_string_equal(fake_found, "");
	assert_non_null(strstr(fake_fine, "shortcut is off"));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_well), TEST(test_charon), TEST(test_plugin),
		TEST(test_old_plugin),
		TEST(test_keys), TEST(test_profile), TEST(test_sessions),
		TEST(test_registration), TEST(test_refusal),
		TEST(test_holdtime), TEST(test_shortcut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
