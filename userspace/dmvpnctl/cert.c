// SPDX-License-Identifier: GPL-2.0-or-later
#include <nettle/asn1.h>
#include <stdio.h>
#include <string.h>

#include "dmvpnctl/cert.h"

/* Types that nettle has no names for. */
#define GENERALIZED_TIME	24
/* Explicit, its number is 0. */
#define VERSION_TAG	(ASN1_CLASS_CONTEXT_SPECIFIC | ASN1_TYPE_CONSTRUCTED)

#define TIME_LEN	sizeof("YYYYMMDDHHMMSSZ")
#define DIGITS		"0123456789"

static const uint8_t common_name[] = { 0x55, 0x04, 0x03 };

/* The iterator stands at an element of that type. */
static bool is_type(const struct asn1_der_iterator *i,
		    enum asn1_iterator_result result, unsigned int type)
{
	return (result == ASN1_ITERATOR_PRIMITIVE ||
		result == ASN1_ITERATOR_CONSTRUCTED) &&
	       (unsigned int)i->type == type;
}

static bool next(struct asn1_der_iterator *i, unsigned int type)
{
	return is_type(i, asn1_der_iterator_next(i), type);
}

/* @in stands at the first element within, which is of that type. */
static bool enter(struct asn1_der_iterator *i, struct asn1_der_iterator *in,
		  unsigned int type)
{
	return is_type(in, asn1_der_decode_constructed(i, in), type);
}

/* ---- what is in them ---- */

static bool read_time(const struct asn1_der_iterator *i, time_t *t)
{
	bool utc = i->type == ASN1_UTC;
	char text[TIME_LEN] = "";
	struct tm tm = { 0 };
	size_t digits = utc ? 12 : 14;

	if (i->length != digits + 1)
		return false;
	memcpy(text, i->data, i->length);
	if (strspn(text, DIGITS) != digits || text[digits] != 'Z')
		return false;
	sscanf(text, utc ? "%2d%2d%2d%2d%2d%2d" : "%4d%2d%2d%2d%2d%2d",
	       &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
	       &tm.tm_sec);
	/* RFC 5280, 4.1.2.5.1: two digits are of 1950 to 2049. */
	if (!utc)
		tm.tm_year -= 1900;
	else if (tm.tm_year < 50)
		tm.tm_year += 100;
	tm.tm_mon--;
	*t = timegm(&tm);
	return true;
}

/* Either kind of time. */
static bool is_time(const struct asn1_der_iterator *i,
		    enum asn1_iterator_result result)
{
	return is_type(i, result, ASN1_UTC) ||
	       is_type(i, result, GENERALIZED_TIME);
}

static bool read_validity(struct asn1_der_iterator *i, struct cert *cert)
{
	struct asn1_der_iterator in;

	return is_time(&in, asn1_der_decode_constructed(i, &in)) &&
	       read_time(&in, &cert->not_before) &&
	       is_time(&in, asn1_der_iterator_next(&in)) &&
	       read_time(&in, &cert->not_after);
}

static void read_name(struct asn1_der_iterator *set,
		      char name[static CERT_NAME])
{
	struct asn1_der_iterator pair, i;
	size_t k;

	if (!enter(set, &pair, ASN1_SEQUENCE) ||
	    !enter(&pair, &i, ASN1_IDENTIFIER) ||
	    i.length != sizeof(common_name) ||
	    memcmp(i.data, common_name, i.length) ||
	    asn1_der_iterator_next(&i) != ASN1_ITERATOR_PRIMITIVE ||
	    i.length >= CERT_NAME)
		return;
	/* It goes to a terminal. */
	for (k = 0; k < i.length; k++)
		name[k] = i.data[k] < ' ' || i.data[k] > '~' ?
			  '?' : (char)i.data[k];
	name[k] = '\0';
}

static bool read_subject(struct asn1_der_iterator *i, struct cert *cert)
{
	enum asn1_iterator_result result;
	struct asn1_der_iterator in;

	for (result = asn1_der_decode_constructed(i, &in);
	     is_type(&in, result, ASN1_SET);
	     result = asn1_der_iterator_next(&in))
		read_name(&in, cert->name);
	return result == ASN1_ITERATOR_END;
}

bool cert_parse(const uint8_t *der, size_t len, struct cert *cert)
{
	struct asn1_der_iterator whole, i, body;
	enum asn1_iterator_result result;

	*cert = (struct cert){ .name = "(no name)" };
	if (!is_type(&whole, asn1_der_iterator_first(&whole, len, der),
		     ASN1_SEQUENCE) ||
	    whole.pos != len || !enter(&whole, &i, ASN1_SEQUENCE))
		return false;
	result = asn1_der_decode_constructed(&i, &body);
	if (is_type(&body, result, VERSION_TAG))
		result = asn1_der_iterator_next(&body);
	return is_type(&body, result, ASN1_INTEGER) &&	/* serial number */
	       next(&body, ASN1_SEQUENCE) &&		/* algorithm */
	       next(&body, ASN1_SEQUENCE) &&		/* issuer */
	       next(&body, ASN1_SEQUENCE) && read_validity(&body, cert) &&
	       next(&body, ASN1_SEQUENCE) && read_subject(&body, cert);
}
