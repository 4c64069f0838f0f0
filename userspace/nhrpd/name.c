// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "nhrpd/name.h"
#include "nhrpd/nhs.h"
#include "nhrpd/observe.h"
#include "nhrpd/own.h"

void name_unknown(struct nhs *nhs)
{
	snprintf(nhs->error, sizeof(nhs->error), "looking up %.64s",
		 nhs->conf.host);
}

/* While the device has no address yet, any family may be the right one. */
static bool is_usable(const struct nhs *nhs, const struct addr *a)
{
	return addr_is_unicast(a) && !addr_is_link_local(a) &&
	       (!addr_is_none(own_nbma(nhs->ifc, a)) ||
		addr_is_none(own_nbma_any(nhs->ifc, a)));
}

bool name_fits(struct nhs *nhs)
{
	size_t i;

	if (!nhs->conf.host[0] || is_usable(nhs, &nhs->conf.nbma))
		return true;
	for (i = 0; i < nhs->n_addr; i++) {
		if (!is_usable(nhs, &nhs->addr[i]))
			continue;
		nhs->conf.nbma = nhs->addr[i];
		return true;
	}
	return false;
}

static size_t index_of(const struct nhs *nhs)
{
	size_t i;

	for (i = 0; i < nhs->n_addr; i++)
		if (addr_equal(&nhs->addr[i], &nhs->conf.nbma))
			break;
	return i;
}

static void move(struct nhs *nhs, const struct addr *to)
{
	struct nbma nbma = { .addr = *to };

	observe(nhs->ifc->nhrp, NHRP_EVENT_NHS, NHRP_LEVEL_INFO,
		(struct subject){ nhs->ifc, &nhs->proto, &nbma },
		"NHS %s is at %s", nhs->conf.host, addr_text(to).t);
	register_move(nhs, to);
}

bool name_next(struct nhs *nhs)
{
	size_t at;

	if (nhs->n_addr < 2)
		return false;
	at = index_of(nhs);
	move(nhs, &nhs->addr[(at + 1) % nhs->n_addr]);
	return true;
}

static void take(struct nhs *nhs, const struct addr *addr, size_t n_addr)
{
	size_t i;

	nhs->n_addr = 0;
	for (i = 0; i < n_addr && nhs->n_addr < NHS_ADDRS; i++)
		if (is_usable(nhs, &addr[i]))
			nhs->addr[nhs->n_addr++] = addr[i];
}

static void unresolved(struct nhs *nhs, const char *why)
{
	/* What was known before is better than nothing. */
	if (addr_is_none(&nhs->conf.nbma))
		snprintf(nhs->error, sizeof(nhs->error), "%.64s: %s",
			 nhs->conf.host, why);
}

static void resolved(struct nhs *nhs, const struct addr *addr, size_t n_addr,
		     const char *error)
{
	struct addr before[NHS_ADDRS];
	size_t n = nhs->n_addr;

	memcpy(before, nhs->addr, sizeof(before));
	take(nhs, addr, n_addr);
	if (!nhs->n_addr) {
		memcpy(nhs->addr, before, sizeof(before));
		nhs->n_addr = n;
		unresolved(nhs, n_addr ? "none of its addresses fits the underlay" :
					 error);
		return;
	}
	if (index_of(nhs) < nhs->n_addr)
		return;
	nhs->error[0] = '\0';
	move(nhs, &nhs->addr[0]);
}

void name_resolved(struct iface *ifc, const char *host,
		   const struct addr *addr, size_t n_addr, const char *error)
{
	struct nhs *nhs;

	list_for_each(nhs, &ifc->nhs, struct nhs, link)
		if (!strcmp(nhs->conf.host, host))
			resolved(nhs, addr, n_addr, error);
	nhs_select(ifc);
}
