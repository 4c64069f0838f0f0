// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl: what peers and daemons say reaches a terminal without what would
 * move its cursor, and JSON as UTF-8.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dmvpnctl/doctor.h"
#include "dmvpnctl/nhrpd.h"
#include "dmvpnctl/output.h"
#include "dmvpnctl/shown.h"

static char *text;

static FILE *open_text(void)
{
	static size_t len;

	free(text);
	text = NULL;
	return open_memstream(&text, &len);
}

static int teardown(void **state)
{
	(void)state;
	free(text);
	text = NULL;
	return 0;
}

/* ---- text ---- */

static void shown_is(const char *from, const char *to)
{
	char buf[64];
	FILE *f;

	shown_copy(buf, sizeof(buf), from);
	assert_string_equal(buf, to);
	f = open_text();
	shown_print(f, from);
	fclose(f);
	assert_string_equal(text, to);
}

static void test_characters(void **state)
{
	(void)state;
	shown_is("C=CH, O=\"x\\y\"", "C=CH, O=\"x\\y\"");
	shown_is("a\033[2Jb\nc\x7f", "a?[2Jb?c?");
	/* The same controls as one character of UTF-8, and others that stay. */
	shown_is("a\xc2\x9b;2J", "a??;2J");
	shown_is("M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x98\x80",
		 "M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x98\x80");
	/* Too long for what they are, a half of a pair, and none at all. */
	shown_is("\xc0\xaf", "??");
	shown_is("\xe0\x80\xaf", "???");
	shown_is("\xed\xa0\x80", "???");
	shown_is("\xf4\x90\x80\x80", "????");
	shown_is("\xff\x80 \xc3", "?? ?");
	shown_is("\xe2\x82", "??");
}

static void test_cut(void **state)
{
	char buf[4];

	(void)state;
	shown_copy(buf, sizeof(buf), "ab\xc3\xbc");
	assert_string_equal(buf, "ab");
	shown_copy(buf, sizeof(buf), "a\xc3\xbcz");
	assert_string_equal(buf, "a\xc3\xbc");
	shown_copy(buf, 1, "a");
	assert_string_equal(buf, "");
}

/* ---- where it comes from ---- */

static void test_nhrpd(void **state)
{
	json_t *o = json_loads("{\"type\":\"nhs\",\"interface\":\"d\","
			       "\"error\":\"no\\u001b[2Jway\\u009b1m\"}", 0,
			       NULL);
	struct model m = { 0 };

	(void)state;
	assert_non_null(o);
	nhrp_take(&m, o);
	json_decref(o);
	assert_string_equal(m.nhs[0].error, "no?[2Jway??1m");
	model_free(&m);
}

static void test_event(void **state)
{
	json_t *o = json_pack("{ss, ss}", "interface", "dmvpn0", "text",
			      "of \033]0;x\007");
	struct timespec at = { 0 };
	FILE *f = open_text();

	(void)state;
	text_output.nhrp_event(f, &at, o);
	fclose(f);
	json_decref(o);
	assert_non_null(strstr(text, " nhrpd dmvpn0 of ?]0;x?\n"));
}

/* ---- where it goes ---- */

/* Cut in the middle of a character. */
static void test_json(void **state)
{
	struct finding finding = { .check = "x", .text = "long \xc3" };
	FILE *f = open_text();
	json_t *o;

	(void)state;
	json_output.doctor(f, &finding, 1);
	fclose(f);
	o = json_loads(text, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(
		json_array_get(json_object_get(o, "findings"), 0), "text")),
		"long ?");
	json_decref(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_nhrpd),
		cmocka_unit_test(test_event),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
