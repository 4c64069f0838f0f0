/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which of many lines a header matches first. Nothing here knows a packet, so
 * that the file is tested in user space.
 */
#ifndef _DMVPN_CLASSIFY_H
#define _DMVPN_CLASSIFY_H

#include <linux/types.h>

#define DMVPN_ADDR_WORDS	4

#define DMVPN_MATCH_ANY_PROTOCOL	-1

/* Lines of a policy at most; their tables have some 10 MB. */
#define DMVPN_LINES_MAX		65536

/**
 * struct dmvpn_flow - what of a header can be matched
 * @src: source, IPv4 in the first word and the rest 0
 * @dst: destination
 * @sport: source port, or ICMP type; host order
 * @dport: destination port, or ICMP code
 * @family: 4 or 6
 * @protocol: of the transport header, after IPv6's extension headers
 * @dscp: 0 to 63
 * @has_ports: there is a transport header with ports, or with type and code
 * @fragment: not the first fragment
 */
struct dmvpn_flow {
	__be32 src[DMVPN_ADDR_WORDS];
	__be32 dst[DMVPN_ADDR_WORDS];
	u16 sport;
	u16 dport;
	u8 family;
	u8 protocol;
	u8 dscp;
	bool has_ports;
	bool fragment;
};

/**
 * struct dmvpn_match - one line
 * @src: bits beyond @src_len are 0
 * @dst: bits beyond @dst_len are 0
 * @class: index of the class it is of
 * @deny: 0 to permit; else the search goes on so many lines further down
 * @protocol: or DMVPN_MATCH_ANY_PROTOCOL
 * @sport_min: ports that match; 0 to 65535 for all, and for who has none
 * @sport_max: see @sport_min
 * @dport_min: see @sport_min
 * @dport_max: see @sport_min
 * @family: 4, 6 or 0 for both
 * @src_len: bits of @src
 * @dst_len: bits of @dst
 * @dscp: under @dscp_mask
 * @dscp_mask: 0 for any
 * @fragment: only what is not the first fragment
 */
struct dmvpn_match {
	__be32 src[DMVPN_ADDR_WORDS];
	__be32 dst[DMVPN_ADDR_WORDS];
	u32 class;
	u32 deny;
	s16 protocol;
	u16 sport_min;
	u16 sport_max;
	u16 dport_min;
	u16 dport_max;
	u8 family;
	u8 src_len;
	u8 dst_len;
	u8 dscp;
	u8 dscp_mask;
	bool fragment;
};

struct dmvpn_classifier;

struct dmvpn_classifier *dmvpn_classifier_new(const struct dmvpn_match *lines,
					      u32 n);
void dmvpn_classifier_free(struct dmvpn_classifier *cl);
u32 dmvpn_classify_steps(const struct dmvpn_classifier *cl,
			 const struct dmvpn_flow *flow, u32 *steps);
u32 dmvpn_classify(const struct dmvpn_classifier *cl,
		   const struct dmvpn_flow *flow);

#endif /* _DMVPN_CLASSIFY_H */
