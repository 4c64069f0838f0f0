// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl's command lines, and their completion.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "command_line.h"

/* ---- command lines ---- */

static const struct command table[] = {
	{ "show [dmvpn]", TAKES_DETAIL | TAKES_DEV, NULL, "" },
	{ "show nhrp", TAKES_DEV | TAKES_ADDRESS, NULL, "" },
	{ "show nhrp traffic", TAKES_DEV, NULL, "" },
	{ "show crypto [ipsec] sa [peer]", TAKES_ADDRESS, NULL, "" },
	{ "show crypto isakmp sa [peer]", TAKES_ADDRESS, NULL, "" },
	{ "monitor", 0, NULL, "" },
	{ "clear [dmvpn] session [peer]", TAKES_ADDRESS, NULL, "" },
};

static const struct commands commands = { table, 7 };
static char error[COMMAND_ERROR];
static struct args args;

static const char *parse(const char *line)
{
	return command_line(&commands, line, &args, error);
}

static void test_commands(void **state)
{
	(void)state;
	assert_string_equal(parse("show"), "show [dmvpn]");
	assert_string_equal(parse("show dmvpn"), "show [dmvpn]");
	assert_string_equal(parse("show nhrp"), "show nhrp");
	assert_string_equal(parse("show crypto sa"),
			    "show crypto [ipsec] sa [peer]");
	assert_string_equal(parse("show crypto ipsec sa peer 6.6.6.6"),
			    "show crypto [ipsec] sa [peer]");
	assert_string_equal(args.address_text, "6.6.6.6");
	assert_string_equal(parse("show crypto isakmp sa"),
			    "show crypto isakmp sa [peer]");
	assert_string_equal(parse("monitor"), "monitor");
	assert_string_equal(parse("show nhrp traffic"), "show nhrp traffic");
	assert_string_equal(parse("clear session 6.6.6.6"),
			    "clear [dmvpn] session [peer]");
	assert_string_equal(parse("clear dmvpn session peer 6.6.6.6"),
			    "clear [dmvpn] session [peer]");
	assert_string_equal(args.address_text, "6.6.6.6");
}

static void test_arguments(void **state)
{
	(void)state;
	assert_string_equal(parse("show detail"), "show [dmvpn]");
	assert_true(args.detail);
	assert_string_equal(parse("show dmvpn detail"), "show [dmvpn]");
	assert_true(args.detail);
	assert_non_null(parse("show dmvpn"));
	assert_false(args.detail);
	assert_non_null(parse("show crypto sa 6.6.6.6"));
	assert_string_equal(args.address_text, "6.6.6.6");
	assert_int_equal(args.address.len, 32);
	assert_non_null(parse("show nhrp 10.0.0.0/8"));
	assert_int_equal(args.address.len, 8);
}

static void test_bad_lines(void **state)
{
	(void)state;
	assert_null(parse(""));
	assert_null(parse("reload"));
	assert_string_equal(error, "no command \"reload\"");
	assert_null(parse("show crypto"));
	assert_null(parse("show crypto sa 6.6.6"));
	assert_non_null(strstr(error, ": what is \"6.6.6\"?"));
	assert_null(parse("show crypto sa 6.6.6.6 7.7.7.7"));
	assert_null(parse("show nhrp dev"));
	assert_string_equal(error, "show nhrp: what is \"dev\"?");
	assert_null(parse("show nhrp detail"));
	assert_null(parse("monitor now"));
	assert_null(parse("mon"));
}

/* ---- completion ---- */

static const struct command offered[] = {
	{ "show [dmvpn]", TAKES_DETAIL | TAKES_DEV, NULL, "tunnels" },
	{ "show [ip|ipv6] nhrp", TAKES_DEV | TAKES_ADDRESS, NULL, "cache" },
	{ "show [ip|ipv6] nhrp brief", 0, NULL, "short" },
	{ "policy load", NEEDS_NAME | NAMES_FILE, NULL, "load" },
	{ "test classify", NEEDS_NAME | TAKES_FLOW, NULL, "test" },
};

static const struct commands offers = { offered, 5 };

static char *text;

/* The words that may follow a line, with blanks between them. */
static const char *next(const char *line)
{
	static char buf[256], words[512];
	char *argv[16], *save = NULL, *word;
	int argc = 0;
	size_t len;
	FILE *f;

	snprintf(buf, sizeof(buf), "%s", line);
	for (word = strtok_r(buf, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	free(text);
	f = open_memstream(&text, &len);
	command_complete(&offers, argc, argv, f);
	fclose(f);
	words[0] = '\0';
	for (word = strtok_r(text, "\n", &save); word;
	     word = strtok_r(NULL, "\n", &save)) {
		*strchr(word, '\t') = '\0';
		strcat(strcat(words, words[0] ? " " : ""), word);
	}
	return words;
}

static void completion(void **state)
{
	(void)state;
	assert_string_equal(next(""), "show policy test");
	assert_string_equal(next("show"), "dmvpn detail dev ip ipv6 nhrp");
	assert_string_equal(next("show ip"), "nhrp");
	assert_string_equal(next("show nhrp"), "dev @address brief");
	assert_string_equal(next("show nhrp dev"), "@device");
	assert_string_equal(next("show nhrp dev dmvpn0"), "@address");
	assert_string_equal(next("show nhrp brief"), "");
	assert_string_equal(next("show dmvpn detail"), "dev");
	assert_string_equal(next("policy load"), "@file");
	assert_string_equal(next("policy load x"), "");
	assert_string_equal(next("test classify"), "@policy");
	assert_string_equal(next("test classify P"), "src dst protocol sport"
			    " dport type code dscp");
	assert_string_equal(next("shwo"), "");
}

static void words(void **state)
{
	char *argv[] = { "show", "ipv6", "nhrp", "interface", "Tunnel0" };
	const struct command *c;

	(void)state;
	c = command_parse(&offers, 5, argv, &args, error);
	assert_ptr_equal(c, &offered[1]);
	assert_int_equal(args.family, AF_INET6);
	assert_string_equal(args.dev, "Tunnel0");
	argv[1] = "nhrp";
	c = command_parse(&offers, 2, argv, &args, error);
	assert_ptr_equal(c, &offered[1]);
	assert_int_equal(args.family, 0);
}

static const char *listed(int argc, char **argv, size_t n)
{
	size_t len;
	FILE *f;

	free(text);
	f = open_memstream(&text, &len);
	assert_int_equal(command_usage(&commands, argc, argv, f), n);
	fclose(f);
	return text;
}

/* For who knows only how a command begins. */
static void beginnings(void **state)
{
	char *argv[] = { "show", "crypto", "sa", "now" };

	(void)state;
	listed(0, NULL, 7);
	assert_non_null(strstr(listed(2, argv, 2), "  show crypto [ipsec] sa"));
	assert_non_null(strstr(text, "  show crypto isakmp sa"));
	assert_null(strstr(text, "nhrp"));
	assert_non_null(strstr(listed(3, argv, 1), "  show crypto [ipsec] sa"));
	listed(4, argv, 0);
	argv[0] = "policy";
	listed(1, argv, 0);
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
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_bad_lines),
		cmocka_unit_test(completion),
		cmocka_unit_test(words),
		cmocka_unit_test(beginnings),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
