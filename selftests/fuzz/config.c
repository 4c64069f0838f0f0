// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A configuration file. It is read, or there is an error that says where, and
 * then nothing of it.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "nhrpd/config.h"

static unsigned int errors;

static void error(const char *line)
{
	must(line && strchr(line, ':'));
	errors++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	int fd = memfd_create("config", MFD_CLOEXEC);
	struct conf conf;
	char name[64];

	must(fd >= 0 && write(fd, data, len) == (ssize_t)len);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	errors = 0;
	if (config_read(name, &conf, error))
		must(errors > 0 && !conf.n_iface && !conf.policies.n);
	else
		must(!errors);
	conf_free(&conf);
	close(fd);
	return 0;
}
