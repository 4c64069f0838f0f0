/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <sys/socket.h>
#include <unistd.h>

#include <linux/dmvpn.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include <test_suite.h>

#include "dmvpn_events.h"

static int fds[2];

/* the filter sees what is in a datagram, whatever the socket */
START_SETUP(setup)
{
	ck_assert(!socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds));
	ck_assert(dmvpn_events_filter(fds[1]));
}
END_SETUP

START_TEARDOWN(teardown)
{
	close(fds[0]);
	close(fds[1]);
}
END_TEARDOWN

/**
 * Does a message of a family come through?
 */
static bool passes(uint16_t type, uint8_t cmd)
{
	struct {
		struct nlmsghdr nl;
		struct genlmsghdr genl;
		char rest[100];
	} message = {
		.nl = {
			.nlmsg_type = type,
		},
		.genl = {
			.cmd = cmd,
		},
	};
	char buf[sizeof(message)];

	if (send(fds[0], &message, sizeof(message), 0) < 0)
	{
		return FALSE;
	}
	return recv(fds[1], buf, sizeof(buf), 0) == sizeof(message);
}

START_TEST(test_filter)
{
	int cmd;

	for (cmd = 0; cmd <= DMVPN_CMD_MAX; cmd++)
	{
		ck_assert(passes(GENL_ID_CTRL, cmd));
		ck_assert(passes(0x1234, cmd) == (cmd == DMVPN_CMD_ACQUIRE_NTF ||
										  cmd == DMVPN_CMD_SESSION_DEL_NTF ||
										  cmd == DMVPN_CMD_SA_DEL_NTF ||
										  cmd == DMVPN_CMD_SA_EXPIRE_NTF ||
										  cmd == DMVPN_CMD_NAT_MOVED_NTF));
	}
}
END_TEST

Suite *dmvpn_events_suite_create(void)
{
	Suite *s;
	TCase *tc;

	s = suite_create("dmvpn events");

	tc = tcase_create("filter");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_filter);
	suite_add_tcase(s, tc);

	return s;
}
