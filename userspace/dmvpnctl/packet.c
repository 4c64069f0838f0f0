// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "dmvpnctl/packet.h"
#include "nhrpd/acl_names.h"
#include "nhrpd/policy.h"

#define IP4_HEADER	20
#define IP6_HEADER	40
#define TRANSPORT	20	/* TCP's, which is the longest */
#define TTL		64
#define ICMP		1
#define ICMPV6		58

/**
 * struct flow - what is in the headers
 * @src: source
 * @dst: destination
 * @protocol: of IP
 * @dscp: code point
 * @sport: source port, or ICMP type
 * @dport: destination port, or ICMP code
 */
struct flow {
	struct addr src;
	struct addr dst;
	uint8_t protocol;
	uint8_t dscp;
	uint16_t sport;
	uint16_t dport;
};

static bool is_icmp(const struct flow *flow)
{
	return flow->protocol == ICMP || flow->protocol == ICMPV6;
}

static int read_port(const struct flow *flow, const char *text, uint16_t *port)
{
	uint64_t number;

	if (!text)
		return 0;
	if (!is_icmp(flow))
		return acl_port_parse(flow->protocol, text, port);
	if (acl_number(text, UINT8_MAX, &number))
		return -1;
	*port = (uint16_t)number;
	return 0;
}

/* NULL, or what is wrong and with which word. */
static const char *read_flow(const struct flow_args *args, struct flow *flow,
			     const char **word)
{
	*word = args->src ? args->src : "";
	if (addr_parse(*word, &flow->src))
		return "src wants an address";
	*word = args->dst ? args->dst : "";
	if (addr_parse(*word, &flow->dst))
		return "dst wants an address";
	if (flow->src.len != flow->dst.len)
		return "src and dst are of different families";
	*word = args->protocol ? args->protocol : "";
	if (acl_protocol_parse(*word, &flow->protocol))
		return "protocol wants a name as tcp, or a number";
	if (flow->protocol == ICMP && flow->src.len == 16)
		flow->protocol = ICMPV6;
	*word = args->dscp;
	if (args->dscp && policy_dscp_parse(args->dscp, &flow->dscp))
		return "dscp wants a name as af31, or a number";
	*word = args->sport;
	if (read_port(flow, args->sport, &flow->sport))
		return "no source port or ICMP type";
	*word = args->dport;
	if (read_port(flow, args->dport, &flow->dport))
		return "no destination port or ICMP code";
	return NULL;
}

static void put16(uint8_t *at, unsigned int value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static size_t put_ip4(uint8_t *p, const struct flow *flow)
{
	p[0] = 0x45;
	p[1] = (uint8_t)(flow->dscp << 2);
	put16(p + 2, IP4_HEADER + TRANSPORT);
	p[8] = TTL;
	p[9] = flow->protocol;
	memcpy(p + 12, flow->src.b, 4);
	memcpy(p + 16, flow->dst.b, 4);
	return IP4_HEADER;
}

static size_t put_ip6(uint8_t *p, const struct flow *flow)
{
	put16(p, 0x6000u | (unsigned int)flow->dscp << 6);
	put16(p + 4, TRANSPORT);
	p[6] = flow->protocol;
	p[7] = TTL;
	memcpy(p + 8, flow->src.b, 16);
	memcpy(p + 24, flow->dst.b, 16);
	return IP6_HEADER;
}

size_t packet_build(const struct flow_args *args, uint8_t packet[PACKET_LEN],
		    char error[static PACKET_ERROR])
{
	struct flow flow = { .protocol = 0 };
	const char *word, *wrong = read_flow(args, &flow, &word);
	size_t at;

	if (wrong) {
		snprintf(error, PACKET_ERROR, "%s: \"%s\"", wrong, word);
		return 0;
	}
	memset(packet, 0, PACKET_LEN);
	at = flow.src.len == 4 ? put_ip4(packet, &flow) :
				 put_ip6(packet, &flow);
	if (is_icmp(&flow)) {
		packet[at] = (uint8_t)flow.sport;
		packet[at + 1] = (uint8_t)flow.dport;
	} else {
		put16(packet + at, flow.sport);
		put16(packet + at + 2, flow.dport);
	}
	return at + TRANSPORT;
}

size_t packet_build_to(const struct flow_args *args, const char *src,
		       const char *dst, uint8_t packet[PACKET_LEN],
		       char error[static PACKET_ERROR])
{
	struct flow_args flow = *args;

	flow.dst = dst;
	if (!flow.src)
		flow.src = src;
	if (!flow.protocol)
		flow.protocol = "icmp";
	return packet_build(&flow, packet, error);
}
