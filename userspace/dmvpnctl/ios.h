/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A configuration of IOS as dmvpnctl import understands it: the model between
 * its lines and our own files.
 *
 *   ios_lex.c                      text -> lines
 *   ios_crypto.c, ios_ike2.c,      lines -> model
 *   ios_ppk.c, ios_profile.c,
 *   ios_pki.c, ios_router.c,
 *   ios_tunnel.c, ios_nhrp.c,
 *   ios_qos.c, ios_class.c
 *   ios_parse.c                    sections -> these, and what is used
 *   ios_write_*.c                  model -> texts of the files
 *   import.c                       texts -> files, and the report
 */
#ifndef DMVPNCTL_IOS_H
#define DMVPNCTL_IOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dmvpnctl/ios_lex.h"
#include "dmvpnctl/ios_text.h"
#include "lib/addr.h"

#define IOS_DEVICE	16	/* IFNAMSIZ */
/* Of a key that has no peer. */
#define IOS_ANY_PEER \
	"any peer may use it: who has it can be the hub for others, too"

/**
 * struct ios_isakmp - crypto isakmp policy
 * @next: by number
 * @number: of it; the lowest is the best
 * @line: where it begins
 * @encryption: as strongSwan has it
 * @hash: likewise
 * @group: likewise
 * @psk: with pre-shared keys, not with signatures
 * @refused: with neither of them
 * @lifetime: seconds
 * @used: it is one of a connection's proposals
 */
struct ios_isakmp {
	struct ios_isakmp *next;
	unsigned int number;
	struct ios_line *line;
	const char *encryption;
	const char *hash;
	const char *group;
	bool psk;
	bool refused;
	uint32_t lifetime;
	bool used;
};

/**
 * struct ios_key - a pre-shared key
 * @next: the next one
 * @line: where it stands
 * @keyring: that it is of, NULL for crypto isakmp key
 * @secret: the key, NULL for one that cannot be read
 * @hex: the key is written as hexadecimal digits
 * @id: of the peer as strongSwan has it, NULL for any
 * @twin: it stands in another line, too
 * @used: somebody uses it
 */
struct ios_key {
	struct ios_key *next;
	struct ios_line *line;
	const char *keyring;
	const char *secret;
	bool hex;
	const char *id;
	bool twin;
	bool used;
};

/**
 * struct ios_ppk - a postquantum preshared key
 * @next: the next one
 * @line: where it stands
 * @keyring: that it is of
 * @id: of the key, NULL if it has none that can be said
 * @secret: the key, NULL for one that cannot be read
 * @hex: the key is written as hexadecimal digits
 * @peer: identity of the peer that it is for, NULL for any
 * @required: no session is made without it
 * @used: somebody uses it
 */
struct ios_ppk {
	struct ios_ppk *next;
	struct ios_line *line;
	const char *keyring;
	const char *id;
	const char *secret;
	bool hex;
	const char *peer;
	bool required;
	bool used;
};

/**
 * struct ios_transform - crypto ipsec transform-set
 * @next: the next one
 * @line: where it stands
 * @name: of it
 * @esp: ciphers as strongSwan has them, NULL if ours have them not
 * @transport: its mode
 * @esn_line: that wants extended sequence numbers, NULL for none
 * @used: somebody uses it
 */
struct ios_transform {
	struct ios_transform *next;
	struct ios_line *line;
	const char *name;
	const char *esp;
	bool transport;
	struct ios_line *esn_line;
	bool used;
};

/**
 * struct ios_sa - what SAs have
 * @seconds: lifetime, 0 for the default
 * @kilobytes: likewise
 * @no_kilobytes: it is switched off
 * @replay: window, 0 for the default
 */
struct ios_sa {
	uint32_t seconds;
	uint64_t kilobytes;
	bool no_kilobytes;
	uint32_t replay;
};

