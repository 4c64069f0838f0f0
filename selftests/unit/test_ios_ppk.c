// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl import: postquantum preshared keys. A session that shall have one
 * does not come up without it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "imported.h"

#define SWANCTL	"DIR/swanctl/swanctl.conf"

/* Lines 1 to 15. */
#define ROUTER \
	IMPORTED_TUNNEL \
	" set ikev2-profile I\n" \
	"crypto ikev2 profile I\n" \
	" authentication local pre-share\n" \
	" authentication remote pre-share\n" \
	" keyring local R\n" \
	" keyring ppk R\n" \
	"crypto ikev2 keyring R\n"
/* Lines 16 to 18. */
#define ANY \
	" peer ANY\n" \
	"  address 0.0.0.0 0.0.0.0\n" \
	"  pre-shared-key k1\n"
#define NEXT	" peer NEXT\n  address 2.2.2.2\n  pre-shared-key k2\n"

static void test_one(void **state)
{
	(void)state;
	imported(ROUTER ANY "  ppk manual id PPK-1 key secretppk required\n");
	imported_is(14, IOS_TAKEN, NULL);
	imported_is(19, IOS_TAKEN, NULL);
	imported_has(SWANCTL, "\t\tppk_id = \"PPK-1\"\n"
		     "\t\tppk_required = yes\n");
	imported_has(SWANCTL, "\tppk-1 {\n\t\tid = \"PPK-1\"\n"
		     "\t\tsecret = \"secretppk\"\n\t}\n}\n");
	imported_end();
	imported(ROUTER ANY "  ppk manual id a.b key hex 0xA1b2\n");
	imported_is(19, IOS_TAKEN, NULL);
	imported_has(SWANCTL, "secret = 0xA1b2\n");
	imported_lacks(SWANCTL, "ppk_required");
	imported_end();
	imported(ROUTER ANY "  ppk manual id a key 7 02050D480809\n");
	imported_has(SWANCTL, "id = \"a\"\n\t\tsecret = \"cisco\"\n");
	imported_end();
}

/* A connection is for all peers. */
static void test_peers(void **state)
{
	(void)state;
	imported(ROUTER ANY NEXT "  ppk manual id a key one required\n");
	imported_is(22, IOS_CHANGED, "required of all peers");
	imported_end();
	imported(ROUTER ANY "  ppk manual id a key one\n"
		 NEXT "  ppk manual id b key two\n");
	imported_is(19, IOS_CHANGED, "sessions that begin here have none");
	imported_is(23, IOS_CHANGED, "sessions that begin here have none");
	imported_lacks(SWANCTL, "ppk_id");
	imported_has(SWANCTL, "id = \"a\"\n\t\tsecret = \"one\"\n");
	imported_has(SWANCTL, "id = \"b\"\n\t\tsecret = \"two\"\n");
	imported_end();
	imported(ROUTER ANY "  ppk manual id a key one\n"
		 NEXT "  ppk manual id b key two required\n");
	imported_is(19, IOS_CHANGED, "only peers can begin a session");
	imported_is(19, IOS_CHANGED, "required, as in line 23");
	imported_is(23, IOS_CHANGED, "only peers can begin a session");
	imported_has(SWANCTL, "ppk_required = yes\n");
	imported_end();
	imported(ROUTER ANY "  ppk manual id a key one\n"
		 NEXT "  ppk manual id a key two\n");
	imported_is(23, IOS_LOST, "line 19 has another key");
	imported_has(SWANCTL, "ppk_id = \"a\"\n");
	imported_lacks(SWANCTL, "two");
	imported_end();
}

/* What cannot be had is still required. */
static void test_none(void **state)
{
	(void)state;
	imported(ROUTER ANY "  ppk dynamic SKS required\n");
	imported_is(19, IOS_LOST, "no key is asked for elsewhere");
	imported_has(SWANCTL, "ppk_required = yes\n");
	imported_lacks(SWANCTL, "ppk_id");
	imported_has(SWANCTL, "# line 19: its ppk could not be read\n");
	imported_end();
	imported(ROUTER ANY "  ppk manual id a key 6 ABCDEF required\n");
	imported_is(19, IOS_LOST, "type 6");
	imported_has(SWANCTL, "ppk_id = \"a\"\n\t\tppk_required = yes\n");
	imported_lacks(SWANCTL, "ABCDEF");
	imported_end();
	imported(ROUTER ANY "  ppk manual id 10.0.0.1 key one required\n");
	imported_is(19, IOS_LOST, "give it one with a letter");
	imported_has(SWANCTL, "ppk_required = yes\n");
	imported_end();
	imported(ROUTER ANY "  ppk manual key secretppk required\n");
	imported_is(19, IOS_LOST, "not understood");
	imported_has(SWANCTL, "ppk_required = yes\n");
	imported_lacks(SWANCTL, "secretppk");
	imported_end();
}

/* IOS does not use it either. */
static void test_unused(void **state)
{
	(void)state;
	imported(ROUTER ANY "crypto ikev2 keyring OTHER\n peer A\n"
		 "  address 2.2.2.2\n  ppk manual id a key one\n");
	imported_is(14, IOS_LOST, "there is no ppk in a keyring");
	imported_is(22, IOS_FOREIGN, NULL);
	imported_lacks(SWANCTL, "ppk");
	imported_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_peers),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_unused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
