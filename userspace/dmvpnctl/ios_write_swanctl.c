// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * swanctl.conf: one connection for each profile, and the keys.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "dmvpnctl/ios.h"

#define IKE_SECONDS	86400
#define SA_SECONDS	3600
#define DPD_SECONDS	10
#define KILOBYTE	1024
/* Newer releases of IOS have the first of these, older ones the rest. */
#define IKE2_DEFAULT \
	"aes256-aes192-aes128-sha512-sha384-sha256-sha1-" \
	"ecp256-modp2048-modp1536-modp1024"

/* ---- proposals ---- */

static bool is_whole(const struct ios_isakmp *p)
{
	return p->encryption && p->hash && p->group && !p->refused;
}

const struct ios_isakmp *ios_best_isakmp(const struct ios *ios)
{
	const struct ios_isakmp *p = ios->isakmp;

	while (p && !is_whole(p))
		p = p->next;
	return p ? p : ios->isakmp;
}

/* Those with the best one's kind of authentication: a connection has one. */
static void isakmp_proposals(struct ios *ios, struct ios_ipsec *profile,
			     struct ios_text *t)
{
	const struct ios_isakmp *first = ios_best_isakmp(ios);
	struct ios_isakmp *p;
	const char *comma = "";

	ios_put(t, "\t\tproposals = ");
	for (p = ios->isakmp; p; p = p->next) {
		if (!is_whole(p)) {
			ios_lose_section(ios, p->line,
					 "the policy has a line that does not carry over");
		} else if (p->psk != first->psk) {
			ios_lose_section(ios, p->line,
					 "the best policy authenticates otherwise, and a connection in one way");
		} else {
			ios_put(t, "%s%s-%s-%s", comma, p->encryption, p->hash,
				p->group);
			comma = ", ";
			p->used = true;
		}
	}
	if (!*comma) {
		ios_put(t, "default");
		ios_change(ios, profile->line,
			   "no crypto isakmp policy: charon's own proposals");
	}
	ios_put(t, "\n");
}

static bool put_proposal(struct ios *ios, struct ios_proposal *p,
			 const char *comma, struct ios_text *t)
{
	p->used = true;
	if (!p->encryption || !p->groups ||
	    !(p->aead ? p->prf : p->integrity)) {
		ios_lose_section(ios, p->line,
				 "a proposal has encryption, a group, and integrity, or prf with AES-GCM");
		return false;
	}
	ios_put(t, "%s%s", comma, p->encryption);
	if (!p->aead && p->integrity)
		ios_put(t, "-%s", p->integrity);
	if (p->prf)
		ios_put(t, "-%s", p->prf);
	ios_put(t, "-%s", p->groups);
	return true;
}

static struct ios_proposal *find_proposal(const struct ios *ios,
					  const char *name)
{
	struct ios_proposal *p = ios->proposals;

	while (p && strcmp(p->name, name))
		p = p->next;
	return p;
}

static void ike2_proposals(struct ios *ios, struct ios_ipsec *profile,
			   struct ios_text *t)
{
	const struct ios_name *name;
	struct ios_proposal *p;
	const char *comma = "";

	ios->ike2_used = true;
	ios_put(t, "\t\tproposals = ");
	for (name = ios->ike2_policy; name; name = name->next) {
		p = find_proposal(ios, name->name);
		if (!p)
			ios_lose(ios, name->line, "no proposal of that name");
		else if (put_proposal(ios, p, comma, t))
			comma = ", ";
	}
	/* The policy that IOS has by default has this one. */
	p = ios->ike2_policy ? NULL : find_proposal(ios, "default");
	if (p && put_proposal(ios, p, comma, t))
		comma = ", ";
	if (!*comma) {
		ios_put(t, IKE2_DEFAULT);
		ios_change(ios, profile->line,
			   "no crypto ikev2 policy: what IOS has by default differs by its release, both sides have some of these");
	}
	ios_put(t, "\n");
}

/* IOS has one without being told. */
static struct ios_transform *default_transform(struct ios *ios,
					       struct ios_line *line)
{
	struct ios_transform *set = ios_alloc(ios, sizeof(*set));

	set->line = line;
	set->esp = "aes128-sha1";
	set->transport = true;
	ios_change(ios, line,
		   "with the default transform set of IOS: AES-128 with HMAC-SHA1, in transport mode");
	return set;
}