/**
 * struct ios_ipsec - crypto ipsec profile
 * @next: the next one
 * @line: where it begins
 * @name: of it
 * @ours: of the connection, and of the profile of the device
 * @sets: words of set transform-set
 * @n_sets: their number
 * @sets_line: where they stand
 * @pfs: group as strongSwan has it, NULL for none
 * @sa: lifetimes and replay window
 * @profile: of IKE, NULL for none
 * @profile_line: that names it
 * @ikev2: @profile is one of IKEv2
 * @used: a tunnel uses it
 */
struct ios_ipsec {
	struct ios_ipsec *next;
	struct ios_line *line;
	const char *name;
	const char *ours;
	char **sets;
	size_t n_sets;
	struct ios_line *sets_line;
	const char *pfs;
	struct ios_sa sa;
	const char *profile;
	struct ios_line *profile_line;
	bool ikev2;
	bool used;
};

/**
 * struct ios_proposal - crypto ikev2 proposal
 * @next: the next one
 * @line: where it begins
 * @name: of it
 * @encryption: as strongSwan has it, with dashes between
 * @aead: it needs no integrity
 * @integrity: likewise, NULL for none
 * @prf: likewise
 * @groups: likewise
 * @used: somebody uses it
 */
struct ios_proposal {
	struct ios_proposal *next;
	struct ios_line *line;
	const char *name;
	const char *encryption;
	bool aead;
	const char *integrity;
	const char *prf;
	const char *groups;
	bool used;
};

/**
 * struct ios_name - a name that something refers to
 * @next: the next one
 * @line: where it stands
 * @name: of it
 */
struct ios_name {
	struct ios_name *next;
	struct ios_line *line;
	const char *name;
};

/**
 * struct ios_ike - crypto isakmp profile or crypto ikev2 profile
 * @next: the next one
 * @line: where it begins
 * @name: of it
 * @ikev2: of IKEv2
 * @keyrings: that it names, a list
 * @ppk_keyrings: those for postquantum keys, a list
 * @own_keyring: of the keys that stand in the profile itself, NULL for none
 * @own: these: the peer's and ours
 * @local_id: as strongSwan has it, NULL for the address
 * @local_line: that says so
 * @remotes: who is let in, a list; a name is likewise, NULL for any
 * @closed: a line that says who is let in does not carry over
 * @psk: with a key: the peer, and we
 * @cert: with a signature: likewise
 * @refused: why no connection can be made of it, NULL if it can
 * @sign: trustpoints that our certificate is of, a list
 * @verify: likewise the peer's
 * @maps: certificates that are let in, a list
 * @dpd: seconds, 0 for the default
 * @lifetime: likewise
 * @used: somebody uses it
 */
struct ios_ike {
	struct ios_ike *next;
	struct ios_line *line;
	const char *name;
	bool ikev2;
	struct ios_name *keyrings;
	struct ios_name *ppk_keyrings;
	const char *own_keyring;
	struct ios_key *own[2];
	const char *local_id;
	struct ios_line *local_line;
	struct ios_name *remotes;
	bool closed;
	bool psk[2];
	bool cert[2];
	const char *refused;
	struct ios_name *sign;
	struct ios_name *verify;
	struct ios_name *maps;
	uint32_t dpd;
	uint32_t lifetime;
	bool used;
};

/**
 * struct ios_trust - crypto pki trustpoint
 * @next: the next one
 * @line: where it begins
 * @name: of it
 * @file: what its files are called
 * @other: it is not for peers: self-signed, or for licenses
 * @lenient: a certificate of which nothing is known is not revoked
 * @revocation_line: that says so, or the contrary; NULL for none
 * @cert: our certificate as PEM, NULL if the file does not have it
 * @ca: likewise the CA's
 * @chain_line: where these begin, NULL for nowhere
 * @used: somebody uses it
 */
struct ios_trust {
	struct ios_trust *next;
	struct ios_line *line;
	const char *name;
	const char *file;
	bool other;
	bool lenient;
	struct ios_line *revocation_line;
	const char *cert;
	const char *ca;
	struct ios_line *chain_line;
	bool used;
};

