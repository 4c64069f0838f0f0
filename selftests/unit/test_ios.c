// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl import: configurations of IOS below ios/, and what has to become of
 * them; that keys are told to nobody, that no line is passed over, and that
 * files are written together.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "dmvpnctl/output.h"
#include "imported.h"
#include "nhrpd/config.h"

static char *read_text(const char *name)
{
	FILE *f = fopen(name, "re");
	char *text = calloc(1, 1 << 16);

	if (!f)
		fail_msg("%s: %s", name, strerror(errno));
	assert_non_null(text);
	assert_true(fread(text, 1, (1 << 16) - 1, f) < (1 << 16) - 1);
	fclose(f);
	return text;
}

/* The report, and with @files these before it. */
static char *all_texts(const struct output *out, bool files)
{
	const struct import_file *file;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	for (file = import.files; files && file; file = file->next)
		fprintf(f, "==== %s\n%s", file->path, file->text.data);
	out->imported(f, &import);
	fclose(f);
	return text;
}

/* Where they part, for who has to find it. */
static void compare(const char *name, const char *have, const char *want)
{
	size_t at = 0;

	while (have[at] && have[at] == want[at])
		at++;
	if (have[at] || want[at])
		fail_msg("%s: \"...%.60s\" should be \"...%.60s\"", name,
			 have + at, want + at);
}

static void golden(const char *name)
{
	char path[64], *text, *want, *have;

	snprintf(path, sizeof(path), "ios/%s.ios", name);
	text = read_text(path);
	snprintf(path, sizeof(path), "ios/%s.out", name);
	want = read_text(path);
	imported(text);
	have = all_texts(&text_output, true);
	imported_end();
	free(text);
	compare(name, have, want);
	free(have);
	free(want);
}

static void test_golden(void **state)
{
	(void)state;
	golden("scenario");
	golden("hub");
	golden("branch");
	golden("spoke1");
}

/* ---- no line is passed over ---- */

static void test_scenario_whole(void **state)
{
	char *text = read_text("ios/scenario.ios");
	const struct ios_line *l;

	(void)state;
	imported(text);
	for (l = ios.line; l < ios.line + ios.n; l++)
		assert_true(l->fate == IOS_TAKEN || l->fate == IOS_CHANGED);
	imported_end();
	free(text);
}

static void test_every_line(void **state)
{
	static const char *const names[] = {
		"ios/hub.ios", "ios/branch.ios", "ios/spoke1.ios",
	};
	const struct ios_line *l;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		text = read_text(names[i]);
		imported(text);
		for (l = ios.line; l < ios.line + ios.n; l++) {
			assert_int_not_equal(l->fate, IOS_UNSEEN);
			assert_true(l->fate != IOS_LOST || l->why);
			assert_true(l->fate != IOS_CHANGED || l->why);
		}
		imported_end();
		free(text);
	}
}

#define TUNNEL	"interface Tunnel0\n tunnel mode gre multipoint\n"

static void test_unknown(void **state)
{
	(void)state;
	imported(TUNNEL " tunnel sourc Loopback0\n ip nhrp holdtime\n"
		 " ip nhrp holdtime 600 700\n ip nhrp\n \x1b[2J\n"
		 "crypto isakmp frob\ncrypto isakmp policy 10\n encr rot13\n"
		 "class-map X\n match frob\npolicy-map\nip access-list\n"
		 "ip frobnicate\n");
	imported_is(1, IOS_CHANGED, NULL);
	imported_is(2, IOS_TAKEN, NULL);
	imported_is(3, IOS_LOST, "it is not understood");
	imported_is(4, IOS_LOST, NULL);
	imported_is(5, IOS_LOST, "word 5 and what follows is not understood");
	imported_is(6, IOS_LOST, NULL);
	imported_is(7, IOS_LOST, "it has bytes that are no text");
	imported_is(8, IOS_LOST, NULL);
	imported_is(14, IOS_LOST, NULL);
	imported_is(15, IOS_FOREIGN, NULL);
	imported_end();
}

