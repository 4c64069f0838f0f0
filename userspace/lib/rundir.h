/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of a running nhrpd. There is one nhrpd in each network namespace, and
 * its files bear the namespace's number.
 */
#ifndef DMVPN_LIB_RUNDIR_H
#define DMVPN_LIB_RUNDIR_H

#include <stddef.h>

#define RUNDIR		"/run/nhrpd"
/* Fits a Unix socket's address. */
#define RUNDIR_PATH	100

/* "/run/nhrpd/net-4026531840.sock" for "sock". 0 or -1 with errno. */
int rundir_path(char path[static RUNDIR_PATH], const char *suffix);

#endif
