// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the router as a whole has of IKE and IPsec.
 */
#include <string.h>

#include "dmvpnctl/ios.h"

#define DAY		86400
#define LIFETIME_MAX	UINT32_MAX
#define REPLAY_MAX	1024

/* ---- lifetimes and replay windows, which profiles have, too ---- */

static bool lifetime(struct ios_at *at, struct ios_sa *sa)
{
	uint64_t number;

	if (ios_is(at, "kilobytes disable"))
		return (sa->no_kilobytes = true);
	if (ios_is(at, "kilobytes"))
		return ios_number(at, LIFETIME_MAX, &sa->kilobytes);
	if (ios_is(at, "days") && ios_number(at, LIFETIME_MAX / DAY, &number))
		number *= DAY;
	else if (!ios_is(at, "seconds") ||
		 !ios_number(at, LIFETIME_MAX, &number))
		return false;
	sa->seconds = (uint32_t)number;
	return true;
}

bool ios_sa_line(struct ios_at *at, struct ios_sa *sa)
{
	uint64_t number;

	if (ios_is(at, "lifetime"))
		return lifetime(at, sa);
	if (ios_is(at, "idle-time")) {
		ios_rest(at);
		ios_lose(at->ios, at->line, "a session stays as long as its peer");
		return true;
	}
	if (ios_is(at, "replay disable")) {
		ios_lose(at->ios, at->line,
			 "the window stays: packets wait before they get their number, so their order holds");
		return true;
	}
	if (!ios_is(at, "replay window-size") ||
	    !ios_number(at, REPLAY_MAX, &number))
		return false;
	sa->replay = (uint32_t)number;
	return true;
}

/* ---- the rest ---- */

#define LIMITS	"see ikesa_limit and init_limit_half_open of strongswan.conf"
#define NAT	"that is charon's: keep_alive of strongswan.conf"
#define EASYVPN	"there is no Easy VPN here"
#define JOURNAL	"charon's journal and dmvpnctl monitor have it"

static const struct ios_reason reasons[] = {
	{ "crypto call admission", LIMITS },
	{ "crypto ikev2 authorization", "a peer is given nothing by IKE" },
	{ "crypto ikev2 certificate-cache", NULL },
	{ "crypto ikev2 client", EASYVPN },
	{ "crypto ikev2 cluster", "nhs blocks of nhrpd know several servers" },
	{ "crypto ikev2 cookie-challenge",
	  "see cookie_threshold of strongswan.conf" },
	{ "crypto ikev2 cts", "there are no security group tags" },
	{ "crypto ikev2 diagnose", JOURNAL },
	{ "crypto ikev2 fragmentation", NULL },
	{ "crypto ikev2 http-url", "see hash_and_url of strongswan.conf" },
	{ "crypto ikev2 limit", LIMITS },
	{ "crypto ikev2 name-mangler", "there is no AAA" },
	{ "crypto ikev2 nat", NAT },
	{ "crypto ikev2 redirect", "there is none in IKE" },
	{ "crypto ikev2 window", "charon has one request at a time" },
	{ "crypto ipsec fragmentation before-encryption", NULL },
	{ "crypto ipsec fragmentation",
	  "what is too large is cut before it is encrypted; \"df clear\" in the device's file lets it be cut afterwards" },
	{ "crypto ipsec nat-transparency", NULL },
	{ "crypto isakmp aggressive-mode disable", NULL },
	{ "crypto isakmp client", EASYVPN },
	{ "crypto isakmp default policy", NULL },
	{ "crypto isakmp diagnose", JOURNAL },
	{ "crypto isakmp enable", NULL },
	{ "crypto isakmp fragmentation", NULL },
	{ "crypto isakmp identity address", NULL },
	{ "crypto isakmp identity dn", NULL },
	{ "crypto isakmp invalid-spi-recovery", "a spoke makes its session anew when its server is silent: probe-interval" },
	{ "crypto isakmp nat", NAT },
	{ "crypto isakmp peer", "main mode is all there is" },
	{ "crypto isakmp xauth", EASYVPN },
	{ "crypto logging", JOURNAL },
	/* Defaults of IOS that the file does not use then. */
	{ "no crypto ikev2 http-url", NULL },
	{ "no crypto ikev2 policy default", NULL },
	{ "no crypto ikev2 profile default", NULL },
	{ "no crypto ikev2 proposal default", NULL },
	{ "no crypto ipsec profile default", NULL },
	{ "no crypto ipsec transform-set default", NULL },
	{ "no crypto isakmp default policy", NULL },
	{ NULL, NULL }
};

/* With the lines below it. */
static bool has_reason(struct ios_at *head)
{
	struct ios_at at;

	if (!ios_has_reason(head, reasons))
		return false;
	ios_take(head);
	ios_for_each_line(at, head->ios, head->line)
		if (head->line->why)
			ios_lose(at.ios, at.line, "%s", head->line->why);
	return true;
}

static void read_dpd(struct ios_at *at)
{
	if (ios_dpd(at, &at->ios->dpd))
		ios_take(at);
}

static void read_df(struct ios_at *at)
{
	if (ios_is(at, "clear"))
		at->ios->df = "clear";
	else if (ios_is(at, "set"))
		at->ios->df = "set";
	else if (!ios_is(at, "copy"))
		return;
	ios_take(at);
}

bool ios_router(struct ios_at *at)
{
	if (ios_is(at, "crypto isakmp keepalive") ||
	    ios_is(at, "crypto ikev2 dpd")) {
		read_dpd(at);
	} else if (ios_is(at, "crypto ipsec df-bit")) {
		read_df(at);
	} else if (ios_is(at, "crypto ipsec security-association")) {
		if (ios_sa_line(at, &at->ios->sa))
			ios_take(at);
	} else if (ios_is(at, "crypto isakmp identity hostname")) {
		at->ios->local_id = ios_own_name(at);
		ios_take(at);
	} else {
		return has_reason(at);
	}
	return true;
}
