// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether the packet filter lets the underlay's packets in. No more than a
 * hint: what rules do together is not worked out, and the legacy tables of
 * iptables are not seen.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "dmvpnctl/doctor.h"

#define IPPROTO_ESP_NUMBER	50

/**
 * struct names - what the rules of a table say something about
 * @ike: UDP port 500
 * @natt: UDP port 4500
 * @esp: ESP
 * @opaque: something that nft cannot print, as of iptables
 */
struct names {
	bool ike;
	bool natt;
	bool esp;
	bool opaque;
};

/* nft prints numbers, also as ends of ranges, and protocols by their names. */
static void look_into(const json_t *o, struct names *n)
{
	const char *key, *text = json_string_value(o);
	json_t *value;
	size_t i;

	if (json_is_integer(o)) {
		n->ike |= json_integer_value(o) == 500;
		n->natt |= json_integer_value(o) == 4500;
		n->esp |= json_integer_value(o) == IPPROTO_ESP_NUMBER;
	} else if (text) {
		n->esp |= !strcmp(text, "esp");
	} else if (json_is_array(o)) {
		json_array_foreach(o, i, value)
			look_into(value, n);
	}
	if (!json_is_object(o))
		return;
	json_object_foreach((json_t *)o, key, value) {
		n->opaque |= !strcmp(key, "xt");
		look_into(value, n);
	}
}

static bool is_same(const json_t *a, const json_t *b, const char *key)
{
	return json_equal(json_object_get(a, key), json_object_get(b, key));
}

/* All rules of the table that the chain is in: it may jump to others. */
static struct names names_in(const json_t *list, const json_t *chain)
{
	struct names n = { .ike = false };
	const json_t *rule;
	json_t *o;
	size_t i;

	json_array_foreach(list, i, o) {
		rule = json_object_get(o, "rule");
		if (!rule)
			rule = json_object_get(o, "set");
		if (rule && is_same(rule, chain, "family") &&
		    is_same(rule, chain, "table")) {
			look_into(json_object_get(rule, "expr"), &n);
			look_into(json_object_get(rule, "elem"), &n);
		}
	}
	return n;
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

static void missing(struct doctor *d, const json_t *chain, const char *what,
		    const char *match)
{
	const char *family = text_of(chain, "family");
	const char *table = text_of(chain, "table");
	const char *name = text_of(chain, "name");

	doctor_warn(d, "",
		    "chain %s of table %s %s drops what no rule accepts, and none names %s",
		    name, family, table, what);
	doctor_advise(d, "nft add rule %s %s %s %s accept", family, table, name,
		      match);
}

static void check_chain(struct doctor *d, const json_t *list,
			const json_t *chain)
{
	struct names n;

	if (strcmp(text_of(chain, "hook"), "input") ||
	    strcmp(text_of(chain, "policy"), "drop"))
		return;
	n = names_in(list, chain);
	if (n.opaque)
		return;
	if (!n.ike || !n.natt)
		missing(d, chain, "UDP ports 500 and 4500",
			"udp dport { 500, 4500 }");
	if (!n.esp)
		missing(d, chain, "ESP", "meta l4proto esp");
}

void check_firewall(struct doctor *d)
{
	/* Also in a network namespace: it is inherited. */
	FILE *f = popen("nft -j list ruleset 2>/dev/null", "re");
	json_t *o, *root = f ? json_loadf(f, 0, NULL) : NULL;
	const json_t *chain, *list = json_object_get(root, "nftables");
	size_t i;

	if (f)
		pclose(f);
	if (doctor_wants_ike(d))
		json_array_foreach(list, i, o) {
			chain = json_object_get(o, "chain");
			if (chain)
				check_chain(d, list, chain);
		}
	doctor_fine(d, "%s", root ? "nftables has no rule that looks wrong" :
			      "nft(8) cannot be asked");
	json_decref(root);
}
