/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nhrpd's part of the model, and requests to it.
 */
#ifndef DMVPNCTL_NHRPD_H
#define DMVPNCTL_NHRPD_H

#include <jansson.h>

#include "dmvpnctl/client.h"
#include "dmvpnctl/model.h"

/*
 * 0 or -1 after saying on stderr what is wrong. Where no nhrpd runs, that is
 * wrong only if it is @needed; @m->nhrpd tells.
 */
int nhrp_read(struct model *m, bool needed);
/*
 * Send a request, hand its answers to the model, which may be NULL, and return
 * the number in the last one. Takes over @request. -1 after saying on stderr
 * what is wrong.
 */
json_int_t nhrp_exchange(struct client *c, json_t *request, struct model *m);
/* One of its objects into the model; what is not known is left out. */
void nhrp_take(struct model *m, const json_t *object);
/*
 * Do a command that answers with a number. Takes over @request. -1 after
 * saying on stderr what is wrong.
 */
json_int_t nhrp_command(json_t *request);

#endif
