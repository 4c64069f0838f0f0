// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nhrpd/codec.h"
#include "nhrpd/ext.h"

static void empty(struct nhrp_msg *msg)
{
	memset(msg, 0, sizeof(*msg));
	msg->type = NHRP_REGISTRATION_REQUEST;
	msg->afn = NHRP_AFN_IPV4;
	msg->protocol = NHRP_PROTOCOL_IPV4;
}

static void order_stays(void **state)
{
	static const unsigned int types[] = {
		NHRP_EXT_NAT, 0x3801, NHRP_EXT_FORWARD, NHRP_EXT_VENDOR,
		NHRP_EXT_VENDOR, NHRP_EXT_AUTH,
	};
	size_t n = sizeof(types) / sizeof(types[0]), i, len;
	struct nhrp_msg msg, again, copy;
	uint8_t data[NHRP_PACKET_MAX];

	(void)state;
	empty(&msg);
	for (i = 0; i < n; i++)
		assert_true(ext_add(&msg, types[i], i & 1, "abcdef", i));
	len = nhrp_encode(&msg, data, sizeof(data));
	assert_int_equal(nhrp_decode(&again, data, len), NHRP_DECODE_OK);
	empty(&copy);
	ext_copy(&copy, &again);
	assert_int_equal(copy.n_ext, n);
	for (i = 0; i < n; i++) {
		assert_int_equal(copy.ext[i].type, types[i]);
		assert_int_equal(copy.ext[i].compulsory, i & 1);
		assert_int_equal(copy.ext[i].len, i);
		assert_memory_equal(copy.pool + copy.ext[i].pos, "abcdef", i);
	}
}

static void passwords(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	empty(&msg);
	assert_true(ext_auth_check(&msg, ""));
	assert_false(ext_auth_check(&msg, "secret"));
	assert_true(ext_auth_set(&msg, "secret"));
	assert_true(ext_auth_check(&msg, "secret"));
	assert_false(ext_auth_check(&msg, "secre"));
	assert_false(ext_auth_check(&msg, "secret1"));
	assert_false(ext_auth_check(&msg, "Secret"));
	/* In its place. */
	assert_true(ext_add(&msg, NHRP_EXT_NAT, false, NULL, 0));
	assert_true(ext_auth_set(&msg, "12345678"));
	assert_int_equal(msg.ext[0].type, NHRP_EXT_AUTH);
	assert_int_equal(msg.ext[0].len, 12);
	assert_true(ext_auth_set(&msg, ""));
	assert_int_equal(msg.n_ext, 1);
	assert_int_equal(msg.ext[0].type, NHRP_EXT_NAT);
}

static void unknown(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	empty(&msg);
	assert_true(ext_add_request(&msg));
	assert_true(ext_add(&msg, 0x3801, false, "x", 1));
	assert_null(ext_unknown(&msg));
	assert_true(ext_add(&msg, 0x3802, true, "x", 1));
	assert_ptr_equal(ext_unknown(&msg), &msg.ext[5]);
}

static void entries(void **state)
{
	struct nhrp_cie cie = { .nbma = addr_v4(0x01010101),
				.proto = addr_v4(0x0a000001) };
	struct addr other = addr_v4(0x0a000002), a;
	struct nhrp_cie out[4];
	struct nhrp_msg msg;
	struct nhrp_ext *ext;

	(void)state;
	empty(&msg);
	assert_true(ext_add_request(&msg));
	ext = ext_find(&msg, NHRP_EXT_NAT);
	assert_int_equal(ext_cies(&msg, ext, out, 4), 0);
	assert_true(ext_append_cie(&msg, ext, &cie));
	cie.nbma = addr_v4(0x02020202);
	cie.proto = other;
	assert_true(ext_append_cie(&msg, ext, &cie));
	assert_int_equal(ext_cies(&msg, ext, out, 4), 2);
	assert_int_equal(ext_cies(&msg, ext, out, 1), 1);
	a = ext_nat(&msg, &other);
	assert_true(addr_equal(&a, &cie.nbma));
	assert_true(ext_set_cie(&msg, ext, &cie));
	assert_int_equal(ext_cies(&msg, ext, out, 4), 1);
	other = addr_v4(0x0a000003);
	a = ext_nat(&msg, &other);
	assert_true(addr_is_none(&a));
	/* Cut in the middle: what is whole. */
	ext->len--;
	assert_int_equal(ext_cies(&msg, ext, out, 4), 0);
}

