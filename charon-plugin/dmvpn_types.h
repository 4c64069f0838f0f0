/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_types dmvpn_types
 * @{ @ingroup dmvpn
 *
 * The kernel's sessions and SAs in charon's types. Hosts carry the UDP port
 * of ESP in UDP, 0 for native ESP; SPIs are in network order.
 */

#ifndef DMVPN_TYPES_H_
#define DMVPN_TYPES_H_

#include <networking/host.h>
#include <collections/linked_list.h>
#include <ipsec/ipsec_types.h>
#include <utils/chunk.h>

typedef struct dmvpn_session_t dmvpn_session_t;
typedef struct dmvpn_sa_id_t dmvpn_sa_id_t;
typedef struct dmvpn_sa_t dmvpn_sa_t;
typedef struct dmvpn_sa_info_t dmvpn_sa_info_t;

/**
 * State of a session that a set request does not touch.
 */
#define DMVPN_STATE_KEEP (-1)

/**
 * A session: the pair of an NBMA address of ours and one of a peer.
 */
struct dmvpn_session_t {

	/** kernel's handle, 0 if unknown */
	uint32_t handle;

	/** NBMA address of ours */
	host_t *local;

	/** NBMA address of the peer, with the port if ESP is in UDP */
	host_t *remote;

	/** enum dmvpn_session_state, or DMVPN_STATE_KEEP */
	int state;

	/** why it is down or failed, or NULL */
	char *reason;

	/** name of the connection, or NULL */
	char *profile;

	/** authenticated identity of the peer, or NULL */
	char *identity;

	/** our own identity, or NULL */
	char *local_identity;

	/** key exchange of the last phase 2 or CHILD_SA, or NULL */
	char *pfs;

	/** IKE version; if 0, flags and ike_id are not known */
	uint32_t ike_version;

	/** bits of enum dmvpn_session_flags */
	uint32_t flags;

	/** unique ID of the IKE_SA */
	uint32_t ike_id;

	/** seconds until the IKE_SA is renewed, 0 if it is not or not known */
	uint32_t ike_lifetime;

	/** outbound SPI in use, 0 if none (replies only) */
	uint32_t out_spi;

	/** number of peers that use it (replies only) */
	uint32_t peers;
};

/**
 * What names an SA.
 */
struct dmvpn_sa_id_t {

	/** SPI, in network order */
	uint32_t spi;

	/** TRUE if inbound */
	bool inbound;

	/** our address */
	host_t *local;

	/** the peer's address */
	host_t *remote;
};

/**
 * An SA to add. Nothing in it is owned by it.
 */
struct dmvpn_sa_t {

	/** name of it */
	dmvpn_sa_id_t id;

	/** IP protocol */
	uint8_t protocol;

	/** TRUE for ESP in UDP between the ports in the name */
	bool encap;

	/** MODE_TRANSPORT or MODE_TUNNEL */
	ipsec_mode_t mode;

	/** tunnel mode: our address inside of ESP, or NULL */
	host_t *inner_local;

	/** tunnel mode: the peer's address inside of ESP, or NULL */
	host_t *inner_remote;

	/** cipher, as "ip xfrm state" has it */
	const char *cipher;

	/** integrity algorithm, or NULL */
	const char *auth;

	/** key of the cipher, with salt */
	chunk_t cipher_key;

	/** key of the integrity algorithm */
	chunk_t auth_key;

	/** bytes of the integrity check value */
	uint32_t icv_len;

	/** extended sequence numbers */
	bool esn;

	/** packets */
	uint32_t replay_window;

	/** outbound: install beside the one in use */
	bool standby;

	/** inbound SPI of the same CHILD_SA, 0 if not known */
	uint32_t pair;

	/** number of charon's life */
	uint32_t owner;

	/** name of the connection */
	const char *profile;

	/** who the peer is, authenticated, or NULL */
	const char *identity;

	/** soft and hard limits */
	lifetime_cfg_t *lifetime;
};

/**
 * What the kernel says of an SA.
 */
struct dmvpn_sa_info_t {

	/** name of it, hosts owned by this */
	dmvpn_sa_id_t id;

	/** handle of its session */
	uint32_t session;

	/** number of the daemon's life that added it */
	uint32_t owner;

	/** milliseconds since it was added */
	uint64_t age;

	/** milliseconds since the last packet, if used */
	uint64_t idle;

	/** was there a packet? */
	bool used;

	/** packets that passed */
	uint64_t packets;

	/** bytes that passed */
	uint64_t bytes;

	/** a soft limit was reached, and is told of only once */
	bool soft;
};

/**
 * Clone a session with all it owns.
 *
 * @param session	session to clone
 * @return			cloned session
 */
dmvpn_session_t *dmvpn_session_clone(dmvpn_session_t *session);

/**
 * Free what a session owns, not the struct.
 *
 * @param session	session to clear
 */
void dmvpn_session_clear(dmvpn_session_t *session);

/**
 * Destroy a session.
 *
 * @param session	session to destroy
 */
void dmvpn_session_destroy(dmvpn_session_t *session);

/**
 * Free what an SA's info owns, not the struct.
 *
 * @param info		info to clear
 */
void dmvpn_sa_info_clear(dmvpn_sa_info_t *info);

/**
 * Destroy an SA's info.
 *
 * @param info		info to destroy
 */
void dmvpn_sa_info_destroy(dmvpn_sa_info_t *info);

#endif /** DMVPN_TYPES_H_ @}*/