/* What nhrpd would not take is told by the line of IOS. */
static void test_ranges(void **state)
{
	unsigned int i;

	(void)state;
	imported(TUNNEL " ip nhrp nhs fallback 0\n ip nhrp holdtime 1\n"
		 " ip nhrp use 0\n ip nhrp max-send 5 every 9999\n"
		 " ip nhrp authentication muchtoolong\n if-state nhrp\n"
		 " ip nhrp registration timeout 9000\n"
		 " ip nhrp summary-map 0.0.0.0/0\n");
	imported_is(3, IOS_TAKEN, NULL);
	imported_is(4, IOS_LOST, "holdtime is 3 to 65535 here");
	for (i = 5; i <= 10; i++)
		imported_is(i, IOS_LOST, NULL);
	imported_lacks("DIR/nhrpd.conf", "holdtime");
	imported_lacks("DIR/nhrpd.conf", "timeout");
	imported_end();
}

static void test_no_tunnel(void **state)
{
	(void)state;
	imported("hostname X\n"
		 "interface Tunnel0\n tunnel destination 1.1.1.1\n");
	assert_null(import.files);
	imported_is(2, IOS_LOST, "it is point-to-point");
	imported_end();
	imported("");
	assert_null(import.files);
	imported_end();
}

/* As a terminal saves it, with carriage returns, and without an end. */
static void test_line_ends(void **state)
{
	(void)state;
	imported("interface Tunnel7\r\n tunnel mode gre multipoint\r\n"
		 " tunnel source 1.1.1.1\r\n ip nhrp network-id 7\r\n!\r\nend");
	imported_has("DIR/dmvpn/dmvpn7.conf",
		     "link add dmvpn7 type dmvpn local 1.1.1.1\n");
	imported_has("DIR/nhrpd.conf", "network-id = 7\n");
	imported_is(5, IOS_BLANK, NULL);
	imported_is(6, IOS_BLANK, NULL);
	imported_end();
}

/* ---- keys ---- */

static const char *decoded(const char *text, char buf[static 64])
{
	struct ios_line l = { .number = 1 };
	char type[] = "7", word[64], *words[] = { type, word };
	struct ios_at at = { &ios, &l, 0 };
	const char *key;
	uint64_t n;

	snprintf(word, sizeof(word), "%s", text);
	l.word = words;
	l.n = 2;
	key = ios_secret(&at, &n);
	assert_int_equal(n, 7);
	assert_true(key || l.fate == IOS_LOST);
	if (key)
		snprintf(buf, 64, "%s", key);
	ios_free(&ios);
	return key ? buf : NULL;
}

/* Known of old, from what is written on it everywhere. */
static void test_type7(void **state)
{
	char buf[64];

	(void)state;
	assert_string_equal(decoded("0822455D0A16", buf), "cisco");
	assert_string_equal(decoded("094F471A1A0A", buf), "cisco");
	assert_string_equal(decoded("060506324F41", buf), "cisco");
	assert_string_equal(decoded("02050d480809", buf), "cisco");
	assert_null(decoded("0822455D0A1", buf));
	assert_null(decoded("99AABBCC", buf));
	assert_null(decoded("08", buf));
	assert_null(decoded("xx22455D0A16", buf));
}

static void test_secrets_untold(void **state)
{
	static const char *const secrets[] = {
		"dmvpncloud1", "odd\\key", "0xkey", "JKBe", "s3cret",
		"0822455D0A16", "094F471A1A0A", "$1$", "cisco", "00a1b2",
		"02050D480809", "060506324F41", "authentication dmvpn",
	};
	static const char *const names[] = { "ios/hub.ios", "ios/branch.ios" };
	char *text, *report[2];
	size_t i, k, form;

	(void)state;
	for (i = 0; i < 2; i++) {
		text = read_text(names[i]);
		imported(text);
		report[0] = all_texts(&text_output, false);
		report[1] = all_texts(&json_output, false);
		for (form = 0; form < 2; form++) {
			for (k = 0; k < sizeof(secrets) / sizeof(*secrets); k++)
				assert_null(strstr(report[form], secrets[k]));
			free(report[form]);
		}
		imported_end();
		free(text);
	}
}

