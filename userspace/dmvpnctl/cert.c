// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "dmvpnctl/cert.h"
#include "lib/buf.h"

/* Tags of DER. */
#define INTEGER		0x02
#define OID		0x06
#define UTC_TIME	0x17
#define TIME		0x18
#define SEQUENCE	0x30
#define SET		0x31
#define EXPLICIT_0	0xa0

#define LENGTH_LONG	0x80
#define LENGTH_BYTES	4

static const uint8_t common_name[] = { 0x55, 0x04, 0x03 };

/* ---- elements ---- */

static uint32_t read_length(struct reader *r)
{
	uint32_t len = read_u8(r);
	unsigned int n;

	if (len < LENGTH_LONG)
		return len;
	n = len & ~LENGTH_LONG;
	if (!n || n > LENGTH_BYTES) {
		r->error = true;
		return 0;
	}
	for (len = 0; n; n--)
		len = len << 8 | read_u8(r);
	return len;
}

/* The next element, of whatever tag; @in is what is in it. */
static uint8_t next(struct reader *r, struct reader *in)
{
	uint8_t tag = read_u8(r);
	uint32_t len = read_length(r);
	const uint8_t *data = read_bytes(r, len);

	reader_init(in, data, data ? len : 0);
	return tag;
}

/* One of that tag: else nothing more can be read. */
static struct reader enter(struct reader *r, uint8_t tag)
{
	struct reader in;

	if (next(r, &in) != tag)
		r->error = true;
	in.error = r->error;
	return in;
}

/* ---- what is in them ---- */

static time_t read_time(struct reader *r)
{
	struct reader in;
	uint8_t tag = next(r, &in);
	char text[sizeof("YYYYMMDDHHMMSSZ")] = "";
	struct tm tm = { 0 };
	int n;

	if (in.len && in.len < sizeof(text))
		memcpy(text, in.data, in.len);
	n = sscanf(text, tag == TIME ? "%4d%2d%2d%2d%2d%2dZ" :
				       "%2d%2d%2d%2d%2d%2dZ",
		   &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
		   &tm.tm_min, &tm.tm_sec);
	if (n != 6 || (tag != TIME && tag != UTC_TIME))
		r->error = true;
	/* RFC 5280, 4.1.2.5.1: two digits are of 1950 to 2049. */
	if (tag == TIME)
		tm.tm_year -= 1900;
	else if (tm.tm_year < 50)
		tm.tm_year += 100;
	tm.tm_mon--;
	return timegm(&tm);
}

static void read_name(struct reader *set, char name[static CERT_NAME])
{
	struct reader pair = enter(set, SEQUENCE), value;
	struct reader oid = enter(&pair, OID);
	size_t i;

	next(&pair, &value);
	if (pair.error || oid.len != sizeof(common_name) ||
	    memcmp(oid.data, common_name, oid.len) || value.len >= CERT_NAME)
		return;
	/* It goes to a terminal. */
	for (i = 0; i < value.len; i++)
		name[i] = value.data[i] < ' ' || value.data[i] > '~' ?
			  '?' : (char)value.data[i];
	name[i] = '\0';
}

bool cert_parse(const uint8_t *der, size_t len, struct cert *cert)
{
	struct reader r, body, part, skipped;

	*cert = (struct cert){ .name = "(no name)" };
	reader_init(&r, der, len);
	r = enter(&r, SEQUENCE);
	body = enter(&r, SEQUENCE);
	if (reader_left(&body) && body.data[0] == EXPLICIT_0)
		next(&body, &skipped);
	enter(&body, INTEGER);		/* serial number */
	enter(&body, SEQUENCE);		/* algorithm */
	enter(&body, SEQUENCE);		/* issuer */
	part = enter(&body, SEQUENCE);
	cert->not_before = read_time(&part);
	cert->not_after = read_time(&part);
	if (body.error || part.error)
		return false;
	part = enter(&body, SEQUENCE);
	while (reader_left(&part) && !part.error) {
		skipped = enter(&part, SET);
		read_name(&skipped, cert->name);
	}
	return !body.error && !part.error;
}
