// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Notifications that do not fit into a socket. Messages between user programs
 * are lost as the kernel's own are.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/netlink.h"

#define GROUP		31
#define BUFFER		65536
#define FEW		(NLMSG_MIN_TYPE + 1)
#define MANY		(NLMSG_MIN_TYPE + 2)

static struct netlink nl = NETLINK_CLOSED;
static int sender = -1;
static unsigned int few, many;

static int set_up(void **state)
{
	(void)state;
	few = 0;
	many = 0;
	sender = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_USERSOCK);
	if (sender < 0 || netlink_open(&nl, NETLINK_USERSOCK))
		return -1;
	netlink_buffer(&nl, BUFFER);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	netlink_close(&nl);
	close(sender);
	return 0;
}

static void tell(uint16_t type, size_t len)
{
	static char buf[4096];
	const struct sockaddr_nl to = {
		.nl_family = AF_NETLINK,
		.nl_groups = 1U << (GROUP - 1),
	};
	struct nlmsghdr *hdr = (struct nlmsghdr *)(void *)buf;

	hdr->nlmsg_len = (uint32_t)len;
	hdr->nlmsg_type = type;
	/* It fails, as nobody has the kernel's address; the group gets it. */
	sendto(sender, buf, len, 0, (const struct sockaddr *)&to, sizeof(to));
}

static void heard(void *arg, struct nlmsghdr *hdr)
{
	(void)arg;
	few += hdr->nlmsg_type == FEW;
	many += hdr->nlmsg_type == MANY;
}

static int read_events(void)
{
	return netlink_events(&nl, heard, NULL);
}

static void listen_or_skip(void)
{
	if (netlink_join(&nl, GROUP))
		skip();
}

static void test_fit(void **state)
{
	(void)state;
	listen_or_skip();
	tell(FEW, NLMSG_HDRLEN);
	tell(FEW, NLMSG_HDRLEN);
	assert_int_equal(read_events(), 0);
	assert_int_equal(few, 2);
}

/* More than fit. */
static void tell_many(size_t len)
{
	int i;

	for (i = 0; i < 10000; i++)
		tell(MANY, len);
}

/* That some were lost is told once. */
static void overrun(size_t len, unsigned int least)
{
	int i, err = 0;

	tell_many(len);
	for (i = 0; !err && i < 10000; i++)
		err = read_events();
	assert_int_equal(err, -ENOBUFS);
	/* Whoever has read everything anew by now hears of what comes then. */
	tell(FEW, NLMSG_HDRLEN);
	assert_int_equal(read_events(), 0);
	assert_int_equal(few, 1);
	assert_true(many >= least);
}

static void test_overrun(void **state)
{
	(void)state;
	listen_or_skip();
	overrun(4096, 2);
}

/* More of them are left than are read at once. */
static void test_overrun_small(void **state)
{
	(void)state;
	listen_or_skip();
	overrun(NLMSG_HDRLEN, 65);
}

/* The last one that fit is the last one that is read at once. */
static void test_overrun_last(void **state)
{
	char buf[NLMSG_HDRLEN];
	unsigned int fit;

	(void)state;
	listen_or_skip();
	overrun(NLMSG_HDRLEN, 128);
	fit = many;
	tell_many(NLMSG_HDRLEN);
	many = 0;
	assert_int_equal(read_events(), 0);
	for (; many + 64 < fit; many++)
		assert_int_equal(recv(nl.fd, buf, sizeof(buf), MSG_DONTWAIT),
				 sizeof(buf));
	assert_int_equal(read_events(), -ENOBUFS);
	assert_int_equal(many, fit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_fit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_overrun, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_overrun_small, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_overrun_last, set_up,
						tear_down),
	};

	return cmocka_run_group_tests_name("netlink", tests, NULL, NULL);
}