/**
 * struct ios_cert_map - crypto pki certificate map
 * @next: the next one
 * @line: where it begins
 * @name: of it
 * @id: of peers as strongSwan has it, NULL for any
 * @dn: it is a subject
 * @refused: not all of it can be said
 * @used: somebody uses it
 */
struct ios_cert_map {
	struct ios_cert_map *next;
	struct ios_line *line;
	const char *name;
	const char *id;
	bool dn;
	bool refused;
	bool used;
};

/**
 * struct ios_option - a line of ours that a line of theirs stands for
 * @next: the next one
 * @line: theirs
 * @text: ours
 */
struct ios_option {
	struct ios_option *next;
	struct ios_line *line;
	const char *text;
};

/**
 * struct ios_address - an address of an interface
 * @next: the next one
 * @addr: of it
 * @len: of its prefix
 */
struct ios_address {
	struct ios_address *next;
	struct addr addr;
	unsigned int len;
};

/**
 * struct ios_peer - a next hop server or a static map
 * @next: the next one
 * @line: where it stands
 * @proto: tunnel address, none for nhs dynamic
 * @nbma: address in the underlay, or name; NULL for none yet
 * @nhs: it is a server
 * @multicast: it gets copies of multicast
 * @priority: of a server
 * @cluster: of a server
 */
struct ios_peer {
	struct ios_peer *next;
	struct ios_line *line;
	struct addr proto;
	const char *nbma;
	bool nhs;
	bool multicast;
	uint32_t priority;
	uint32_t cluster;
};

/**
 * struct ios_if - an interface
 * @next: the next one
 * @line: where it begins
 * @name: as it is compared: lower case, without blanks
 * @shown: as it is written
 * @tunnel: it is called Tunnel
 * @device: name of our device
 * @address: list of addresses
 * @dynamic: others give it one of IPv4
 * @dynamic6: likewise of IPv6
 * @description: of it, NULL for none
 * @vrf: of what goes in, NULL for none
 * @vrf_line: that says so
 * @shutdown: it is down
 * @mtu: or 0
 * @df: of its packets, NULL for the router's
 * @mode: of a tunnel, NULL if nothing says so
 * @mode_line: that says so
 * @destination: a point-to-point tunnel has one, NULL for none
 * @source: word of tunnel source, NULL for none
 * @source_line: where that stands
 * @source_if: interface that it is, NULL for none
 * @source_addr: address that it is, or none
 * @underlay_vrf: word of tunnel vrf, NULL for none
 * @link: words for ip link add, a list
 * @profile: that protects it, NULL for none
 * @profile_line: that says so
 * @ike: profile of IKE that goes before that profile's, NULL for none
 * @ikev2: @ike is one of IKEv2
 * @crypto_map: that encrypts what leaves it, NULL for none
 * @options: for nhrpd.conf, a list
 * @peers: servers and maps, a list
 * @multicast: NBMA addresses that get copies, a list
 * @groups: group maps: text is the group, followed by one that is the policy
 * @interest: access list of ip nhrp interest, NULL for none
 * @interest_line: that says so
 * @pre_classify: qos pre-classify
 * @policy: service-policy output, NULL for none
 * @policy_line: that says so
 * @policy_used: it went somewhere
 * @used: a tunnel that carries over, or the source of one
 */
struct ios_if {
	struct ios_if *next;
	struct ios_line *line;
	const char *name;
	const char *shown;
	bool tunnel;
	char device[IOS_DEVICE];
	struct ios_address *address;
	bool dynamic;
	bool dynamic6;
	const char *description;
	const char *vrf;
	struct ios_line *vrf_line;
	bool shutdown;
	uint32_t mtu;
	const char *df;
	const char *mode;
	struct ios_line *mode_line;
	const char *destination;
	const char *source;
	struct ios_line *source_line;
	struct ios_if *source_if;
	struct addr source_addr;
	const char *underlay_vrf;
	struct ios_option *link;
	const char *profile;
	struct ios_line *profile_line;
	const char *ike;
	bool ikev2;
	const char *crypto_map;
	struct ios_option *options;
	struct ios_peer *peers;
	struct ios_name *multicast;
	struct ios_option *groups;
	const char *interest;
	struct ios_line *interest_line;
	bool pre_classify;
	const char *policy;
	struct ios_line *policy_line;
	bool policy_used;
	bool used;
};

