/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses of either family, for NBMA and overlay alike. */
#ifndef _DMVPN_ADDR_H
#define _DMVPN_ADDR_H

#include <linux/in6.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <linux/types.h>
#include <net/ipv6.h>

/**
 * struct dmvpn_addr - one address
 * @ip4: valid if @family is AF_INET
 * @ip6: valid if @family is AF_INET6
 * @family: AF_UNSPEC for none
 * @pad: always zero
 *
 * Used inside hash keys, so all bytes count: make one with dmvpn_addr_ip4(),
 * dmvpn_addr_ip6() or dmvpn_get_addr() only.
 */
struct dmvpn_addr {
	union {
		__be32 ip4;
		struct in6_addr ip6;
	};
	u16 family;
	u16 pad;
};

static inline struct dmvpn_addr dmvpn_addr_ip4(__be32 ip4)
{
	struct dmvpn_addr addr;

	memset(&addr, 0, sizeof(addr));
	addr.ip4 = ip4;
	addr.family = AF_INET;
	return addr;
}

static inline struct dmvpn_addr dmvpn_addr_ip6(const struct in6_addr *ip6)
{
	struct dmvpn_addr addr;

	memset(&addr, 0, sizeof(addr));
	addr.ip6 = *ip6;
	addr.family = AF_INET6;
	return addr;
}

static inline bool dmvpn_addr_equal(const struct dmvpn_addr *a,
				    const struct dmvpn_addr *b)
{
	return a->ip4 == b->ip4 && a->family == b->family &&
	       (a->family != AF_INET6 || ipv6_addr_equal(&a->ip6, &b->ip6));
}

static inline bool dmvpn_addr_is_set(const struct dmvpn_addr *addr)
{
	return addr->family != AF_UNSPEC;
}

/* Bytes on the netlink wire. */
static inline int dmvpn_addr_len(const struct dmvpn_addr *addr)
{
	if (addr->family == AF_INET)
		return sizeof(struct in_addr);
	return addr->family == AF_INET6 ? sizeof(struct in6_addr) : 0;
}

/**
 * struct dmvpn_endpoint - both ends of a session, as they are on the wire
 * @local: our NBMA address
 * @remote: the peer's NBMA address
 * @local_port: our UDP port, 0 for native ESP
 * @remote_port: the peer's UDP port, 0 for native ESP
 * @rcu: for the replaced one
 */
struct dmvpn_endpoint {
	struct dmvpn_addr local;
	struct dmvpn_addr remote;
	__be16 local_port;
	__be16 remote_port;
	struct rcu_head rcu;
};

#endif /* _DMVPN_ADDR_H */