static void full(void **state)
{
	static uint8_t big[NHRP_MSG_POOL];
	struct nhrp_msg msg;
	unsigned int i;

	(void)state;
	empty(&msg);
	assert_false(ext_add(&msg, 9, false, big, sizeof(big) + 1));
	for (i = 0; i < NHRP_MSG_EXTS; i++)
		assert_true(ext_add(&msg, 0x3800 + i, false, NULL, 0));
	assert_false(ext_add(&msg, 9, false, NULL, 0));
	assert_true(ext_replace(&msg, &msg.ext[0], big, sizeof(big) - 1));
	assert_false(ext_append(&msg, &msg.ext[1], big, 2));
	assert_false(ext_auth_set(&msg, "secret"));
}

/* What is found of @role in a message. */
static enum ext_group found(const struct nhrp_msg *msg,
			    enum nhrp_group_role role, const char *name,
			    uint64_t rate)
{
	struct nhrp_group group;
	enum ext_group result = ext_group_get(msg, role, &group);

	assert_string_equal(group.name, name);
	assert_int_equal(group.rate, rate);
	return result;
}

static void groups(void **state)
{
	static const uint64_t rate = 0x123456789abcdef0;
	struct nhrp_group group = { "GOLD", rate };
	char longest[NHRP_GROUP_NAME + 1];
	struct nhrp_msg msg;

	(void)state;
	empty(&msg);
	assert_int_equal(found(&msg, NHRP_GROUP_ASKS, "", 0), EXT_GROUP_NONE);
	assert_true(ext_group_set(&msg, NHRP_GROUP_ASKS, &group));
	assert_false(msg.ext[0].compulsory);
	assert_memory_equal(msg.pool + msg.ext[0].pos,
			    "DM\1\x12\x34\x56\x78\x9a\xbc\xde\xf0GOLD", 15);
	assert_int_equal(found(&msg, NHRP_GROUP_ASKS, "GOLD", rate),
			 EXT_GROUP_NAMED);
	/* It is not the other's. */
	assert_int_equal(found(&msg, NHRP_GROUP_ANSWERS, "", 0),
			 EXT_GROUP_NONE);
	/* In its place. */
	assert_true(ext_add(&msg, NHRP_EXT_NAT, false, NULL, 0));
	group.name[0] = '\0';
	assert_true(ext_group_set(&msg, NHRP_GROUP_ANSWERS, &group));
	assert_int_equal(msg.ext[0].type, NHRP_EXT_GROUP);
	assert_int_equal(msg.ext[0].len, 11);
	/* A rate without a name is one. */
	assert_int_equal(found(&msg, NHRP_GROUP_ANSWERS, "", rate),
			 EXT_GROUP_NONE);
	memset(longest, 'x', sizeof(longest));
	longest[NHRP_GROUP_MAX] = '\0';
	assert_true(ext_group_valid(longest));
	strcpy(group.name, longest);
	assert_true(ext_group_set(&msg, NHRP_GROUP_ASKS, &group));
	assert_int_equal(found(&msg, NHRP_GROUP_ASKS, longest, rate),
			 EXT_GROUP_NAMED);
	longest[NHRP_GROUP_MAX] = 'x';
	longest[NHRP_GROUP_NAME] = '\0';
	assert_false(ext_group_valid(longest));
	assert_false(ext_group_valid(""));
	assert_false(ext_group_valid("two words"));
	assert_false(ext_group_valid("gr\xc3\xbcn"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_stays),
		cmocka_unit_test(passwords),
		cmocka_unit_test(unknown),
		cmocka_unit_test(entries),
		cmocka_unit_test(full),
		cmocka_unit_test(groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