static struct ios_transform *find_transform(struct ios *ios,
					    const struct ios_ipsec *profile,
					    const char *name)
{
	struct ios_transform *set = ios->transforms;

	while (set && strcmp(set->name, name))
		set = set->next;
	if (!set && !strcmp(name, "default"))
		set = default_transform(ios, profile->sets_line);
	return set;
}

/* A peer that has none is a peer still, as with IOS. */
static const char *esn(struct ios *ios, const struct ios_ipsec *profile,
		       const struct ios_transform *set)
{
	if (!set->esn_line)
		return "";
	if (profile->ikev2)
		return "-esn-noesn";
	ios_lose(ios, set->esn_line,
		 "with IKEv1 both sides have to want it: add -esn to esp_proposals there, too");
	return "";
}

/* Mode of the first one, which all have. */
static bool esp_proposals(struct ios *ios, struct ios_ipsec *profile,
			  struct ios_text *t, bool *transport)
{
	struct ios_transform *set, *first = NULL;
	static char *none[] = { "default" };
	size_t i;

	if (!profile->n_sets) {
		profile->sets = none;
		profile->n_sets = 1;
		profile->sets_line = profile->line;
	}
	for (i = 0; i < profile->n_sets; i++) {
		set = find_transform(ios, profile, profile->sets[i]);
		if (!set) {
			ios_lose(ios, profile->sets_line,
				 "there is no transform-set %s",
				 profile->sets[i]);
			continue;
		}
		set->used = true;
		if (!set->esp) {
			ios_lose_section(ios, set->line,
					 "the set does not carry over");
			continue;
		}
		if (first && set->transport != first->transport) {
			ios_lose_section(ios, set->line,
					 "the first set of the profile has another mode");
			continue;
		}
		ios_put(t, "%s%s%s%s%s", first ? ", " : "", set->esp,
			profile->pfs ? "-" : "",
			profile->pfs ? profile->pfs : "",
			esn(ios, profile, set));
		first = first ? first : set;
	}
	*transport = first && first->transport;
	return first;
}

/* ---- a connection ---- */

static bool has_profile(const struct ios_if *i, const char *profile)
{
	return i->used && i->profile && !strcmp(i->profile, profile);
}

static const char *device_of(const struct ios *ios,
			     const struct ios_ipsec *profile)
{
	const struct ios_if *i;

	for (i = ios->interfaces; i; i = i->next)
		if (has_profile(i, profile->ours))
			return i->device;
	return "";
}

static struct ios_ike *ike_profile(struct ios *ios, struct ios_ipsec *profile)
{
	struct ios_ike *ike = ios->ike;

	if (!profile->profile)
		return NULL;
	while (ike && (strcmp(ike->name, profile->profile) ||
		       ike->ikev2 != profile->ikev2))
		ike = ike->next;
	if (ike)
		ike->used = true;
	else
		ios_lose(ios, profile->profile_line,
			 "there is no profile of that name");
	return ike;
}

static void lifetimes(const struct ios *ios, const struct ios_ipsec *profile,
		      struct ios_text *t)
{
	const struct ios_sa *own = &profile->sa, *all = &ios->sa;
	uint32_t life = own->seconds ? own->seconds : all->seconds;
	uint64_t kilobytes = own->kilobytes ? own->kilobytes : all->kilobytes;
	uint32_t replay = own->replay ? own->replay : all->replay;

	if (own->no_kilobytes || (all->no_kilobytes && !own->kilobytes))
		kilobytes = 0;
	life = life ? life : SA_SECONDS;
	ios_put(t, "\t\t\t\tlife_time = %us\n\t\t\t\trekey_time = %us\n"
		"\t\t\t\trand_time = %us\n", life, life - life / 10, life / 15);
	if (kilobytes)
		ios_put(t, "\t\t\t\tlife_bytes = %llu\n\t\t\t\trekey_bytes = %llu\n"
			"\t\t\t\trand_bytes = %llu\n",
			(unsigned long long)kilobytes * KILOBYTE,
			(unsigned long long)(kilobytes - kilobytes / 10) *
			KILOBYTE,
			(unsigned long long)kilobytes / 15 * KILOBYTE);
	if (replay)
		ios_put(t, "\t\t\t\treplay_window = %u\n", replay);
}