/**
 * struct ios_acl - an access list
 * @next: the next one
 * @line: where it begins
 * @name: of it
 * @lines: of it, as ours have them, a list
 * @used: somebody uses it
 */
struct ios_acl {
	struct ios_acl *next;
	struct ios_line *line;
	const char *name;
	struct ios_option *lines;
	bool used;
};

/**
 * struct ios_class_map - a class map
 * @next: the next one
 * @line: where it begins
 * @name: of it
 * @match_any: any of its statements, not all
 * @match: statements, a list
 * @broken: it cannot be written
 * @used: somebody uses it
 */
struct ios_class_map {
	struct ios_class_map *next;
	struct ios_line *line;
	const char *name;
	bool match_any;
	struct ios_option *match;
	bool broken;
	bool used;
};

/**
 * enum ios_kind - what a line of a class is about
 * @IOS_SET: the inner header, or the outer one in a policy of the underlay
 * @IOS_SET_OUTER: the outer header
 * @IOS_SET_MARK: the packet's mark
 * @IOS_QUEUE: how it waits
 */
enum ios_kind {
	IOS_SET,
	IOS_SET_OUTER,
	IOS_SET_MARK,
	IOS_QUEUE,
};

/**
 * struct ios_action - a line of a class of a policy map
 * @next: the next one
 * @line: where it stands
 * @kind: of it
 * @option: of nhrpd.conf
 * @value: of that
 * @bits: a second, if it is a rate
 * @percent: of the rate around its policy, if that is what it is
 */
struct ios_action {
	struct ios_action *next;
	struct ios_line *line;
	enum ios_kind kind;
	const char *option;
	const char *value;
	uint64_t bits;
	unsigned int percent;
};

/**
 * struct ios_class - a class of a policy map
 * @next: the next one
 * @line: where it begins
 * @name: of it
 * @actions: what becomes of it, a list
 * @priority: it goes first, without a rate of its own
 * @priority_line: that says so
 * @remaining: percent of what others leave, 0 for none
 * @ratio: it is no percentage, but is divided by all of them
 * @remaining_line: that says so
 * @adaptive: option of group maps, NULL for none
 * @adaptive_line: that says so
 * @child: policy that divides it, NULL for none
 * @child_line: that says so
 */
struct ios_class {
	struct ios_class *next;
	struct ios_line *line;
	const char *name;
	struct ios_action *actions;
	bool priority;
	struct ios_line *priority_line;
	uint32_t remaining;
	bool ratio;
	struct ios_line *remaining_line;
	const char *adaptive;
	struct ios_line *adaptive_line;
	const char *child;
	struct ios_line *child_line;
};

#define IOS_ROLE_OUTPUT		1u	/* marks what goes into a tunnel */
#define IOS_ROLE_UNDERLAY	2u	/* marks what the underlay gets */
#define IOS_ROLE_QUEUE		4u	/* queues towards a peer */

/**
 * struct ios_policy - a policy map
 * @next: the next one
 * @line: where it begins
 * @name: of it
 * @classes: of it, a list
 * @roles: IOS_ROLE_*
 * @rate: around it, 0 if that is not known
 * @rates: there are several
 * @written: roles that are written
 * @open: it is being written: who meets it again goes round in a circle
 * @used: somebody uses it
 */
struct ios_policy {
	struct ios_policy *next;
	struct ios_line *line;
	const char *name;
	struct ios_class *classes;
	unsigned int roles;
	uint64_t rate;
	bool rates;
	unsigned int written;
	bool open;
	bool used;
};

