/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connections to programs that decide on registrations: Unix stream sockets,
 * one JSON object a line both ways.
 */
#ifndef NHRPD_AUTHORIZER_H
#define NHRPD_AUTHORIZER_H

#include "lib/list.h"
#include "nhrpd/conf.h"
#include "nhrpd/nhrp.h"

struct daemon;

/**
 * struct authorizers - all of them
 * @daemon: whose
 * @all: struct authorizer, one a socket
 */
struct authorizers {
	struct daemon *daemon;
	struct list all;
};

void authorizers_init(struct authorizers *a, struct daemon *d);
/* Let go of those that are not in the configuration any more. */
void authorizers_configure(struct authorizers *a, const struct conf *conf);
void authorizers_close(struct authorizers *a);
/*
 * An nhrp_authorizer. Connects if there is no connection, but not again and
 * again to where nobody listens.
 */
int authorizers_ask(void *ctx, const struct nhrp_question *question);

#endif