static void child(struct ios *ios, const struct ios_ipsec *profile,
		  const char *esp, bool transport, struct ios_text *t)
{
	ios_put(t, "\t\tchildren {\n\t\t\tgre {\n"
		"\t\t\t\t# This line hands the SAs to the dmvpn module.\n"
		"\t\t\t\tinterface = %s\n\t\t\t\tpolicies = no\n"
		"\t\t\t\tmode = %s\n\t\t\t\tlocal_ts = dynamic[47]\n"
		"\t\t\t\tremote_ts = dynamic[47]\n"
		"\t\t\t\tesp_proposals = %s\n", device_of(ios, profile),
		transport ? "transport" : "tunnel", esp);
	lifetimes(ios, profile, t);
	ios_put(t, "\t\t\t\tstart_action = none\n\t\t\t\tdpd_action = clear\n"
		"\t\t\t\tclose_action = none\n\t\t\t}\n\t\t}\n");
}

static void head(const struct ios *ios, const struct ios_ipsec *profile,
		 const struct ios_ike *ike, struct ios_text *t)
{
	uint32_t dpd = ike && ike->dpd ? ike->dpd : ios->dpd;
	const struct ios_isakmp *best = ios_best_isakmp(ios);
	uint32_t life = ike ? ike->lifetime : 0;

	if (!life && !profile->ikev2 && best)
		life = best->lifetime;
	life = life ? life : IKE_SECONDS;
	ios_put(t, "\t\trekey_time = %us\n\t\tover_time = %us\n"
		"\t\tdpd_delay = %us\n\t\tunique = never\n"
		"\t\tkeyingtries = 1\n", life - life / 24, life / 24,
		dpd ? dpd : DPD_SECONDS);
	if (profile->ikev2)
		ios_put(t, "\t\treauth_time = 0s\n\t\tmobike = no\n");
}

/* Keys of a keyring; of none are those that crypto isakmp key has. */
static unsigned int use_keyring(struct ios *ios, const char *keyring)
{
	struct ios_key *key;
	unsigned int n = 0;

	for (key = ios->keys; key; key = key->next) {
		if (keyring ? !key->keyring || strcmp(key->keyring, keyring) :
			      key->keyring != NULL)
			continue;
		key->used = true;
		n++;
	}
	return n;
}

/* IKEv2 knows no keys but those that its profile names. */
static void use_keys(struct ios *ios, const struct ios_ipsec *profile,
		     const struct ios_ike *ike)
{
	const struct ios_name *ring = ike ? ike->keyrings : NULL;

	if (ike && ike->own_keyring)
		use_keyring(ios, ike->own_keyring);
	if (!ring && !profile->ikev2)
		use_keyring(ios, NULL);
	for (; ring; ring = ring->next) {
		if (!profile->ikev2 && !strcmp(ring->name, "default"))
			use_keyring(ios, NULL);
		else if (!use_keyring(ios, ring->name))
			ios_lose(ios, ring->line,
				 "there is no key in a keyring of that name");
	}
}

static unsigned int connections(const struct ios *ios)
{
	const struct ios_ipsec *profile;
	unsigned int n = 0;

	for (profile = ios->ipsec; profile; profile = profile->next)
		n += profile->used;
	return n;
}

/* Another tunnel before this one has the address. */
static bool is_again(const struct ios *ios, const struct ios_if *tunnel)
{
	const struct addr *addr = ios_local(tunnel), *other;
	const struct ios_if *i;

	for (i = ios->interfaces; i != tunnel; i = i->next) {
		other = has_profile(i, tunnel->profile) ? ios_local(i) : NULL;
		if (other && addr_equal(other, addr))
			return true;
	}
	return false;
}

/*
 * Of several connections charon takes for a peer one that has the address which
 * the peer sends to.
 */
static void local_addrs(const struct ios *ios, const struct ios_ipsec *profile,
			struct ios_text *t)
{
	struct ios_text list = { 0 };
	const struct ios_if *i;
	char text[ADDR_TEXT];
	bool all = connections(ios) == 1;

	for (i = ios->interfaces; i && !all; i = i->next) {
		if (!has_profile(i, profile->ours))
			continue;
		all = !ios_local(i);
		if (!all && !is_again(ios, i))
			ios_put(&list, "%s%s", list.len ? ", " : "",
				addr_format(ios_local(i), text));
	}
	ios_put(t, "\t\tlocal_addrs = %s\n", all ? "%any" : list.data);
	ios_text_free(&list);
}