/**
 * struct ios_route - a static route
 * @next: the next one
 * @line: where it stands
 * @to: where it leads
 * @via: next hop, none if only the interface is named
 * @interface: as it is compared, NULL for none
 * @vrf: or NULL
 * @distance: or 0
 * @used: it goes into a tunnel
 */
struct ios_route {
	struct ios_route *next;
	struct ios_line *line;
	struct prefix to;
	struct addr via;
	const char *interface;
	const char *vrf;
	uint32_t distance;
	bool used;
};

/**
 * struct ios_chunk - memory of a configuration
 * @next: the next one
 * @size: bytes at @data
 * @data: what was asked for
 */
struct ios_chunk {
	struct ios_chunk *next;
	size_t size;
	max_align_t data[];
};

/**
 * struct ios - a configuration
 * @chunks: its memory
 * @line: array of @n
 * @n: number of lines
 * @size: room for so many
 * @isakmp: crypto isakmp policies, by number
 * @keys: pre-shared keys
 * @ppks: postquantum ones
 * @transforms: transform sets
 * @ipsec: ipsec profiles
 * @proposals: of IKEv2
 * @ike2_policy: names of proposals that some policy of IKEv2 has
 * @ike: profiles of IKE
 * @trusts: trustpoints
 * @cert_maps: maps of certificates
 * @interfaces: all
 * @acls: access lists
 * @class_maps: class maps
 * @policies: policy maps
 * @routes: static ones
 * @sa: what SAs have where a profile has none
 * @dpd: seconds, 0 for the default
 * @df: of the devices, NULL for the default
 * @local_id: of IKEv1, NULL for the address
 * @ike2_used: some connection has the proposals of policies of IKEv2
 */
struct ios {
	struct ios_chunk *chunks;
	struct ios_line *line;
	size_t n;
	size_t size;
	struct ios_isakmp *isakmp;
	struct ios_key *keys;
	struct ios_ppk *ppks;
	struct ios_transform *transforms;
	struct ios_ipsec *ipsec;
	struct ios_proposal *proposals;
	struct ios_name *ike2_policy;
	struct ios_ike *ike;
	struct ios_trust *trusts;
	struct ios_cert_map *cert_maps;
	struct ios_if *interfaces;
	struct ios_acl *acls;
	struct ios_class_map *class_maps;
	struct ios_policy *policies;
	struct ios_route *routes;
	struct ios_sa sa;
	uint32_t dpd;
	const char *df;
	const char *local_id;
	bool ike2_used;
};

/* ---- sections: true if @at is the header of one of theirs ---- */

bool ios_crypto(struct ios_at *at);		/* ios_crypto.c */
bool ios_ike2(struct ios_at *at);		/* ios_ike2.c */
bool ios_ike_profile(struct ios_at *at);	/* ios_profile.c */
bool ios_pki(struct ios_at *at);		/* ios_pki.c */
bool ios_router(struct ios_at *at);		/* ios_router.c */
bool ios_interface(struct ios_at *at);		/* ios_tunnel.c */
bool ios_qos(struct ios_at *at);		/* ios_qos.c */
/* A line of a class of a policy map: ios_class.c. */
bool ios_class_line(struct ios_at *at, struct ios_class *class);
/* A line of a tunnel interface that is NHRP's. */
bool ios_nhrp(struct ios_at *at, struct ios_if *tunnel);

/* ---- what they share ---- */

/* strongSwan's word for a group of Diffie-Hellman, NULL for an unknown one. */
const char *ios_dh_group(const char *number);
/* [0|6|7] KEY; NULL for one that cannot be read, and the line says so. */
const char *ios_secret(struct ios_at *at, uint64_t *type);
/* [hex] [0|6|7] KEY: likewise. */
const char *ios_any_secret(struct ios_at *at, bool *hex);
/* Of a digit, -1 for none. */
int ios_hex(char c);
/* charon takes other characters for its own. */
const char *ios_plain_name(struct ios *ios, const char *name);
struct ios_trust *ios_find_trust(const struct ios *ios, const char *name);
/* As nhrpd.conf has a rate. */
const char *ios_rate_text(struct ios *ios, uint64_t bits);
/* As nhrpd.conf has a name: in quotes where it needs them. */
const char *ios_quote(struct ios *ios, const char *text);
/* [hex] [0|6|7] KEY of a keyring, for this peer: NULL for any. */
struct ios_key *ios_add_key(struct ios_at *at, const char *keyring,
			    const char *id);
