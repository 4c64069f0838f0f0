/* SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/dmvpn.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include <test_suite.h>
#include <threading/semaphore.h>

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

/**
 * More than fits into the socket, in messages of so many bytes
 */
#define BYTES (32 * 1024 * 1024)
#define SIZE 4096

/**
 * Milliseconds to wait for what has to happen
 */
#define SOON 5000

static int net, sender;
static dmvpn_events_t *events;

/**
 * Posted when the tables are read, and when the module was unloaded
 */
static semaphore_t *synced, *unloaded;

/**
 * Say that a family is gone, as the kernel does
 */
static void say_gone(const char *family, size_t size)
{
	static char buf[SIZE];
	struct sockaddr_nl to = {
		.nl_family = AF_NETLINK,
		.nl_groups = 1 << (GENL_ID_CTRL - 1),
	};
	struct nlmsghdr *nl = (struct nlmsghdr*)buf;
	struct genlmsghdr *genl = (struct genlmsghdr*)(nl + 1);
	struct nlattr *attr = (struct nlattr*)(genl + 1);

	nl->nlmsg_len = size;
	nl->nlmsg_type = GENL_ID_CTRL;
	genl->cmd = CTRL_CMD_DELFAMILY;
	attr->nla_type = CTRL_ATTR_FAMILY_NAME;
	attr->nla_len = sizeof(*attr) + strlen(family) + 1;
	strcpy((char*)(attr + 1), family);
	sendto(sender, buf, size, 0, (struct sockaddr*)&to, sizeof(to));
}

static bool changed(void *data, bool there)
{
	if (!there)
	{
		unloaded->post(unloaded);
	}
	return FALSE;
}

static void resync(dmvpn_genl_handler_t *this)
{
	/* the tables are read, and then something happens */
	say_gone(DMVPN_GENL_NAME, 64);
	synced->post(synced);
}

static dmvpn_genl_handler_t handler = {
	.resync = resync,
};

/* a network namespace of our own, whose events are ours alone */
START_SETUP(setup_overrun)
{
	net = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (unshare(CLONE_NEWNET))
	{
		close(net);
		net = -1;
		return;
	}
	sender = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	synced = semaphore_create(0);
	unloaded = semaphore_create(0);
	events = dmvpn_events_create(changed, NULL);
	lib->processor->set_threads(lib->processor, 4);
}
END_SETUP

START_TEARDOWN(teardown_overrun)
{
	if (net < 0)
	{
		return;
	}
	DESTROY_IF(events);
	lib->processor->set_threads(lib->processor, 0);
	lib->processor->cancel(lib->processor);
	unloaded->destroy(unloaded);
	synced->destroy(synced);
	close(sender);
	setns(net, CLONE_NEWNET);
	close(net);
}
END_TEARDOWN

/**
 * Does something happen within so many milliseconds?
 */
static bool happens(semaphore_t *semaphore, u_int ms)
{
	return !semaphore->timed_wait(semaphore, ms);
}

START_TEST(test_overrun)
{
	int i;

	if (net < 0)
	{
		warn("not allowed to have a network namespace, skipped");
		return;
	}
	ck_assert(events && events->join(events, GENL_ID_CTRL));
	for (i = 0; i < BYTES / SIZE; i++)
	{
		say_gone("another", SIZE);
	}
	events->set_handler(events, &handler);
	ck_assert(happens(synced, SOON));
	ck_assert(happens(unloaded, SOON));
	ck_assert(!happens(synced, 0));
}
END_TEST

/**
 * Does the kernel's sender hear of what a socket loses? -1 if it is another
 * kind of file.
 */
static int tells_sender(int fd)
{
	socklen_t len = sizeof(int);
	int on = -1;

	getsockopt(fd, SOL_NETLINK, NETLINK_BROADCAST_ERROR, &on, &len);
	return on;
}

START_TEST(test_sender)
{
	int fd, found = 0;

	if (net < 0)
	{
		warn("not allowed to have a network namespace, skipped");
		return;
	}
	ck_assert_int_eq(tells_sender(sender), 0);
	for (fd = 0; fd < 100; fd++)
	{
		found += tells_sender(fd) == 1;
	}
	ck_assert_int_eq(found, 1);
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

	tc = tcase_create("overrun");
	tcase_add_checked_fixture(tc, setup_overrun, teardown_overrun);
	tcase_set_timeout(tc, 40);
	tcase_add_test(tc, test_overrun);
	tcase_add_test(tc, test_sender);
	suite_add_tcase(s, tc);

	return s;
}
