/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What fuzzing needs of a target: libFuzzer and AFL++ call it with bytes that
 * they make up, and take a signal for a finding.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Something that has to be true whatever came in. */
#define must(what) do {							\
	if (!(what)) {							\
		fprintf(stderr, "%s:%d: not true: %s\n", __FILE__,	\
			__LINE__, #what);				\
		abort();						\
	}								\
} while (0)

#endif
