// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interfaces, and routes that lead into tunnels.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "dmvpnctl/ios.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define TUNNEL		"tunnel"
#define MTU_MAX		65535

const char *ios_if_name(struct ios *ios, const char *text)
{
	char *name = ios_format(ios, "%s", text), *to = name;

	for (; *text; text++)
		if (*text != ' ')
			*to++ = (char)tolower((unsigned char)*text);
	*to = '\0';
	return name;
}

struct ios_if *ios_find_if(const struct ios *ios, const char *name)
{
	struct ios_if *i;

	for (i = ios->interfaces; i; i = i->next)
		if (!strcmp(i->name, name))
			return i;
	return NULL;
}

static struct ios_if *add_if(struct ios *ios, struct ios_line *line,
			     const char *text)
{
	const char *name = ios_if_name(ios, text);
	struct ios_if *i = ios_find_if(ios, name);
	size_t len = strlen(TUNNEL);

	if (i)
		return i;
	i = ios_add(ios, &ios->interfaces);
	i->line = line;
	i->name = name;
	i->shown = text;
	i->tunnel = !strncmp(name, TUNNEL, len) &&
		    strspn(name + len, "0123456789") == strlen(name + len) &&
		    strlen(name + len) < IOS_DEVICE - strlen("dmvpn");
	if (i->tunnel)
		snprintf(i->device, sizeof(i->device), "dmvpn%s", name + len);
	return i;
}

/* ---- addresses ---- */

static void add_address(struct ios_at *at, struct ios_if *i,
			const struct addr *addr, unsigned int len, bool first)
{
	struct ios_address *none = NULL, *a;

	a = ios_add(at->ios, first ? &none : &i->address);
	a->addr = *addr;
	a->len = len;
	if (!first)
		return;
	a->next = i->address;
	i->address = a;
}

/* A tunnel's own would come through the tunnel, where nobody gives any. */
static bool is_dynamic(struct ios_at *at, const struct ios_if *i,
		       const char *how)
{
	if (i->tunnel || !ios_is(at, how))
		return false;
	at->at = at->line->n;
	ios_change(at->ios, at->line, "the host asks for it");
	return true;
}

static bool address4(struct ios_at *at, struct ios_if *i)
{
	unsigned int len;
	struct addr addr;

	if (is_dynamic(at, i, "dhcp") || is_dynamic(at, i, "negotiated"))
		return (i->dynamic = true);
	if (!ios_addr(at, &addr) || addr.len != 4 || !ios_mask(at, &len)) {
		ios_lose(at->ios, at->line,
			 "no address stands here: give the device one");
		return true;
	}
	/* IOS shows these before the one that counts. */
	add_address(at, i, &addr, len, !ios_is(at, "secondary"));
	return true;
}

static bool address6(struct ios_at *at, struct ios_if *i)
{
	struct prefix p;
	struct addr addr;
	char text[ADDR_TEXT];
	const char *word;

	if (is_dynamic(at, i, "dhcp") || is_dynamic(at, i, "autoconfig"))
		return (i->dynamic6 = true);
	word = ios_next(at);
	if (!word || prefix_parse(word, &p))
		return false;
	/* The address is wanted, not the network that it is in. */
	snprintf(text, sizeof(text), "%.*s", (int)strcspn(word, "/"), word);
	if (addr_parse(text, &addr))
		return false;
	if (ios_is(at, "link-local"))
		p.len = 64;
	if (ios_is(at, "eui-64") || ios_is(at, "anycast")) {
		ios_lose(at->ios, at->line, "write the whole address");
		return true;
	}
	add_address(at, i, &addr, p.len, false);
	return true;
}

/* What is read of each interface, whether it is a tunnel or not. */
static bool common_line(struct ios_at *at, struct ios_if *i)
{
	if (ios_is(at, "no ip address"))
		return true;
	if (ios_is(at, "ip address"))
		return address4(at, i);
	if (ios_is(at, "ipv6 address"))
		return address6(at, i);
	if (ios_is(at, "vrf forwarding") || ios_is(at, "ip vrf forwarding")) {
		i->vrf_line = at->line;
		return (i->vrf = ios_next(at));
	}
	if (ios_is(at, "crypto map")) {
		i->crypto_map = ios_next(at);
		at->at = 0;
		return false;
	}
	if (!ios_is(at, "service-policy output"))
		return false;
	i->policy_line = at->line;
	at->line->used = &i->policy_used;
	return (i->policy = ios_next(at));
}

