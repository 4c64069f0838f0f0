/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * This node as a client: its registrations with next hop servers.
 */
#ifndef NHRPD_REGISTER_H
#define NHRPD_REGISTER_H

#include "nhrpd/alias.h"
#include "nhrpd/cache.h"
#include "nhrpd/packet.h"
#include "nhrpd/request.h"

#define NHS_ERROR 128
#define NHS_ADDRS 8	/* of a name, the first ones */

/* A server that is back is asked again in that time at most. */
#define REGISTER_LONGEST_MS 8000

/**
 * struct nhs - a next hop server
 * @link: in the interface's list
 * @ifc: interface
 * @conf: from the configuration; with a name, @conf.nbma is the address that is
 *	used now, none while there is none
 * @addr: of its name, in order; array of @n_addr
 * @proto: its overlay address, none while not learnt
 * @own: our address that is registered first
 * @alias: the others
 * @state: of the registration
 * @state_since: when it changed
 * @peer: held while the server is in use or tried, else NULL
 * @req: registration request
 * @renew: next registration
 * @failed: it did not answer, and has not been well for long enough since:
 *	others have its place
 * @heard: when something last came from it
 * @rx: packets that had come from it then
 * @watch: next look at it, by nhs_due()
 * @nat: our own NBMA address as it sees it, none without NAT
 * @requests: sent
 * @replies: positive
 * @refused: negative replies
 * @error: last failure, or ""
 */
struct nhs {
	struct list link;
	struct iface *ifc;
	struct conf_nhs conf;
	struct addr addr[NHS_ADDRS];
	size_t n_addr;
	struct addr proto;
	struct addr own;
	struct alias alias[ALIAS_MAX];
	enum nhrp_nhs_state state;
	uint64_t state_since;
	struct peer *peer;
	struct request req;
	struct timer renew;
	bool failed;
	uint64_t heard;
	uint64_t rx;
	struct timer watch;
	struct addr nat;
	uint64_t requests;
	uint64_t replies;
	uint64_t refused;
	char error[NHS_ERROR];
};

/* Make the list of servers that of the configuration; others are let alone. */
int register_configure(struct iface *ifc);
/* For nhs.c: begin with a server, or leave it; that may be so already. */
void register_hold(struct nhs *nhs);
/* Its session is up, with whom it is meant to be. */
bool register_is_there(const struct nhs *nhs);
void register_release(struct nhs *nhs);
void register_probe(struct nhs *nhs);
/* Use it at another address. */
void register_move(struct nhs *nhs, const struct addr *nbma);
void register_set_state(struct nhs *nhs, enum nhrp_nhs_state state);
/* The interface became active, or stops. */
void register_start(struct iface *ifc);
void register_stop(struct iface *ifc);
/* Make no registration any more; then take back those there are. */
void register_stop_renewal(struct iface *ifc);
void register_leave(struct iface *ifc);
/* Milliseconds from one registration to the next. */
uint64_t register_interval(const struct conf_if *conf);
/* Register with all servers now. */
void register_again(struct iface *ifc);
/* The interface's overlay addresses have changed. */
void register_addresses(struct iface *ifc);
void register_peer_changed(struct peer *peer);
/* A registration reply. */
void register_reply(struct packet *pkt);
/* The request goes to the server that @pkt is from. */
bool register_is_server(struct request *req, const struct packet *pkt);
/* An error indication about a registration request. */
void register_error(struct request *req, const char *text);
/* A server has accepted our registration. */
bool register_is_up(const struct iface *ifc);
/*
 * Peer of the best server that can take requests to the rest of the cloud, or
 * NULL.
 */
struct peer *register_path(const struct iface *ifc);
/*
 * Our NBMA address of the family of @remote as the underlay sees it; none
 * without NAT.
 */
struct addr register_nat(const struct iface *ifc, const struct addr *remote);

/* For aliases. */

/* Ask the server to register @own; @server is its own address, or none. */
bool register_send(const struct nhs *nhs, const struct request *req,
		   const struct addr *own, const struct addr *server);
/* Is it the server's, about @own? */
bool register_is_reply(const struct nhs *nhs, const struct packet *pkt,
		       const struct addr *own);
/* The reply's code, and what it means. */
unsigned int register_code(const struct nhrp_msg *msg);
const char *register_refusal(unsigned int code);
/* After so many milliseconds the server may have changed its mind. */
uint64_t register_retry(unsigned int code);
/* An overlay address of the server as a binding. */
void register_bind(const struct nhs *nhs, const struct addr *server);
void register_unbind(const struct nhs *nhs, const struct addr *server);

#endif
