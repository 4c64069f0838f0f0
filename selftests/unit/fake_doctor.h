/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What doctor.c has for its checks: here they write into a text.
 */
#ifndef UNIT_FAKE_DOCTOR_H
#define UNIT_FAKE_DOCTOR_H

#include "dmvpnctl/doctor.h"

/* "LEVEL: TEXT -> ADVICE" for each problem, "advice: ADVICE" behind one. */
extern char fake_found[4096];
/* What would be said if there were none. */
extern char fake_fine[FINDING_TEXT];

struct addr fake_address(const char *text);
/* For tests whose setup leaves their struct doctor in @state. */
int fake_teardown(void **state);
/* The text has that. */
void fake_says(const char *what);

#endif
