/* SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>

#include "dmvpn_release.h"

/**
 * Functions that came and went with the releases that changed what we use.
 * Since 6.0.3 the loader compares versions, too, but that is the daemon's: an
 * older one takes what is built for a newer one.
 */
static struct {
	const char *name;
	u_int from, until;
} functions[] = {
	{ "diffie_hellman_init", 0, 60000 },
	{ "key_exchange_init", 60000, UINT_MAX },
	{ "kernel_acquire_data_clone", 60002, UINT_MAX },
};

/**
 * Described in header
 */
bool dmvpn_release_fits(u_int release)
{
	bool has;
	int i;

	for (i = 0; i < countof(functions); i++)
	{
		has = release >= functions[i].from && release < functions[i].until;
		if (has != !!dlsym(RTLD_DEFAULT, functions[i].name))
		{
			return FALSE;
		}
	}
	return TRUE;
}
