/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state layer's views and events as JSON objects.
 */
#ifndef NHRPD_REPORT_H
#define NHRPD_REPORT_H

#include <jansson.h>

#include "nhrpd/nhrp.h"

/* Takes over @object; NULL if there was no memory for it. */
typedef void (*report_fn)(void *arg, json_t *object);

/* All there is: interfaces, servers, peers, bindings, shortcuts. */
void report_all(const struct nhrp *n, report_fn fn, void *arg);
json_t *report_event(const struct nhrp_event *event);

#endif
