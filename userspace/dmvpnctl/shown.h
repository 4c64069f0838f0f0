/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text that others wrote, among them peers (identities, groups), as it can be
 * shown: no control characters, which a terminal acts on, and UTF-8 that JSON
 * and OpenMetrics take.
 */
#ifndef DMVPNCTL_SHOWN_H
#define DMVPNCTL_SHOWN_H

#include <stddef.h>
#include <stdio.h>

/* What cannot be shown is '?'; what does not fit is cut between characters. */
void shown_copy(char *to, size_t size, const char *from);
void shown_print(FILE *f, const char *text);

#endif
