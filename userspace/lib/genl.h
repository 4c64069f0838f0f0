/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dmvpn family of generic netlink, for nhrpd and dmvpnctl.
 */
#ifndef DMVPN_LIB_GENL_H
#define DMVPN_LIB_GENL_H

#include <netlink/attr.h>
#include <stdint.h>

#include "lib/addr.h"
#include "lib/netlink.h"

#define GENL_GROUPS	4
#define GENL_GROUP_NAME	16
#define GENL_ONLY_MAX	16
/* No attribute set of the family has more. */
#define GENL_ATTRS	64

/**
 * struct genl_group - a multicast group of the family
 * @name: its name
 * @id: its number for netlink_join
 */
struct genl_group {
	char name[GENL_GROUP_NAME];
	uint32_t id;
};

/**
 * struct genl - a socket that talks to the family
 * @nl: the socket; @nl.error is the last failure in words
 * @family: the family's number
 * @group: its multicast groups
 * @n_groups: their number
 */
struct genl {
	struct netlink nl;
	uint16_t family;
	struct genl_group group[GENL_GROUPS];
	unsigned int n_groups;
};

#define GENL_CLOSED { .nl = NETLINK_CLOSED }

/* @tb has GENL_ATTRS slots, NULL for those that are not there. */
typedef void (*genl_handler)(void *arg, uint8_t cmd, struct nlattr **tb);

/*
 * 0 or a negative errno. -ENOENT: there is no such family, the module is not
 * loaded.
 */
int genl_open(struct genl *g);
void genl_close(struct genl *g);
int genl_join(struct genl *g, const char *group);
/* Of notifications, get only those with one of @n commands. */
int genl_only(struct genl *g, const uint8_t *cmd, unsigned int n);
/* A request to put attributes into; NULL without memory. */
struct nl_msg *genl_msg(const struct genl *g, uint8_t cmd);
/* As netlink_request and netlink_events. */
int genl_request(struct genl *g, struct nl_msg *msg, genl_handler handler,
		 void *arg);
int genl_dump(struct genl *g, uint8_t cmd, genl_handler handler, void *arg);
int genl_events(struct genl *g, genl_handler handler, void *arg);

/* Attributes: absent or shorter than they should be reads as 0 or none. */
uint8_t attr_u8(const struct nlattr *attr);
uint16_t attr_be16(const struct nlattr *attr);
uint32_t attr_u32(const struct nlattr *attr);
uint32_t attr_be32(const struct nlattr *attr);
uint64_t attr_u64(const struct nlattr *attr);
/* NULL if absent. */
const char *attr_text(const struct nlattr *attr);
struct addr attr_addr(const struct nlattr *attr);
struct nbma attr_nbma(const struct nlattr *addr, const struct nlattr *port);

void put_addr(struct nl_msg *msg, int type, const struct addr *a);
/* The port is left out if 0. */
void put_nbma(struct nl_msg *msg, int addr_type, int port_type,
	      const struct nbma *n);

#endif
