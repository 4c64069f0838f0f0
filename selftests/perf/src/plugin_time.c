// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What charon's threads do in the plugin, for selftests/perf/ike: processor
 * time from where a thread enters it to where it leaves it again, with all that
 * happens in between, in libnl, in the kernel and in charon. It is linked into
 * a plugin that is compiled with -finstrument-functions, which makes the calls.
 *
 * The file that PLUGIN_TIME names has the sums: nanoseconds and entries.
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct sums {
	_Atomic uint64_t ns;
	_Atomic uint64_t entries;
};

/* The C library has functions of these names, too, that do nothing. */
#define HIDDEN	__attribute__((visibility("hidden")))
HIDDEN void __cyg_profile_func_enter(void *function, void *site);
HIDDEN void __cyg_profile_func_exit(void *function, void *site);

static struct sums *sums;
static __thread unsigned int depth;
static __thread uint64_t since;

__attribute__((constructor))
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

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

void __cyg_profile_func_enter(void *function, void *site)
{
	(void)function;
	(void)site;
	if (!depth++)
		since = cpu_ns();
}

void __cyg_profile_func_exit(void *function, void *site)
{
	(void)function;
	(void)site;
	if (--depth)
		return;
	atomic_fetch_add(&sums->ns, cpu_ns() - since);
	atomic_fetch_add(&sums->entries, 1);
}