static void connection(struct ios *ios, struct ios_ipsec *profile,
		       struct ios_text *t)
{
	struct ios_ike *ike = ike_profile(ios, profile);
	struct ios_text esp = { 0 };
	bool transport;

	if (ike && ike->refused) {
		ios_lose_section(ios, ike->line, ike->refused);
		ios_lose_section(ios, profile->line, ike->refused);
		return;
	}
	if (!esp_proposals(ios, profile, &esp, &transport)) {
		ios_lose_section(ios, profile->line,
				 "none of its transform sets carries over: the device sends nothing");
		ios_text_free(&esp);
		return;
	}
	use_keys(ios, profile, ike);
	ios_put(t, "\t%s {\n\t\tversion = %d\n", profile->ours,
		profile->ikev2 ? 2 : 1);
	local_addrs(ios, profile, t);
	ios_put(t, "\t\tremote_addrs = %%any\n");
	if (profile->ikev2)
		ike2_proposals(ios, profile, t);
	else
		isakmp_proposals(ios, profile, t);
	head(ios, profile, ike, t);
	if (ike)
		ios_write_ppk(ios, ike, t);
	ios_write_auth(ios, profile, ike, t);
	child(ios, profile, esp.data, transport, t);
	ios_put(t, "\t}\n");
	ios_text_free(&esp);
}

/* ---- keys ---- */

/* What strongSwan would not take for text as it stands is written in hex. */
static bool is_plain(const char *secret)
{
	if (!strncasecmp(secret, "0x", 2) || !strncasecmp(secret, "0s", 2))
		return false;
	for (; *secret; secret++)
		if (*secret <= ' ' || *secret > '~' || strchr("\"\\", *secret))
			return false;
	return true;
}

void ios_put_secret(struct ios_text *t, const char *secret, bool hex)
{
	ios_put(t, "\t\tsecret = ");
	if (hex) {
		ios_put(t, "0x%s", secret + (strncasecmp(secret, "0x", 2) ?
					     0 : 2));
	} else if (is_plain(secret)) {
		ios_put(t, "\"%s\"", secret);
	} else {
		ios_put(t, "0x");
		for (; *secret; secret++)
			ios_put(t, "%02x", (unsigned char)*secret);
	}
	ios_put(t, "\n");
}

static bool same_peer(const struct ios_key *a, const struct ios_key *b)
{
	return a->id && b->id ? !strcasecmp(a->id, b->id) : a->id == b->id;
}

/*
 * charon's keys are for all connections, and of several for a peer it takes any
 * one: the first counts.
 */
static bool is_second(struct ios *ios, struct ios_key *key)
{
	const struct ios_key *first = ios->keys;

	while (first != key && !(first->used && first->secret &&
				 !first->twin && same_peer(first, key)))
		first = first->next;
	if (first == key)
		return false;
	if (strcmp(first->secret, key->secret) || first->hex != key->hex)
		ios_lose(ios, key->line,
			 "line %u has another key for the same peer, and charon's keys are for all connections: give all routers one key, or certificates",
			 first->line->number);
	return true;
}

static void secrets(struct ios *ios, struct ios_text *t)
{
	struct ios_key *key;
	unsigned int n = 0;

	ios_put(t, "\nsecrets {\n");
	for (key = ios->keys; key; key = key->next) {
		if (!key->used || key->twin)
			continue;
		if (!key->secret) {
			ios_put(t, "\t# line %u: its key could not be read\n",
				key->line->number);
			continue;
		}
		if (is_second(ios, key))
			continue;
		ios_put(t, "\tike-%u {\n", ++n);
		if (key->id)
			ios_put_quoted(t, "\t\tid", key->id);
		ios_put_secret(t, key->secret, key->hex);
		ios_put(t, "\t}\n");
	}
	ios_write_ppk_secrets(ios, t);
	ios_put(t, "}\n");
}

void ios_write_swanctl(struct ios *ios, struct ios_text *t)
{
	struct ios_ipsec *profile;

	ios_put(t, "# Made by \"dmvpnctl import ios\".\n\nconnections {\n");
	for (profile = ios->ipsec; profile; profile = profile->next)
		if (profile->used)
			connection(ios, profile, t);
	ios_put(t, "}\n");
	secrets(ios, t);
}
