// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <sys/socket.h>

#include "dmvpnctl/summary.h"

bool binding_is_static(const struct binding *b)
{
	return !strcmp(b->kind, "static") || !strcmp(b->kind, "nhs");
}

bool shortcut_is_incomplete(const struct shortcut *s)
{
	return !strcmp(s->state, "resolving") || !strcmp(s->state, "negative");
}

bool shortcut_is_binding(const struct shortcut *s)
{
	return prefix_is_host(&s->prefix) &&
	       addr_equal(&s->prefix.addr, &s->via);
}

unsigned int summary_sum(const struct entries *e)
{
	return e->fixed + e->dynamic + e->incomplete;
}

static void add_binding(struct summary *sum, const struct model *m,
			const struct binding *b)
{
	const struct nhrp_if *n = model_nhrp_if(m, b->interface);
	struct entries *e = b->flags & DMVPN_NEXTHOP_FLAGS_LOCAL ?
			    &sum->local : &sum->remote;

	if (binding_is_static(b))
		e->fixed++;
	else
		e->dynamic++;
	if (e == &sum->remote)
		sum->nhop++;
	sum->bytes += n ? n->binding_bytes : 0;
}

static void add_shortcut(struct summary *sum, const struct model *m,
			 const struct shortcut *s)
{
	const struct nhrp_if *n = model_nhrp_if(m, s->interface);

	sum->bytes += n ? n->shortcut_bytes : 0;
	if (shortcut_is_binding(s))
		return;
	if (shortcut_is_incomplete(s))
		sum->remote.incomplete++;
	else
		sum->remote.dynamic++;
	sum->fallback += !s->prefix.len;
	sum->rib += s->route && !s->override;
	sum->nho += s->override;
}

struct summary summary_of(const struct model *m, int family)
{
	struct summary sum = { 0 };
	const struct shortcut *s;
	const struct binding *b;

	model_for_each(b, m->binding, m->n_binding)
		if (addr_family(&b->address) == family)
			add_binding(&sum, m, b);
	model_for_each(s, m->shortcut, m->n_shortcut)
		if (addr_family(&s->prefix.addr) == family)
			add_shortcut(&sum, m, s);
	return sum;
}
