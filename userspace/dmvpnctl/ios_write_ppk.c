// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * swanctl.conf: postquantum preshared keys. As responder charon takes the one
 * that its peer names, as initiator the one of its connection.
 */
#include <string.h>

#include "dmvpnctl/ios.h"

/**
 * struct choice - what a connection's keys have in common
 * @first: one that has an id, NULL for none
 * @several: another has another id
 * @required: one of them that is, NULL for none
 */
struct choice {
	const struct ios_ppk *first;
	bool several;
	const struct ios_ppk *required;
};

static void choose(struct choice *choice, const struct ios_ppk *ppk)
{
	if (ppk->id && !choice->first)
		choice->first = ppk;
	else if (ppk->id)
		choice->several |= strcmp(ppk->id, choice->first->id) != 0;
	if (ppk->required && !choice->required)
		choice->required = ppk;
}

/* Those of a keyring that the profile names. */
static void use_keyring(struct ios *ios, const struct ios_name *ring,
			struct choice *choice)
{
	struct ios_ppk *ppk;
	bool any = false;

	for (ppk = ios->ppks; ppk; ppk = ppk->next) {
		if (strcmp(ppk->keyring, ring->name))
			continue;
		ppk->used = true;
		any = true;
		choose(choice, ppk);
	}
	if (!any)
		ios_lose(ios, ring->line,
			 "there is no ppk in a keyring of that name");
}

/* A connection is for all peers, and each line for its own. */
static void tell(struct ios *ios, const struct ios_ppk *ppk,
		 const struct choice *choice)
{
	if (choice->several)
		ios_change(ios, ppk->line, "a connection has one ppk of its own, and these are several: %s",
			   choice->required ?
			   "only peers can begin a session" :
			   "sessions that begin here have none");
	if (choice->required && !ppk->required)
		ios_change(ios, ppk->line, "it is required, as in line %u",
			   choice->required->line->number);
	else if (choice->required && ppk->peer)
		ios_change(ios, ppk->line,
			   "it is required of all peers of the connection");
}

static void tell_keyring(struct ios *ios, const struct ios_name *ring,
			 const struct choice *choice)
{
	const struct ios_ppk *ppk;

	for (ppk = ios->ppks; ppk; ppk = ppk->next)
		if (!strcmp(ppk->keyring, ring->name))
			tell(ios, ppk, choice);
}

void ios_write_ppk(struct ios *ios, const struct ios_ike *ike,
		   struct ios_text *t)
{
	struct choice choice = { .first = NULL };
	const struct ios_name *ring;

	for (ring = ike->ppk_keyrings; ring; ring = ring->next)
		use_keyring(ios, ring, &choice);
	for (ring = ike->ppk_keyrings; ring; ring = ring->next)
		tell_keyring(ios, ring, &choice);
	if (choice.first && !choice.several)
		ios_put_quoted(t, "\t\tppk_id", choice.first->id);
	/* Also if there is none that can be had: then there is no session. */
	if (choice.required)
		ios_put(t, "\t\tppk_required = yes\n");
}

/* The first one counts: charon has one for all connections. */
static bool is_second(struct ios *ios, struct ios_ppk *ppk)
{
	const struct ios_ppk *first = ios->ppks;

	while (first != ppk && !(first->used && first->secret && first->id &&
				 !strcmp(first->id, ppk->id)))
		first = first->next;
	if (first == ppk)
		return false;
	if (strcmp(first->secret, ppk->secret) || first->hex != ppk->hex)
		ios_lose(ios, ppk->line,
			 "line %u has another key for this id, and charon's keys are for all connections",
			 first->line->number);
	return true;
}

void ios_write_ppk_secrets(struct ios *ios, struct ios_text *t)
{
	struct ios_ppk *ppk;
	unsigned int n = 0;

	for (ppk = ios->ppks; ppk; ppk = ppk->next) {
		if (!ppk->used)
			continue;
		if (!ppk->secret || !ppk->id) {
			ios_put(t, "\t# line %u: its ppk could not be read\n",
				ppk->line->number);
			continue;
		}
		if (is_second(ios, ppk))
			continue;
		ios_put(t, "\tppk-%u {\n", ++n);
		ios_put_quoted(t, "\t\tid", ppk->id);
		ios_put_secret(t, ppk->secret, ppk->hex);
		ios_put(t, "\t}\n");
	}
}
