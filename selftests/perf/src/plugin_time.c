// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What charon's threads do in the plugin, for selftests/perf/ike: processor
 * time from where a thread enters it to where it leaves it again, and how much
 * of that is the kernel's, on which request. It is loaded before all else
 * (LD_PRELOAD), so that libnl's calls come here, and so do those that the
 * compiler puts into a plugin with -finstrument-functions.
 *
 * The file that PLUGIN_TIME names has the sums. A clock is read by a system
 * call, which takes longer than much of what is measured: what that takes is
 * measured at first, and is in none of the sums but its own.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define COMMANDS	64
#define CALIBRATION	1000

/* Processor time, and what it was taken for. */
struct sum {
	_Atomic uint64_t ns;
	_Atomic uint64_t count;
};

/*
 * A command is one of the generic netlink family. 0 is what was not asked for:
 * events, and what is asked of other families.
 */
struct sums {
	struct sum plugin;
	struct sum clock;
	struct sum kernel[COMMANDS];
};

static struct sums *sums;
static ssize_t (*real_send)(int fd, const struct msghdr *msg, int flags);
static ssize_t (*real_receive)(int fd, struct msghdr *msg, int flags);
static uint64_t clock_ns;
static __thread unsigned int depth;
static __thread uint64_t since;
/* Clocks that were read since then. */
static __thread unsigned int read_since;
/* What the thread asked for last, and where answers come. */
static __thread unsigned int asked;
static __thread int asked_fd;

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void map_sums(void)
{
	const char *path = getenv("PLUGIN_TIME");
	int fd = path ? open(path, O_RDWR | O_CREAT | O_TRUNC, 0600) : -1;
	void *map = MAP_FAILED;

	if (fd >= 0 && !ftruncate(fd, sizeof(*sums)))
		map = mmap(NULL, sizeof(*sums), PROT_READ | PROT_WRITE,
			   MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		perror("PLUGIN_TIME");
		abort();
	}
	sums = map;
	close(fd);
}

__attribute__((constructor))
static void prepare(void)
{
	uint64_t start;
	int i;

	map_sums();
	real_send = dlsym(RTLD_NEXT, "sendmsg");
	real_receive = dlsym(RTLD_NEXT, "recvmsg");
	start = cpu_ns();
	for (i = 1; i < CALIBRATION; i++)
		cpu_ns();
	clock_ns = (cpu_ns() - start) / CALIBRATION;
}

/*
 * What is taken from one clock to another, with @clocks in between. Half a
 * reading of each of the two is in it.
 */
static void add(struct sum *sum, uint64_t start, int clocks, int count)
{
	uint64_t ns = cpu_ns() - start, own = (clocks + 1) * clock_ns;

	atomic_fetch_add(&sum->ns, ns > own ? ns - own : 0);
	atomic_fetch_add(&sum->count, count);
	atomic_fetch_add(&sums->clock.ns, 2 * clock_ns);
	atomic_fetch_add(&sums->clock.count, 2);
}

void __cyg_profile_func_enter(void *function, void *site);
void __cyg_profile_func_enter(void *function, void *site)
{
	(void)function;
	(void)site;
	if (depth++)
		return;
	read_since = 0;
	since = cpu_ns();
}

void __cyg_profile_func_exit(void *function, void *site);
void __cyg_profile_func_exit(void *function, void *site)
{
	(void)function;
	(void)site;
	if (!--depth)
		add(&sums->plugin, since, read_since, 1);
}

static unsigned int command_of(const struct msghdr *msg)
{
	const struct nlmsghdr *hdr;
	const struct genlmsghdr *genl;

	if (!msg->msg_iovlen || msg->msg_iov->iov_len < sizeof(*hdr) +
	    sizeof(*genl))
		return 0;
	hdr = msg->msg_iov->iov_base;
	genl = NLMSG_DATA(hdr);
	if (hdr->nlmsg_type == GENL_ID_CTRL || genl->cmd >= COMMANDS)
		return 0;
	return genl->cmd;
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	uint64_t start;
	ssize_t ret;

	if (!depth)
		return real_send(fd, msg, flags);
	asked = command_of(msg);
	asked_fd = fd;
	start = cpu_ns();
	ret = real_send(fd, msg, flags);
	add(&sums->kernel[asked], start, 0, 1);
	read_since += 2;
	return ret;
}

/* What is read with an answer, and again, is not counted: it was asked once. */
ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	uint64_t start;
	ssize_t ret;
	int event;

	if (!depth)
		return real_receive(fd, msg, flags);
	event = !asked || fd != asked_fd;
	start = cpu_ns();
	ret = real_receive(fd, msg, flags);
	add(&sums->kernel[event ? 0 : asked], start, 0, event && ret > 0);
	read_since += 2;
	return ret;
}
