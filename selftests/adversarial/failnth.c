// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests to the kernel during which its Nth allocation for us fails, by
 * /proc/thread-self/fail-nth. For failnth.py, in C because an interpreter
 * needs memory meanwhile, which would be counted too; for the same reason all
 * memory is touched before.
 *
 * Each function returns 0 if there were fewer than @n allocations. Else one of
 * them failed, *error gets what came of the request, 0 or -errno, and the
 * function returns 1.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int control = -1;

static void fail_begin(int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", n);

	control = open("/proc/thread-self/fail-nth", O_RDWR);
	if (control < 0 || write(control, text, len) != len)
		err(1, "fail-nth");
}

/* Was there such an allocation? The counter has reached 0 then. */
static int fail_end(void)
{
	char text[16] = "";

	if (pread(control, text, sizeof(text) - 1, 0) <= 0 ||
	    pwrite(control, "0", 1, 0) != 1)
		err(1, "fail-nth");
	close(control);
	return atoi(text) == 0;
}

/* The last message of an answer says how it went. 1 if it is not there yet. */
static int answer(const void *data, ssize_t len)
{
	const struct nlmsghdr *nlh;

	for (nlh = data; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len))
		if (nlh->nlmsg_type == NLMSG_ERROR ||
		    nlh->nlmsg_type == NLMSG_DONE)
			return *(const int *)NLMSG_DATA(nlh);
	return 1;
}

static int talk(int sock, const void *msg, size_t len, void *room, size_t size)
{
	ssize_t got;
	int result;

	if (send(sock, msg, len, 0) < 0)
		return -errno;
	do {
		got = recv(sock, room, size, 0);
		if (got < 0)
			return -errno;
		result = answer(room, got);
	} while (result > 0);
	return result;
}

/* @sock: netlink socket with a timeout; @msg asks for an acknowledgment */
int fail_request(int n, int sock, const void *msg, size_t len, int *error)
{
	static char room[1 << 16];

	memset(room, 0, sizeof(room));
	*error = 0;
	fail_begin(n);
	*error = talk(sock, msg, len, room, sizeof(room));
	return fail_end();
}

/* A process does it, which leaves its namespace behind with it. */
int fail_netns(int n, int *error)
{
	int status, hit;
	pid_t pid = fork();

	if (!pid) {
		fail_begin(n);
		status = unshare(CLONE_NEWNET) ? errno : 0;
		hit = fail_end();
		_exit(hit ? status : 255);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		err(1, "fork");
	*error = -WEXITSTATUS(status);
	return *error != -255;
}

int fail_module(int n, const char *path, int *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), hit;

	if (fd < 0)
		err(1, "%s", path);
	*error = 0;
	fail_begin(n);
	if (syscall(SYS_finit_module, fd, "", 0))
		*error = -errno;
	hit = fail_end();
	close(fd);
	return hit;
}
