// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Profiles of IKE: crypto isakmp profile, crypto ikev2 profile.
 */
#include <string.h>

#include "dmvpnctl/ios.h"

#define SECONDS_MAX	86400

static void add_name(struct ios_at *at, struct ios_name **names,
		     const char *text)
{
	struct ios_name *name = ios_add(at->ios, names);

	name->line = at->line;
	name->name = text;
}

/* ---- who is let in ---- */

static bool add_remote(struct ios_at *at, struct ios_ike *ike, const char *id)
{
	add_name(at, &ike->remotes, id);
	return true;
}

/* A word, behind what strongSwan marks it with. */
static bool add_named(struct ios_at *at, struct ios_ike *ike, const char *mark)
{
	const char *name = ios_next(at);

	return name && add_remote(at, ike, ios_format(at->ios, "%s%s", mark,
						      name));
}

static bool add_address(struct ios_at *at, struct ios_ike *ike)
{
	unsigned int len;
	struct prefix p;

	ios_is(at, "ipv6");
	if (!ios_peek(at) || prefix_parse(ios_peek(at), &p))
		return false;
	ios_next(at);
	len = p.len;
	ios_mask(at, &len);
	if (ios_peek(at)) {
		ios_next(at);
		ios_change(at->ios, at->line, "in any VRF of the underlay");
	}
	if (len == addr_bits(&p.addr))
		return add_remote(at, ike, ios_id(at->ios, &p.addr, len));
	if (len)
		ios_change(at->ios, at->line,
			   "identities are not bound to a prefix of addresses: whoever has the key or a certificate is let in");
	return add_remote(at, ike, NULL);
}

static bool remote_id(struct ios_at *at, struct ios_ike *ike)
{
	if (ios_is(at, "any"))
		return add_remote(at, ike, NULL);
	if (ios_is(at, "fqdn domain") || ios_is(at, "host domain"))
		return add_named(at, ike, "*.");
	if (ios_is(at, "email domain") || ios_is(at, "user domain"))
		return add_named(at, ike, "*@");
	if (ios_is(at, "fqdn") || ios_is(at, "host") || ios_is(at, "email") ||
	    ios_is(at, "user-fqdn") || ios_is(at, "user"))
		return add_named(at, ike, "");
	if (ios_is(at, "key-id") || ios_is(at, "group"))
		return add_named(at, ike, "keyid:");
	return ios_is(at, "address") && add_address(at, ike);
}

/* What cannot be said lets nobody in, and not everybody. */
static bool match_remote(struct ios_at *at, struct ios_ike *ike)
{
	if (remote_id(at, ike))
		return true;
	ike->closed = true;
	ios_lose(at->ios, at->line,
		 "there is no such identity: nobody is let in by this line");
	return true;
}

static bool match(struct ios_at *at, struct ios_ike *ike)
{
	if (ios_is(at, "identity remote") || ios_is(at, "identity"))
		return match_remote(at, ike);
	if (ios_is(at, "fvrf any"))
		return true;
	if (ios_is(at, "fvrf")) {
		ios_change(at->ios, at->line, "the device has its VRFs");
		return ios_next(at);
	}
	if (ios_is(at, "address local")) {
		at->at = at->line->n;
		ios_lose(at->ios, at->line,
			 "the device has its local address");
		return true;
	}
	if (!ios_is(at, "certificate"))
		return false;
	add_name(at, &ike->maps, ios_peek(at) ? ios_next(at) : "");
	return true;
}

/* ---- authentication ---- */

/* Of the profile alone, without a keyring. */
static void inline_key(struct ios_at *at, struct ios_ike *ike, bool local)
{
	if (!ike->own_keyring)
		ike->own_keyring = ios_format(at->ios, "profile %s", ike->name);
	ike->own[local] = ios_add_key(at, ike->own_keyring, NULL);
	ios_pair_keys(at->ios, ike->own[local], ike->own[!local]);
}

/* pre-share, rsa-sig or ecdsa-sig; @side is 1 for ours, 0 for the peer's. */
static bool auth(struct ios_at *at, struct ios_ike *ike, unsigned int side)
{
	bool *psk = &ike->psk[side], *cert = &ike->cert[side];

	if (ios_is(at, "pre-share")) {
		*psk = true;
		if (ios_is(at, "key"))
			inline_key(at, ike, side);
	} else if (ios_is(at, "rsa-sig") || ios_is(at, "ecdsa-sig")) {
		*cert = true;
	} else {
		at->at = at->line->n;
		ike->refused = "a peer authenticates with a key or a certificate";
		ios_lose(at->ios, at->line, "%s", ike->refused);
	}
	if (*psk && *cert)
		ios_change(at->ios, at->line,
			   "with certificates alone: a connection authenticates in one way");
	return true;
}

/* NAME [sign|verify]: without either it is for both. */
static bool trustpoint(struct ios_at *at, struct ios_ike *ike)
{
	const char *name = ios_next(at);
	bool verify = ios_is(at, "verify"), sign = ios_is(at, "sign");

	if (name && !verify)
		add_name(at, &ike->sign, name);
	if (name && !sign)
		add_name(at, &ike->verify, name);
	return name;
}

static bool keyring(struct ios_at *at, struct ios_ike *ike)
{
	bool ppk;

	if (ios_is(at, "aaa")) {
		at->at = at->line->n;
		ios_lose(at->ios, at->line,
			 "keys are in swanctl.conf, none are asked for elsewhere");
		return true;
	}
	/* A keyring of IKEv1 may be called so. */
	ppk = ike->ikev2 && ios_is(at, "ppk");
	if (!ppk)
		ios_is(at, "local");
	if (!ios_peek(at))
		return false;
	add_name(at, ppk ? &ike->ppk_keyrings : &ike->keyrings, ios_next(at));
	return true;
}

