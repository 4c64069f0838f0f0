// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage: seeds DIR: what fuzzing begins with, as files below DIR/TARGET:
 * captured packets, for the hub and for the spoke.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../unit/captured.h"

static FILE *file(const char *dir, const char *target, size_t n)
{
	char name[4096];
	FILE *f;

	snprintf(name, sizeof(name), "%s/%s", dir, target);
	if (mkdir(name, 0777) && errno != EEXIST) {
		perror(name);
		exit(1);
	}
	snprintf(name, sizeof(name), "%s/%s/captured-%zu", dir, target, n);
	f = fopen(name, "we");
	if (!f) {
		perror(name);
		exit(1);
	}
	return f;
}

static void put_hex(FILE *f, const char *hex)
{
	unsigned int byte;

	for (; *hex && sscanf(hex, "%2x", &byte) == 1; hex += 2)
		putc((int)byte, f);
}

/* See receive.c: mended, a little later, to the hub and to the spoke. */
static void put_frames(FILE *f, const char *hex)
{
	size_t len = strlen(hex) / 2;
	int how;

	for (how = 0x0a; how <= 0x0b; how++) {
		putc(how, f);
		putc((int)(len >> 8), f);
		putc((int)(len & 0xff), f);
		put_hex(f, hex);
	}
}

int main(int argc, char **argv)
{
	size_t i;
	FILE *f;

	if (argc != 2) {
		fputs("usage: seeds DIR\n", stderr);
		return 2;
	}
	for (i = 0; i < N_CAPTURED; i++) {
		f = file(argv[1], "codec", i);
		putc(1, f);
		put_hex(f, captured[i].hex);
		fclose(f);
		f = file(argv[1], "receive", i);
		put_frames(f, captured[i].hex);
		fclose(f);
	}
	return 0;
}
