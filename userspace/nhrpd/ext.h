/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Extensions of a message: look up, add, change. Data that is replaced stays
 * in the pool unused; a message lives for one packet only.
 */
#ifndef NHRPD_EXT_H
#define NHRPD_EXT_H

#include "nhrpd/msg.h"

struct nhrp_ext *ext_find(struct nhrp_msg *msg, unsigned int type);
/* Append; false if it does not fit. */
bool ext_add(struct nhrp_msg *msg, unsigned int type, bool compulsory,
	     const void *data, size_t len);
/* The same, but in the place of one that is there. */
bool ext_put(struct nhrp_msg *msg, unsigned int type, bool compulsory,
	     const void *data, size_t len);
/* Replace the data of @ext; false if it does not fit. */
bool ext_replace(struct nhrp_msg *msg, struct nhrp_ext *ext, const void *data,
		 size_t len);
/* Append bytes to the data of @ext; false if they do not fit. */
bool ext_append(struct nhrp_msg *msg, struct nhrp_ext *ext, const void *data,
		size_t len);
/* Where one begins in @packet, which is @msg encoded. */
size_t ext_offset(const struct nhrp_msg *msg, const uint8_t *packet,
		  const struct nhrp_ext *ext);
/* First extension that is compulsory and not known here, or NULL. */
const struct nhrp_ext *ext_unknown(const struct nhrp_msg *msg);
/* First that is there a second time and may not be, or NULL. */
const struct nhrp_ext *ext_repeated(const struct nhrp_msg *msg);

/* The ones every request carries, in the order other routers use. */
bool ext_add_request(struct nhrp_msg *msg);
/* Take out the records of who passed it on. */
void ext_remove_records(struct nhrp_msg *msg);
/* Copy all of @from, data included. @to must have none. */
void ext_copy(struct nhrp_msg *to, const struct nhrp_msg *from);

/* Entries in an extension's data; returns how many were read. */
size_t ext_cies(const struct nhrp_msg *msg, const struct nhrp_ext *ext,
		struct nhrp_cie *cie, size_t max);
bool ext_append_cie(struct nhrp_msg *msg, struct nhrp_ext *ext,
		    const struct nhrp_cie *cie);
/* Replace the data by one entry. */
bool ext_set_cie(struct nhrp_msg *msg, struct nhrp_ext *ext,
		 const struct nhrp_cie *cie);

/*
 * The NBMA address that the NAT extension has for @proto: where who has that
 * address is seen. None if it has none.
 */
struct addr ext_nat(struct nhrp_msg *msg, const struct addr *proto);
/* It has no other than @nbma for @proto, nor more than anybody looks at. */
bool ext_nat_agrees(struct nhrp_msg *msg, const struct addr *proto,
		    const struct addr *nbma);

/*
 * Clear-text password: true if the message carries @password, in a time that
 * does not depend on how much of it is right. No password wanted: true.
 */
bool ext_auth_check(struct nhrp_msg *msg, const char *password);
/* Put ours in, in its place or last; take it out if there is none. */
bool ext_auth_set(struct nhrp_msg *msg, const char *password);

/**
 * struct nhrp_group - what a node says of itself
 * @name: group that it is in, "" for none
 * @rate: bits a second that it sends to the other one at most, by what it has
 *	for the other one's group; 0 if that is not known
 */
struct nhrp_group {
	char name[NHRP_GROUP_NAME];
	uint64_t rate;
};

/* The name is one that a group can have. */
bool ext_group_valid(const char *name);
/* Say our own group, in place of what is there, or last. */
bool ext_group_set(struct nhrp_msg *msg, enum nhrp_group_role role,
		   const struct nhrp_group *group);

/**
 * enum ext_group - what a message says of a group
 */
enum ext_group {
	EXT_GROUP_NONE,		/* nothing, or no name */
	EXT_GROUP_NAMED,
	EXT_GROUP_BAD,		/* not what it should be; taken for none */
};

/* What the one in this role says; all zeros if that is nothing. */
enum ext_group ext_group_get(const struct nhrp_msg *msg,
			     enum nhrp_group_role role,
			     struct nhrp_group *group);

/**
 * struct nhrp_received - what a node has got of another one so far
 * @packets: of the tunnel
 * @bytes: in them
 */
struct nhrp_received {
	uint64_t packets;
	uint64_t bytes;
};

/* In place of what is there, or last; who asks says nothing with it. */
bool ext_received_set(struct nhrp_msg *msg, enum nhrp_group_role role,
		      const struct nhrp_received *received);
/* False if the one in this role says nothing. */
bool ext_received_get(const struct nhrp_msg *msg, enum nhrp_group_role role,
		      struct nhrp_received *received);

#endif
