/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <test_runner.h>
#include <daemon.h>

/* declare test suite constructors */
#define TEST_SUITE(x) test_suite_t *x(void);
#include "tests.h"
#undef TEST_SUITE

static test_configuration_t tests[] = {
#define TEST_SUITE(x) \
	{ .suite = x, },
#include "tests.h"
	{ .suite = NULL, }
};

static bool test_runner_init(bool init)
{
	if (!init)
	{
		libcharon_deinit();
		return TRUE;
	}
	libcharon_init();
	lib->settings->set_str(lib->settings, "%s.plugins.dmvpn.fallback", "none",
						   lib->ns);
	return TRUE;
}

int main(int argc, char *argv[])
{
	return test_runner_run("dmvpn", tests, test_runner_init);
}