/* A line "ppk" of a peer of a keyring, which has that identity: NULL for any. */
void ios_read_ppk(struct ios_at *at, const char *keyring, const char *peer);
/* @other, if it is not NULL, is for the other direction. */
void ios_pair_keys(struct ios *ios, struct ios_key *key, struct ios_key *other);
/* A line of crypto ipsec, or of a profile of it, behind these words. */
bool ios_sa_line(struct ios_at *at, struct ios_sa *sa);
/* The router's name, with the domain that it has; NULL if it has none. */
const char *ios_own_name(const struct ios_at *at);
/* SECONDS [[retry] SECONDS] [periodic|on-demand] */
bool ios_dpd(struct ios_at *at, uint32_t *dpd);
/* An address with a mask as an identity; NULL for any. */
const char *ios_id(struct ios *ios, const struct addr *addr, unsigned int len);
/* A name of an interface, as it is compared: the rest of the line. */
const char *ios_if_name(struct ios *ios, const char *text);
struct ios_if *ios_find_if(const struct ios *ios, const char *name);
struct ios_acl *ios_find_acl(const struct ios *ios, const char *name);
struct ios_policy *ios_find_policy(const struct ios *ios, const char *name);

/* ---- the whole: ios_parse.c, ios_write_*.c ---- */

/* Read all lines into the model. */
void ios_parse(struct ios *ios);
/* Which tunnels carry over, and what they use; false if there is none. */
bool ios_resolve(struct ios *ios);
void ios_write_swanctl(struct ios *ios, struct ios_text *t);
/* The first one that carries over, or one that does not if none does. */
const struct ios_isakmp *ios_best_isakmp(const struct ios *ios);
/* The sides of its connection; @ike is NULL for no profile of IKE. */
void ios_write_auth(struct ios *ios, const struct ios_ipsec *profile,
		    struct ios_ike *ike, struct ios_text *t);
void ios_put_quoted(struct ios_text *t, const char *option,
		    const char *value);
void ios_put_secret(struct ios_text *t, const char *secret, bool hex);
/* Which postquantum key a connection has, and those of all. */
void ios_write_ppk(struct ios *ios, const struct ios_ike *ike,
		   struct ios_text *t);
void ios_write_ppk_secrets(struct ios *ios, struct ios_text *t);
void ios_write_nhrpd(struct ios *ios, struct ios_text *t);
/*
 * The policy that has this role: what it is called in our file; NULL if there
 * is none, and @line says so.
 */
const char *ios_policy_role(struct ios *ios, struct ios_line *line,
			    const char *name, unsigned int role);
/*
 * The one policy that sets marks of those that groups have, for the tunnel;
 * NULL if there is none, or several.
 */
const char *ios_policy_of_groups(struct ios *ios,
				 const struct ios_option *groups);
/* Option of a group map whose policy adapts its rate; NULL if it does not. */
const char *ios_policy_adaptive(struct ios *ios, const char *name);
/* Access lists, class maps and policy maps, once all have their roles. */
void ios_write_qos(struct ios *ios, struct ios_text *t);
/* Its NBMA address; NULL if the file does not have that. */
const struct addr *ios_local(const struct ios_if *i);
/* That is not in the file because another gives it to the router. */
bool ios_local_is_dynamic(const struct ios_if *i);
void ios_write_device(struct ios *ios, struct ios_if *tunnel,
		      struct ios_text *t);
void ios_settle_pki(struct ios *ios);
/* What is not used after all was written is not taken. */
void ios_settle(struct ios *ios);

#endif