/* ---- lines of a tunnel ---- */

static void add_link(struct ios_at *at, struct ios_if *i, const char *text)
{
	struct ios_option *option = ios_add(at->ios, &i->link);

	option->line = at->line;
	option->text = text;
}

static bool number_link(struct ios_at *at, struct ios_if *i, const char *word)
{
	uint64_t number;

	if (!ios_number(at, UINT32_MAX, &number))
		return false;
	add_link(at, i, ios_format(at->ios, "%s %llu", word,
				   (unsigned long long)number));
	return true;
}

static bool tunnel_tos(struct ios_at *at, struct ios_if *i)
{
	uint64_t tos;

	if (!ios_number(at, 255, &tos))
		return false;
	add_link(at, i, ios_format(at->ios, "tos %u",
				   (unsigned int)tos & ~3u));
	return true;
}

/*
 * ipsec profile NAME [shared] [ikev2-profile|isakmp-profile NAME]. What is not
 * understood here must not become a device without protection.
 */
static bool protection(struct ios_at *at, struct ios_if *i)
{
	i->profile_line = at->line;
	if (!ios_is(at, "ipsec profile") || !ios_peek(at)) {
		at->at = at->line->n;
		i->profile = "protection";
		ios_lose(at->ios, at->line,
			 "it is not understood: the device sends nothing until charon has a connection of the name \"protection\"");
		return true;
	}
	i->profile = ios_next(at);
	ios_is(at, "shared");
	i->ikev2 = ios_is(at, "ikev2-profile");
	if (i->ikev2 || ios_is(at, "isakmp-profile"))
		i->ike = ios_next(at);
	ios_is(at, "shared");
	return true;
}

static bool tunnel_line(struct ios_at *at, struct ios_if *i)
{
	if (ios_is(at, "source")) {
		i->source_line = at->line;
		return *(i->source = ios_rest(at));
	}
	if (ios_is(at, "mode")) {
		i->mode_line = at->line;
		return *(i->mode = ios_rest(at));
	}
	if (ios_is(at, "destination"))
		return *(i->destination = ios_rest(at));
	if (ios_is(at, "key"))
		return number_link(at, i, "key");
	if (ios_is(at, "ttl"))
		return number_link(at, i, "ttl");
	if (ios_is(at, "tos"))
		return tunnel_tos(at, i);
	if (ios_is(at, "vrf")) {
		ios_change(at->ios, at->line,
			   "as dev: a device of type vrf that is there before");
		return (i->underlay_vrf = ios_next(at));
	}
	if (ios_is(at, "protection"))
		return protection(at, i);
	if (ios_is(at, "checksum")) {
		add_link(at, i, "csum");
		return true;
	}
	if (!ios_is(at, "path-mtu-discovery"))
		return false;
	if (ios_peek(at)) {
		at->at = at->line->n;
		ios_change(at->ios, at->line,
			   "its times and its least MTU are the kernel's");
	}
	return true;
}

#define ROUTING "it is the routing daemon's"
#define FIREWALL "it is the firewall's"
#define NO_USE "nothing here needs it"

