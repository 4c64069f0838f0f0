/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <test_suite.h>

#include "dmvpn_trust.h"

/* SHA-1 is a plugin's */
METHOD(hasher_t, allocate_hash, bool,
	hasher_t *this, chunk_t data, chunk_t *hash)
{
	uint32_t sum = chunk_hash_static(data);

	*hash = chunk_clone(chunk_from_thing(sum));
	return TRUE;
}

METHOD(hasher_t, destroy_hasher, void,
	hasher_t *this)
{
	free(this);
}

static hasher_t *create_hasher(hash_algorithm_t algo)
{
	hasher_t *this;

	INIT(this,
		.allocate_hash = _allocate_hash,
		.destroy = _destroy_hasher,
	);
	return this;
}

START_SETUP(setup)
{
	lib->crypto->add_hasher(lib->crypto, HASH_SHA1, "test", create_hasher);
}
END_SETUP

START_TEARDOWN(teardown)
{
	lib->crypto->remove_hasher(lib->crypto, create_hasher);
}
END_TEARDOWN

/**
 * Name of an identity
 */
static char *name_of(char *text)
{
	identification_t *id = identification_create_from_string(text);
	char *name = dmvpn_trust_name(id);

	id->destroy(id);
	return name;
}

/**
 * Is an identity told as it is written?
 */
static bool is_plain(char *text)
{
	char *name = name_of(text);
	bool plain = streq(name, text);

	free(name);
	return plain;
}

START_TEST(test_plain)
{
	ck_assert(is_plain("10.0.0.1"));
	ck_assert(is_plain("spoke.example"));
	ck_assert(is_plain("spoke@example"));
	ck_assert(is_plain("C=DE, CN=spoke"));
	ck_assert(!dmvpn_trust_name(NULL));
}
END_TEST

/**
 * Identities that look the same
 */
static char *pairs[][2] = {
	{ "C=DE, CN=K\xc3\xb6ln", "C=DE, CN=K\xc3\xa5ln" },
	{ "k\xc3\xb6ln.example", "k\xc3\xa5ln.example" },
	{ "a\x01.example", "a?.example" },
};

START_TEST(test_not_printable)
{
	char *one = name_of(pairs[_i][0]), *other = name_of(pairs[_i][1]);
	char *same = name_of(pairs[_i][0]);

	ck_assert(!streq(one, other));
	ck_assert_str_eq(one, same);
	free(one);
	free(other);
	free(same);
}
END_TEST

START_TEST(test_no_hasher)
{
	char *name;

	teardown(_i);
	name = name_of("k\xc3\xb6ln.example");
	ck_assert_str_eq(name, "k??ln.example");
	free(name);
}
END_TEST

Suite *dmvpn_trust_suite_create(void)
{
	Suite *s;
	TCase *tc;

	s = suite_create("dmvpn trust");

	tc = tcase_create("name");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_plain);
	tcase_add_loop_test(tc, test_not_printable, 0, countof(pairs));
	tcase_add_test(tc, test_no_hasher);
	suite_add_tcase(s, tc);

	return s;
}