static void test_json(void **state)
{
	char *text = read_text("ios/scenario.ios"), *json;
	json_t *all, *first;

	(void)state;
	imported(text);
	json = all_texts(&json_output, false);
	all = json_loads(json, 0, NULL);
	assert_non_null(all);
	assert_int_equal(json_array_size(json_object_get(all, "files")), 3);
	assert_int_equal(json_array_size(json_object_get(all, "lines")), 27);
	first = json_array_get(json_object_get(all, "lines"), 4);
	assert_string_equal(json_string_value(json_object_get(first,
							      "command")),
			    "crypto isakmp key ...");
	assert_string_equal(json_string_value(json_object_get(first,
							      "outcome")),
			    "changed");
	json_decref(all);
	free(json);
	imported_end();
	free(text);
}

/* ---- files ---- */

static char folder[] = "/tmp/test_ios.XXXXXX";

static void print_line(const char *text)
{
	print_message("%s\n", text);
}

/* What nhrpd reads is what stands there. */
static void test_nhrpd_takes_it(void **state)
{
	static const char *const names[] = {
		"ios/scenario.ios", "ios/hub.ios", "ios/branch.ios",
		"ios/spoke1.ios",
	};
	struct conf conf;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		text = read_text(names[i]);
		imported_into(text, folder);
		assert_int_equal(import_files_write(import.files), 0);
		assert_int_equal(config_read(import.files->temp, &conf,
					     print_line), 0);
		conf_free(&conf);
		imported_end();
		free(text);
	}
}

static void test_odd_password(void **state)
{
	static const char text[] =
		TUNNEL " ip nhrp authentication a\"\\${b'\n";
	struct conf conf;

	(void)state;
	imported_into(text, folder);
	assert_int_equal(import_files_write(import.files), 0);
	assert_int_equal(config_read(import.files->temp, &conf, print_line), 0);
	assert_string_equal(conf.iface[0].auth, "a\"\\${b'");
	conf_free(&conf);
	imported_end();
}

static unsigned int mode_of(const char *name)
{
	struct stat st;

	if (stat(name, &st))
		return 0;
	return st.st_mode & 0777;
}

static void put_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "we");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* No file but those that shall be there. */
static size_t files_in(const char *dir)
{
	char command[128];
	size_t n = 0;
	FILE *f;

	snprintf(command, sizeof(command), "find %s -type f", dir);
	f = popen(command, "r");
	assert_non_null(f);
	while (fgets(command, sizeof(command), f))
		n++;
	pclose(f);
	return n;
}

static void write_all(int placed)
{
	static const char text[] = TUNNEL;
	int err;

	imported_into(text, folder);
	assert_int_equal(import_files_write(import.files), 0);
	err = import_files_place(import.files);
	imported_end();
	assert_int_equal(err, placed);
}

static void test_files(void **state)
{
	char nhrpd[64], swanctl[64], device[64], *text;

	(void)state;
	snprintf(nhrpd, sizeof(nhrpd), "%s/nhrpd.conf", folder);
	snprintf(swanctl, sizeof(swanctl), "%s/swanctl/swanctl.conf", folder);
	snprintf(device, sizeof(device), "%s/dmvpn/dmvpn0.conf", folder);
	assert_int_equal(files_in(folder), 0);
	/* The last of them cannot be placed: the others are as they were. */
	put_file(nhrpd, "former\n");
	assert_int_equal(mkdir(device, 0700), 0);
	write_all(-1);
	text = read_text(nhrpd);
	assert_string_equal(text, "former\n");
	free(text);
	assert_int_equal(mode_of(swanctl), 0);
	assert_int_equal(files_in(folder), 1);
	assert_int_equal(rmdir(device), 0);
	write_all(0);
	assert_int_equal(mode_of(nhrpd), 0600);
	assert_int_equal(mode_of(swanctl), 0600);
	assert_int_equal(mode_of(device), 0600);
	assert_int_equal(files_in(folder), 3);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_scenario_whole),
		cmocka_unit_test(test_every_line),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_no_tunnel),
		cmocka_unit_test(test_line_ends),
		cmocka_unit_test(test_type7),
		cmocka_unit_test(test_secrets_untold),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_nhrpd_takes_it),
		cmocka_unit_test(test_odd_password),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