/* Lines whose matter is not the tunnel's here. */
static const struct ios_reason elsewhere[] = {
	{ "bandwidth", ROUTING }, { "bfd", ROUTING }, { "delay", ROUTING },
	{ "ip authentication", ROUTING }, { "ip bandwidth-percent", ROUTING },
	{ "ip dampening-change", ROUTING }, { "ip dampening-interval", ROUTING },
	{ "ip eigrp", ROUTING }, { "ip hello-interval", ROUTING },
	{ "ip hold-time", ROUTING }, { "ip igmp", ROUTING },
	{ "ip multicast", ROUTING }, { "ip next-hop-self", ROUTING },
	{ "ip ospf", ROUTING }, { "ip pim", ROUTING }, { "ip policy", ROUTING },
	{ "ip rip", ROUTING }, { "ip router", ROUTING },
	{ "ip split-horizon", ROUTING }, { "ip summary-address", ROUTING },
	{ "ipv6 bandwidth-percent", ROUTING }, { "ipv6 eigrp", ROUTING },
	{ "ipv6 hello-interval", ROUTING }, { "ipv6 hold-time", ROUTING },
	{ "ipv6 mld", ROUTING }, { "ipv6 next-hop-self", ROUTING },
	{ "ipv6 ospf", ROUTING }, { "ipv6 pim", ROUTING },
	{ "ipv6 policy", ROUTING }, { "ipv6 router", ROUTING },
	{ "ipv6 split-horizon", ROUTING }, { "ipv6 summary-address", ROUTING },
	{ "isis", ROUTING }, { "no bfd", ROUTING }, { "no ip eigrp", ROUTING },
	{ "no ip next-hop-self", ROUTING }, { "no ip ospf", ROUTING },
	{ "no ip split-horizon", ROUTING }, { "no ipv6 eigrp", ROUTING },
	{ "no ipv6 next-hop-self", ROUTING },
	{ "no ipv6 split-horizon", ROUTING }, { "ospfv3", ROUTING },
	{ "mpls", "it is the routing daemon's; a device carries MPLS as it is" },
	{ "ip access-group", FIREWALL }, { "ip inspect", FIREWALL },
	{ "ip nat", FIREWALL }, { "ip verify", FIREWALL },
	{ "ip virtual-reassembly", FIREWALL }, { "ipv6 inspect", FIREWALL },
	{ "ipv6 traffic-filter", FIREWALL }, { "ipv6 verify", FIREWALL },
	{ "ipv6 virtual-reassembly", FIREWALL }, { "zone-member", FIREWALL },
	{ "crypto map", "tunnel protection is in its place" },
	{ "ip unnumbered", "give the device an address of the cloud" },
	{ "ipv6 address", "give the device an address of the cloud" },
	{ "service-policy input", "there are policies for what goes out only" },
	{ "service-policy type", "there is no such policy" },
	{ "load-interval",
	  "one for all devices: the module's parameter load_interval" },
	{ "hold-queue", "queue-limit of classes says how many wait" },
	{ "keepalive", "nhrpd looks after servers: probe-interval" },
	{ "arp", NO_USE }, { "cdp", NO_USE }, { "ip cef", NO_USE },
	{ "ip mroute-cache", NO_USE },
	{ "ip route-cache", NO_USE }, { "no cdp", NO_USE },
	{ "no ip directed-broadcast", NO_USE }, { "no ip mroute-cache", NO_USE },
	{ "no ip proxy-arp", NO_USE }, { "no ip route-cache", NO_USE },
	{ "no keepalive", NO_USE }, { "tunnel bandwidth", NO_USE },
	{ "carrier-delay", "see if-state" },
	{ "no ip unreachables", "see icmp_ratelimit of ip(7), or the firewall" },
	{ "no ipv6 unreachables", "see the firewall" },
	{ "flow", "use a flow exporter" }, { "ip flow", "use a flow exporter" },
	{ "ipv6 flow", "use a flow exporter" },
	{ "ip accounting", "use a flow exporter" },
	{ "performance", "use a flow exporter" },
	{ "ip nbar", "there is no NBAR" }, { "domain", "there is no PfR" },
	{ "cts", "there are no security group tags" },
	{ "ip load-sharing", "see fib_multipath_hash_policy of ip-sysctl" },
	{ "ip rsvp", "there is no RSVP" }, { "ip wccp", "there is no WCCP" },
	{ "ip sla", "the host's matter" },
	{ "logging event", "dmvpnctl monitor and the journal have it" },
	{ "snmp", "dmvpnctl -j monitor has it" },
	{ "tunnel route-via", "write \"dev NAME\" into the device's file" },
	{ "tunnel sequence-datagrams", "GRE's numbers are not sent" },
	{ NULL, NULL }
};

static bool read_mtu(struct ios_at *at, struct ios_if *i)
{
	uint64_t mtu;

	if (!ios_number(at, MTU_MAX, &mtu))
		return false;
	if (i->mtu && i->mtu != mtu)
		ios_change(at->ios, at->line,
			   "a device has one MTU: the smaller one");
	if (!i->mtu || mtu < i->mtu)
		i->mtu = (uint32_t)mtu;
	return true;
}

/* It goes before the router's. */
static bool read_df(struct ios_at *at, struct ios_if *i)
{
	static const char *const words[] = { "clear", "copy", "set" };
	size_t k;

	for (k = 0; k < COUNT(words); k++)
		if (ios_is(at, words[k]))
			return (i->df = words[k]);
	return false;
}

