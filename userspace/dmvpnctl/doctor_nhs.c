// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Registrations: ours with our servers, and those that were refused here; and
 * direct paths.
 */
#include <inttypes.h>
#include <string.h>

#include "dmvpnctl/doctor.h"
#include "dmvpnctl/names.h"

#define REFUSED_RECENTLY_MS	(5 * 60 * 1000)
/* Of so many redirects one should have been followed. */
#define REDIRECTS_MANY		10

static const char *advice_for(const struct doctor *d, const struct nhs *nhs)
{
	const struct peer *p;

	if (strstr(nhs->error, "another NBMA address"))
		return "another node has this tunnel address: find it with dmvpnctl show nhrp on the server; the old session of this one ends with its holding time";
	if (strstr(nhs->error, "authentication failure"))
		return "authentication and authentication-key in nhrpd.conf have to be those of the server";
	model_for_each(p, d->m.peer, d->m.n_peer)
		if (nbma_equal(&p->remote, &nhs->nbma) && p->session &&
		    p->state != DMVPN_SESSION_STATE_UP)
			return "there is no session with it, see above";
	if (nhs->refused)
		return "the journal of nhrpd on the server says why; registration-policy and authorize there decide";
	return "does nhrpd run on the server, with that interface? Are GRE keys and authentication the same (dmvpnctl show interface there: rx-no-nhrp, authentication)?";
}

/* One of the same cluster stands in for it. */
static bool is_replaced(const struct doctor *d, const struct nhs *nhs)
{
	const struct nhs *other;

	model_for_each(other, d->m.nhs, d->m.n_nhs)
		if (!strcmp(other->interface, nhs->interface) &&
		    other->cluster == nhs->cluster &&
		    other->address.len == nhs->address.len &&
		    !strcmp(other->state, "up"))
			return true;
	return false;
}

static void check_nhs(struct doctor *d, const struct nhs *nhs)
{
	char address[ADDR_TEXT], nbma[ADDR_TEXT], since[TIME_TEXT];
	const char *advice = advice_for(d, nhs);

	/* One that is down waits, because better ones are in use. */
	if (!strcmp(nhs->state, "up") || !strcmp(nhs->state, "down") ||
	    !doctor_device(d, nhs->interface))
		return;
	addr_format(&nhs->address, address);
	nbma_format(&nhs->nbma, nbma);
	time_format(nhs->since_ms, since);
	if (is_replaced(d, nhs))
		doctor_warn(d, advice,
			    "%s: not registered with server %s (%s) for %s, another stands in for it%s%s",
			    nhs->interface, address, nbma, since,
			    nhs->error[0] ? ": " : "", nhs->error);
	else
		doctor_fail(d, advice,
			    "%s: not registered with server %s (%s) for %s%s%s",
			    nhs->interface, address, nbma, since,
			    nhs->error[0] ? ": " : "", nhs->error);
}

/* One that is late, or a server that was restarted, shall do no harm. */
static void check_holdtime(struct doctor *d, const struct nhrp_if *i)
{
	if (!i->servers || i->holdtime_ms == NEVER ||
	    i->renewal_ms <= i->holdtime_ms / 3)
		return;
	doctor_warn(d, "",
		    "%s: its registrations end after %" PRIu64
		    " s, and are renewed every %" PRIu64 " s",
		    i->interface, i->holdtime_ms / 1000, i->renewal_ms / 1000);
	doctor_advise(d,
		      "take registration-timeout out of nhrpd.conf, or make it %" PRIu64
		      " at most, a third of holdtime", i->holdtime_ms / 3000);
}

static void check_refusal(struct doctor *d, const struct nhrp_if *i)
{
	if (!i->refusal[0] || i->refused_ms >= REFUSED_RECENTLY_MS)
		return;
	doctor_warn(d,
		    "registration-policy, identity blocks and authorize of nhrpd.conf decide; an address that another session holds is refused until that ends",
		    "%s: %" PRIu64 " s ago: %s", i->interface,
		    i->refused_ms / 1000, i->refusal);
}

void check_registration(struct doctor *d)
{
	const struct nhrp_if *i;
	const struct nhs *nhs;

	model_for_each(nhs, d->m.nhs, d->m.n_nhs)
		check_nhs(d, nhs);
	model_for_each(i, d->m.nhrp_if, d->m.n_nhrp_if) {
		check_holdtime(d, i);
		check_refusal(d, i);
	}
	if (d->m.n_nhs)
		doctor_fine(d, "with all servers that should be used");
	else
		doctor_fine(d, "this node has no server");
}

/* ---- direct paths ---- */

static void check_redirects(struct doctor *d, const struct nhrp_if *i)
{
	uint64_t told = counters_value(&i->sent, "traffic-indication");

	if (i->registered && !i->redirect)
		doctor_fine(d,
			    "%s tells its clients of no direct path (redirect is off)",
			    i->interface);
	else if (i->servers && !i->shortcut)
		doctor_fine(d, "%s looks for no direct path (shortcut is off)",
			    i->interface);
	if (!i->registered || told < REDIRECTS_MANY ||
	    counters_value(&i->received, "resolution-request"))
		return;
	doctor_warn(d,
		    "shortcut = true in nhrpd.conf of the spokes, \"ip nhrp shortcut\" on those of Cisco; or redirect = false here",
		    "%s has told clients of a direct path %" PRIu64
		    " times, and none has ever asked for one", i->interface,
		    told);
}

void check_shortcuts(struct doctor *d)
{
	const struct nhrp_if *i;

	doctor_fine(d, "%zu", d->m.n_shortcut);
	model_for_each(i, d->m.nhrp_if, d->m.n_nhrp_if)
		check_redirects(d, i);
}
