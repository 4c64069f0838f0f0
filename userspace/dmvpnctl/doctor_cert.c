// SPDX-License-Identifier: GPL-2.0-or-later
/* charon's own certificates: a peer does not take one that is not valid. */
#include <string.h>
#include <time.h>

#include "dmvpnctl/doctor.h"

#define DAY		(24 * 60 * 60)
#define SOON		(14 * DAY)
#define DATE_LEN	32

static const char *date(time_t t, char text[static DATE_LEN])
{
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(text, DATE_LEN, "%F %T UTC", &tm);
	return text;
}

/* There is another one for the same name, which will do. */
static bool is_replaced(const struct vici_status *v, const struct cert *cert,
			time_t now)
{
	const struct cert *c;

	model_for_each(c, v->cert, v->n_cert)
		if (!strcmp(c->name, cert->name) && c->not_before <= now &&
		    c->not_after > now + SOON)
			return true;
	return false;
}

/* It need not be used here: that makes sessions fail, which is told of them. */
static void check_cert(struct doctor *d, const struct cert *c, time_t now)
{
	static const char renew[] =
		"get a new one into /etc/swanctl/x509, then swanctl --load-creds";
	char text[DATE_LEN];

	if (now < c->not_before)
		doctor_warn(d, "is the clock right? See clock above",
			    "the certificate of %s is not valid before %s",
			    c->name, date(c->not_before, text));
	else if (now > c->not_after)
		doctor_warn(d, renew, "the certificate of %s expired at %s",
			    c->name, date(c->not_after, text));
	else if (c->not_after - now < SOON)
		doctor_warn(d, renew,
			    "the certificate of %s expires in %d days, at %s",
			    c->name, (int)((c->not_after - now) / DAY),
			    date(c->not_after, text));
}

void check_certs(struct doctor *d)
{
	const struct vici_status *v = &d->vici;
	time_t now = time(NULL);
	const struct cert *c;

	model_for_each(c, v->cert, v->n_cert)
		if (!is_replaced(v, c, now))
			check_cert(d, c, now);
	if (v->n_cert)
		doctor_fine(d, "%zu of charon's own are valid", v->n_cert);
	else
		doctor_fine(d, "charon has none of its own");
}
