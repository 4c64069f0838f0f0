// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines of the log: identifiers of IOS, the VRF, and not too many of one kind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/log.h"
#include "nhrpd/message.h"

#define SECOND	1000
#define UP	"%DMVPN-5-NHRP_NHS_UP"
#define DOWN	"%DMVPN-5-NHRP_NHS_DOWN"

static struct messages messages;
static char text[65536];

/* What was logged since it was called last. */
static const char *logged(void)
{
	long len = ftell(stderr);

	assert_in_range(len, 0, sizeof(text) - 1);
	rewind(stderr);
	text[fread(text, 1, (size_t)len, stderr)] = '\0';
	rewind(stderr);
	assert_int_equal(ftruncate(fileno(stderr), 0), 0);
	return text;
}

static void say(enum nhrp_event_type type, enum nhrp_event_level level,
		const char *vrf, uint64_t now)
{
	struct nhrp_event event = {
		.type = type,
		.level = level,
		.ifname = "dmvpn0",
		.text = "it is so",
	};

	message_log(&messages, &event, vrf, now);
}

static int setup(void **state)
{
	(void)state;
	messages = (struct messages){ .rate = 3 };
	log_open("nhrpd", LOG_TARGET_STDERR, false);
	return 0;
}

static void test_ids(void **state)
{
	(void)state;
	say(NHRP_EVENT_NHS_UP, NHRP_LEVEL_INFO, "", 0);
	assert_string_equal(logged(), "nhrpd: " UP ": dmvpn0: it is so\n");
	say(NHRP_EVENT_NHS_DOWN, NHRP_LEVEL_WARNING, "red", 0);
	assert_string_equal(logged(),
			    "nhrpd: " DOWN ": dmvpn0 (VRF red): it is so\n");
	say(NHRP_EVENT_CACHE, NHRP_LEVEL_INFO, "red", 0);
	assert_string_equal(logged(), "nhrpd: dmvpn0 (VRF red): it is so\n");
	assert_string_equal(message_id(NHRP_EVENT_PEER_UP),
			    "%DMVPN-5-CRYPTO_SS");
	assert_string_equal(message_id(NHRP_EVENT_PEER_DOWN),
			    "%DMVPN-5-CRYPTO_SS");
	assert_string_equal(message_id(NHRP_EVENT_PEER), "");
	assert_string_equal(message_id(NHRP_EVENT_ERROR),
			    "%DMVPN-3-DMVPN_NHRP_ERROR");
	assert_string_equal(message_id(NHRP_EVENT_RENEWED), "");
}

static unsigned int lines(const char *what)
{
	unsigned int n = 0;
	const char *at;

	for (at = strstr(text, what); at; at = strstr(at + 1, what))
		n++;
	return n;
}

static void test_rate(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 10; i++)
		say(NHRP_EVENT_REGISTERED, NHRP_LEVEL_INFO, "", SECOND);
	logged();
	assert_int_equal(lines("NHC_UP"), 3);
	/* Others are not their matter. */
	say(NHRP_EVENT_UNREGISTERED, NHRP_LEVEL_INFO, "", SECOND);
	logged();
	assert_int_equal(lines("NHC_DOWN"), 1);
	/* Later they say how many there were. */
	say(NHRP_EVENT_REGISTERED, NHRP_LEVEL_INFO, "", 60 * SECOND);
	logged();
	assert_int_equal(lines("NHC_UP"), 1);
	assert_int_equal(lines("7 lines like the next one were left out"), 1);
	say(NHRP_EVENT_REGISTERED, NHRP_LEVEL_INFO, "", 60 * SECOND);
	logged();
	assert_int_equal(lines("left out"), 0);
}

static void test_no_rate(void **state)
{
	unsigned int i;

	(void)state;
	messages.rate = 0;
	for (i = 0; i < 500; i++)
		say(NHRP_EVENT_REGISTERED, NHRP_LEVEL_INFO, "", SECOND);
	logged();
	assert_int_equal(lines("NHC_UP"), 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_ids, setup),
		cmocka_unit_test_setup(test_rate, setup),
		cmocka_unit_test_setup(test_no_rate, setup),
	};
	FILE *real = stderr;
	int failed;

	stderr = tmpfile();
	if (!stderr)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	fclose(stderr);
	stderr = real;
	return failed;
}