static bool credentials(struct ios_at *at, struct ios_ike *ike)
{
	if (ios_is(at, "authentication local"))
		return auth(at, ike, 1);
	if (ios_is(at, "authentication remote"))
		return auth(at, ike, 0);
	if (ios_is(at, "keyring"))
		return keyring(at, ike);
	if (ios_is(at, "pki trustpoint") || ios_is(at, "ca trust-point"))
		return trustpoint(at, ike);
	return false;
}

/* ---- the rest ---- */

const char *ios_own_name(const struct ios_at *at)
{
	const char *host = NULL, *domain = NULL;
	struct ios_at a = { .ios = at->ios };

	for (a.line = a.ios->line; a.line < a.ios->line + a.ios->n; a.line++) {
		a.at = 0;
		if (a.line->indented)
			continue;
		if (ios_is(&a, "hostname"))
			host = ios_peek(&a);
		else if (ios_is(&a, "ip domain name") ||
			 ios_is(&a, "ip domain-name"))
			domain = ios_peek(&a);
	}
	return host && domain ? ios_format(at->ios, "%s.%s", host, domain) :
				host;
}

static bool local_id(struct ios_at *at, struct ios_ike *ike)
{
	ike->local_line = at->line;
	if (ios_is(at, "dn")) {
		ios_change(at->ios, at->line,
			   "it is taken from the certificate");
		return true;
	}
	if (ios_is(at, "key-id")) {
		if (!ios_peek(at))
			return false;
		ike->local_id = ios_format(at->ios, "keyid:%s", ios_next(at));
		return true;
	}
	if (ios_is(at, "address") || ios_is(at, "email")) {
		ike->local_id = ios_next(at);
		return true;
	}
	if (!ios_is(at, "fqdn") && !ios_is(at, "user-fqdn"))
		return false;
	ike->local_id = ios_peek(at) ? ios_next(at) : ios_own_name(at);
	return ike->local_id;
}

/* SECONDS [[retry] SECONDS] [periodic|on-demand] */
bool ios_dpd(struct ios_at *at, uint32_t *dpd)
{
	uint64_t number, retry;

	if (!ios_number(at, SECONDS_MAX, &number))
		return false;
	*dpd = (uint32_t)number;
	ios_is(at, "retry");
	ios_number(at, SECONDS_MAX, &retry);
	if (!ios_is(at, "periodic"))
		ios_is(at, "on-demand");
	ios_change(at->ios, at->line,
		   "as dpd_delay; how often it is repeated is charon's");
	return true;
}

static bool time_line(struct ios_at *at, struct ios_ike *ike)
{
	uint64_t number;

	if (ios_is(at, "lifetime") && ios_number(at, SECONDS_MAX, &number)) {
		ike->lifetime = (uint32_t)number;
		return true;
	}
	return (ios_is(at, "dpd") || ios_is(at, "keepalive")) &&
	       ios_dpd(at, &ike->dpd);
}

/* Of profiles, with what there is instead. */
static const struct ios_reason reasons[] = {
	{ "aaa", "there is no AAA: nhrpd's authorize asks a program of yours" },
	{ "accounting", "dmvpnctl -j monitor has sessions as they come and go" },
	{ "client", "there is no Easy VPN here" },
	{ "config-exchange", "a peer is given nothing by IKE" },
	{ "description", NULL },
	{ "initial-contact", "the plugin lets the newest SA of a peer win" },
	{ "initiate mode", "main mode is all there is" },
	{ "isakmp authorization", "there is no Easy VPN here" },
	{ "ivrf", "the device has its VRFs" },
	{ "local-address", "the device has its local address" },
	{ "nat", "that is charon's: keep_alive of strongswan.conf" },
	{ "no config-exchange request", NULL },
	{ "qos-group", "policies mark packets: set-mark" },
	{ "reconnect", "a peer that is lost is asked for again at once" },
	{ "redirect", "there is none in IKE: nhrpd knows several servers" },
	{ "virtual-template", "a dmvpn device has all peers" },
	{ NULL, NULL }
};

static bool profile_line(struct ios_at *at, struct ios_ike *ike)
{
	if (ios_is(at, "match"))
		return match(at, ike);
	if (ios_is(at, "identity local") || ios_is(at, "self-identity"))
		return local_id(at, ike);
	if (ios_is(at, "vrf")) {
		ios_change(at->ios, at->line, "the device has its VRFs");
		return ios_next(at);
	}
	return credentials(at, ike) || time_line(at, ike) ||
	       ios_has_reason(at, reasons);
}

static void profile(struct ios_at *head, bool ikev2)
{
	struct ios_ike *ike = ios_add(head->ios, &head->ios->ike);
	const char *name = ios_next(head);
	struct ios_at at;

	ike->line = head->line;
	ike->name = name ? name : "";
	ike->ikev2 = ikev2;
	head->line->used = &ike->used;
	ios_take(head);
	ios_for_each_line(at, head->ios, head->line) {
		at.line->used = &ike->used;
		if (profile_line(&at, ike))
			ios_take(&at);
	}
}

bool ios_ike_profile(struct ios_at *at)
{
	if (ios_is(at, "crypto ikev2 profile"))
		profile(at, true);
	else if (ios_is(at, "crypto isakmp profile"))
		profile(at, false);
	else
		return false;
	return true;
}
