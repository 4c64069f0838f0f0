// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define SETTLE_MS	20

void die(const char *format, ...)
{
	int err = errno;
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	if (err)
		fprintf(stderr, ": %s", strerror(err));
	fputc('\n', stderr);
	exit(1);
}

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* In hundredths of a second. */
static uint64_t idle_of_stat(void)
{
	FILE *file = fopen("/proc/stat", "r");
	uint64_t idle, iowait;
	int n;

	if (!file)
		die("/proc/stat");
	n = fscanf(file, "cpu %*u %*u %*u %" SCNu64 " %" SCNu64, &idle,
		   &iowait);
	fclose(file);
	if (n != 2)
		die("/proc/stat: no idle time");
	return (idle + iowait) * 10000000;
}

/* 7.x has it nowhere to the nanosecond. */
static uint64_t idle_ns(void)
{
	FILE *file = fopen("/proc/timer_list", "r");
	uint64_t sum = 0, one;
	bool found = false;
	char line[256];

	if (!file)
		die("/proc/timer_list");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, " .idle_sleeptime : %" SCNu64, &one) != 1)
			continue;
		sum += one;
		found = true;
	}
	fclose(file);
	return found ? sum : idle_of_stat();
}

struct instant measure_begin(void)
{
	struct instant now;

	now.idle = idle_ns();
	now.ns = now_ns();
	return now;
}

struct instant measure_end(void)
{
	struct instant now;

	now.ns = now_ns();
	now.idle = idle_ns();
	return now;
}

void pause_ms(unsigned int ms)
{
	struct timespec t = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000l,
	};

	nanosleep(&t, NULL);
}

void measure_settle(void)
{
	struct instant begin, end;

	do {
		begin = measure_begin();
		pause_ms(SETTLE_MS);
		end = measure_end();
	} while (end.idle - begin.idle < (end.ns - begin.ns) / 2);
}

unsigned long number(const char *text)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 0);
	if (errno || end == text || *end)
		die("not a number: %s", text);
	return value;
}

void enter_namespace(const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die("%s", path);
	close(fd);
}

uint64_t device_received(const char *dev)
{
	FILE *file = fopen("/proc/thread-self/net/dev", "r");
	uint64_t packets;
	char line[512], name[64];

	if (!file)
		die("/proc/net/dev");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, " %63[^:]: %*u %" SCNu64, name,
			   &packets) == 2 && !strcmp(name, dev)) {
			fclose(file);
			return packets;
		}
	}
	errno = 0;
	die("no device %s", dev);
}

void print_span(const char *unit, uint64_t units, uint64_t bytes,
		const struct instant *begin, const struct instant *end,
		uint64_t lost)
{
	printf("\"%s\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"ns\":%" PRIu64
	       ",\"idle\":%" PRIu64 ",\"lost\":%" PRIu64 "\n",
	       unit, units, bytes, end->ns - begin->ns,
	       end->idle - begin->idle, lost);
}
