// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether the packet filter lets the underlay's packets in, and those of the
 * tunnel through. No more than a hint: what rules do together is not worked
 * out, and the legacy tables of iptables are not seen.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "dmvpnctl/doctor.h"
#include "dmvpnctl/tunnel.h"

#define IPPROTO_GRE_NUMBER	47
#define IPPROTO_ESP_NUMBER	50

/**
 * struct names - what the rules of a table say something about
 * @ike: UDP port 500
 * @natt: UDP port 4500
 * @esp: ESP
 * @gre: GRE
 * @opaque: something that nft cannot print, as of iptables
 */
struct names {
	bool ike;
	bool natt;
	bool esp;
	bool gre;
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
		n->gre |= json_integer_value(o) == IPPROTO_GRE_NUMBER;
	} else if (text) {
		n->esp |= !strcmp(text, "esp");
		n->gre |= !strcmp(text, "gre");
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

/* Some device has its underlay here, with protection or without. */
static bool has_device(const struct doctor *d, bool protected)
{
	const struct device *dev;

	model_for_each(dev, d->m.device, d->m.n_device)
		if (!dev->elsewhere && !!dev->profile[0] == protected)
			return true;
	return false;
}

static void check_input(struct doctor *d, const json_t *list,
			const json_t *chain)
{
	struct names n = names_in(list, chain);

	if (n.opaque)
		return;
	if (has_device(d, true) && (!n.ike || !n.natt))
		missing(d, chain, "UDP ports 500 and 4500",
			"udp dport { 500, 4500 }");
	if (has_device(d, true) && !n.esp)
		missing(d, chain, "ESP", "meta l4proto esp");
	if (has_device(d, false) && !n.gre)
		missing(d, chain, "GRE", "meta l4proto gre");
}

/* ---- what is passed on ---- */

/* What is not understood may be the device. */
static bool names_device(const json_t *right, const char *name)
{
	const json_t *set = json_object_get(right, "set");
	const char *text = json_string_value(right);
	const json_t *value;
	size_t i, len;

	json_array_foreach(set, i, value)
		if (names_device(value, name))
			return true;
	if (!text)
		return !set;
	len = strlen(text);
	if (len && text[len - 1] == '*')
		return !strncmp(text, name, len - 1);
	return *text == '@' || !strcmp(text, name);
}

/* Only what belongs to something that was let through before. */
static bool is_of_known(const json_t *match)
{
	const json_t *right = json_object_get(match, "right");
	const json_t *value, *list = json_object_get(right, "set");
	const char *text;
	size_t i;

	if (strcmp(text_of(json_object_get(json_object_get(match, "left"),
					   "ct"), "key"), "state"))
		return false;
	list = list ? list : right;
	json_array_foreach(list, i, value) {
		text = json_string_value(value);
		if (!text || (strcmp(text, "established") &&
			      strcmp(text, "related")))
			return false;
	}
	return json_is_array(list) ||
	       !strcmp(json_is_string(list) ? json_string_value(list) : "",
		       "established");
}

/* A rule that could accept a packet from spoke to spoke, or lead to one. */
static bool may_accept(const json_t *rule, const char *name)
{
	bool accepts = false, ours = false, others = false;
	const json_t *o, *match, *expr = json_object_get(rule, "expr");
	const char *key;
	size_t i;

	json_array_foreach(expr, i, o) {
		if (json_object_get(o, "xt") || json_object_get(o, "vmap") ||
		    json_object_get(o, "jump") || json_object_get(o, "goto"))
			return true;
		accepts |= !!json_object_get(o, "accept");
		match = json_object_get(o, "match");
		if (is_of_known(match))
			return false;
		key = text_of(json_object_get(json_object_get(match, "left"),
					      "meta"), "key");
		if (strncmp(key, "iif", 3) && strncmp(key, "oif", 3))
			continue;
		if (!strcmp(text_of(match, "op"), "==") &&
		    !names_device(json_object_get(match, "right"), name))
			others = true;
		else
			ours = true;
	}
	return accepts && (ours || !others);
}

static bool is_let_through(const json_t *list, const json_t *chain,
			   const char *name)
{
	const json_t *rule;
	json_t *o;
	size_t i;

	json_array_foreach(list, i, o) {
		rule = json_object_get(o, "rule");
		if (rule && is_same(rule, chain, "family") &&
		    is_same(rule, chain, "table") &&
		    !strcmp(text_of(rule, "chain"), text_of(chain, "name")) &&
		    may_accept(rule, name))
			return true;
	}
	return false;
}

static void check_forward(struct doctor *d, const json_t *list,
			  const json_t *chain)
{
	const char *family = text_of(chain, "family");
	const char *table = text_of(chain, "table");
	const char *name = text_of(chain, "name");
	const struct device *dev;

	model_for_each(dev, d->m.device, d->m.n_device) {
		if (strncmp(tunnel_role(&d->m, dev), "Hub", 3) ||
		    is_let_through(list, chain, dev->name))
			continue;
		doctor_warn(d, "",
			    "chain %s of table %s %s drops what no rule accepts, and none accepts what this hub passes on, from %s into it",
			    name, family, table, dev->name);
		doctor_advise(d,
			      "nft add rule %s %s %s iifname %s accept; nft add rule %s %s %s oifname %s accept",
			      family, table, name, dev->name, family, table,
			      name, dev->name);
	}
}

static void check_chain(struct doctor *d, const json_t *list,
			const json_t *chain)
{
	if (strcmp(text_of(chain, "policy"), "drop"))
		return;
	if (!strcmp(text_of(chain, "hook"), "input"))
		check_input(d, list, chain);
	else if (!strcmp(text_of(chain, "hook"), "forward"))
		check_forward(d, list, chain);
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
	json_array_foreach(list, i, o) {
		chain = json_object_get(o, "chain");
		if (chain)
			check_chain(d, list, chain);
	}
	doctor_fine(d, "%s", root ? "nftables has no rule that looks wrong" :
			      "nft(8) cannot be asked");
	json_decref(root);
}
