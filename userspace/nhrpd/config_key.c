// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nhrpd/config_key.h"

#define SECRET		"secret"
#define ALGORITHM	"algorithm"

cfg_opt_t config_key_opts[] = {
	CFG_STR(ALGORITHM, "hmac-md5", CFGF_NONE),
	CFG_STR(SECRET, NULL, CFGF_NODEFAULT),
	CFG_END()
};

static const char *const algorithms[] = {
	[MAC_HMAC_MD5] = "hmac-md5",
	[MAC_HMAC_SHA256] = "hmac-sha256",
};

/* -1 for one that there is not. */
static int algorithm_of(const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		if (!strcmp(algorithms[i], text))
			return (int)i;
	return -1;
}

/* One way of writing each number, so that none is there twice. */
static bool is_spi(const char *title)
{
	unsigned long spi;
	char *end;

	if (*title < '1' || *title > '9')
		return false;
	spi = strtoul(title, &end, 10);
	return !*end && spi >= CONF_SPI_MIN && spi <= CONF_SPI_MAX;
}

bool config_key_is_bad(cfg_t *sec, char *why, size_t size)
{
	const char *title = cfg_title(sec);
	const char *algorithm = cfg_getstr(sec, ALGORITHM);
	const char *secret = cfg_getstr(sec, SECRET);
	size_t len = secret ? strlen(secret) : 0;

	if (!is_spi(title))
		snprintf(why, size, "%s %s: use a number, %d to %d", CONFIG_KEY,
			 title, CONF_SPI_MIN, CONF_SPI_MAX);
	else if (algorithm_of(algorithm) < 0)
		snprintf(why, size, "%s = %s: use hmac-md5 or hmac-sha256",
			 ALGORITHM, algorithm);
	else if (len < CONF_SECRET_MIN || len > CONF_SECRET_MAX)
		snprintf(why, size, "%s %s: add secret = \"...\", of %d to %d"
			 " characters", CONFIG_KEY, title, CONF_SECRET_MIN,
			 CONF_SECRET_MAX);
	else
		return false;
	return true;
}

static void fill(struct conf_key *key, cfg_t *sec)
{
	const char *secret = cfg_getstr(sec, SECRET);

	key->spi = (uint16_t)strtoul(cfg_title(sec), NULL, 10);
	key->algorithm = (enum mac_algorithm)
			 algorithm_of(cfg_getstr(sec, ALGORITHM));
	key->len = strlen(secret);
	memcpy(key->secret, secret, key->len);
}

int config_key_fill(struct conf_if *ci, cfg_t *sec)
{
	unsigned int i, n = cfg_size(sec, CONFIG_KEY);
	struct conf_key *key;

	if (!n)
		return 0;
	key = conf_set_keys(ci, n);
	for (i = 0; key && i < n; i++)
		fill(&key[i], cfg_getnsec(sec, CONFIG_KEY, i));
	return key ? 0 : -1;
}

static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
}

void config_key_wipe(cfg_t *cfg)
{
	unsigned int i, k;
	cfg_t *sec;

	for (i = 0; i < cfg_size(cfg, "interface"); i++) {
		sec = cfg_getnsec(cfg, "interface", i);
		wipe(cfg_getstr(sec, "authentication"));
		for (k = 0; k < cfg_size(sec, CONFIG_KEY); k++)
			wipe(cfg_getstr(cfg_getnsec(sec, CONFIG_KEY, k),
					SECRET));
	}
}
