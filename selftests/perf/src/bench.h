/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the measuring programs share: time, namespaces, and giving up. */
#ifndef PERF_BENCH_H
#define PERF_BENCH_H

#include <stdint.h>

/**
 * struct instant - a point in time
 * @ns: of the machine's clock; a machine that counts instructions (vm/run -I)
 *	spends one on each of them
 * @idle: of these, how many all processors spent idle
 */
struct instant {
	uint64_t ns;
	uint64_t idle;
};

void die(const char *format, ...) __attribute__((format(printf, 1, 2),
						 noreturn));

/*
 * To read the idle time takes long, so it is read first at the beginning of
 * what is measured, and last at its end.
 */
struct instant measure_begin(void);
struct instant measure_end(void);
/* Wait until the kernel has nothing left to do. */
void measure_settle(void);

uint64_t now_ns(void);
void pause_ms(unsigned int ms);
/* The number after an option, or the end of the program. */
unsigned long number(const char *text);
/* The calling thread lives in that namespace from now on. */
void enter_namespace(const char *name);
/* Packets that came in on a device of the calling thread's namespace. */
uint64_t device_received(const char *dev);

/* One line of results, as members of a JSON object. */
void print_span(const char *unit, uint64_t units, uint64_t bytes,
		const struct instant *begin, const struct instant *end,
		uint64_t lost);

#endif