static bool adjust_mss(struct ios_at *at, struct ios_if *i)
{
	uint64_t mss;

	if (!ios_number(at, MTU_MAX, &mss))
		return false;
	ios_lose(at->ios, at->line,
		 "nft add rule inet filter forward oifname %s tcp flags syn tcp option maxseg size set %u, and the same with iifname",
		 i->device, (unsigned int)mss);
	return true;
}

static bool other_line(struct ios_at *at, struct ios_if *i)
{
	if (ios_is(at, "description"))
		return *(i->description = ios_rest(at));
	if (ios_is(at, "shutdown"))
		return (i->shutdown = true);
	if (ios_is(at, "no shutdown"))
		return !(i->shutdown = false);
	if (ios_is(at, "ip mtu") || ios_is(at, "ipv6 mtu") || ios_is(at, "mtu"))
		return read_mtu(at, i);
	if (ios_is(at, "ip tcp adjust-mss") || ios_is(at, "ipv6 tcp adjust-mss"))
		return adjust_mss(at, i);
	if (ios_is(at, "qos pre-classify"))
		return (i->pre_classify = true);
	if (ios_is(at, "ipv6 enable"))
		return true;
	if (ios_is(at, "crypto ipsec df-bit"))
		return read_df(at, i);
	if (ios_is(at, "no ip redirects")) {
		ios_change(at->ios, at->line,
			   "sysctl -w net.ipv4.conf.%s.send_redirects=0 net.ipv4.conf.all.send_redirects=0",
			   i->device);
		return true;
	}
	return ios_has_reason(at, elsewhere);
}

static void tunnel(struct ios_at *head, struct ios_if *i)
{
	struct ios_at at;

	ios_for_each_line(at, head->ios, head->line) {
		at.line->used = &i->used;
		if (ios_is(&at, TUNNEL) ? tunnel_line(&at, i) :
		    common_line(&at, i) || ios_nhrp(&at, i) ||
		    other_line(&at, i))
			ios_take(&at);
		else if (at.at && !strcasecmp(at.line->word[0], TUNNEL)) {
			at.at = 0;
			ios_has_reason(&at, elsewhere);
		}
	}
}

/* Of others only what tunnels need is read. */
static void host_interface(struct ios_at *head, struct ios_if *i)
{
	struct ios_at at;

	ios_for_each_line(at, head->ios, head->line) {
		if (!at.line->used)
			at.line->used = &i->used;
		if (common_line(&at, i))
			ios_take(&at);
		else
			ios_foreign(at.line);
	}
}

/* ---- routes ---- */

static bool route_to(struct ios_at *at, struct ios_route *route)
{
	const char *word = ios_peek(at);
	struct addr addr;
	unsigned int len;

	if (word && strchr(word, '/')) {
		ios_next(at);
		return !prefix_parse(word, &route->to);
	}
	if (!ios_addr(at, &addr) || !ios_mask(at, &len))
		return false;
	route->to = prefix_make(&addr, len);
	return true;
}

/* Those with more words are looked at when they lead into a tunnel. */
static bool read_route(struct ios_at *at)
{
	struct ios_route *route = ios_add(at->ios, &at->ios->routes);
	uint64_t distance;

	route->line = at->line;
	at->line->used = &route->used;
	if (ios_is(at, "vrf"))
		route->vrf = ios_next(at);
	if (!route_to(at, route))
		return false;
	if (!ios_addr(at, &route->via)) {
		route->interface = ios_if_name(at->ios, ios_peek(at) ?
					       ios_next(at) : "");
		ios_addr(at, &route->via);
	}
	if (ios_number(at, 255, &distance))
		route->distance = (uint32_t)distance;
	if (ios_is(at, "name") || ios_is(at, "tag"))
		ios_next(at);
	ios_is(at, "permanent");
	if (at->at < at->line->n)
		ios_change(at->ios, at->line,
			   "without %s and what follows", ios_peek(at));
	at->at = at->line->n;
	ios_take(at);
	return true;
}

bool ios_interface(struct ios_at *at)
{
	struct ios_if *i;

	if (ios_is(at, "ip route") || ios_is(at, "ipv6 route")) {
		if (!read_route(at))
			ios_foreign(at->line);
		return true;
	}
	if (!ios_is(at, "interface") || !ios_peek(at))
		return false;
	i = add_if(at->ios, at->line, ios_rest(at));
	at->line->used = &i->used;
	ios_take(at);
	if (i->tunnel)
		tunnel(at, i);
	else
		host_interface(at, i);
	return true;
}
