/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_index dmvpn_index
 * @{ @ingroup dmvpn
 */

#ifndef DMVPN_INDEX_H_
#define DMVPN_INDEX_H_

#include <collections/array.h>
#include <sa/ike_sa.h>

typedef struct dmvpn_index_t dmvpn_index_t;

/**
 * IKE_SAs by their unique IDs and by their peers' endpoints.
 *
 * charon's manager finds an IKE_SA by its SPIs. Whatever else one may ask for,
 * it looks at all of them, and a hub has thousands. This is kept from the bus's
 * events; what it says of an endpoint is what the last event said, so callers
 * have to look at the IKE_SA that they check out.
 */
struct dmvpn_index_t {

	/**
	 * Note an IKE_SA, or what changed of it.
	 *
	 * @param ike_sa	IKE_SA
	 * @param remote	endpoint of its peer, gets cloned
	 */
	void (*put)(dmvpn_index_t *this, ike_sa_t *ike_sa, host_t *remote);

	/**
	 * Forget an IKE_SA.
	 *
	 * @param ike_id	unique ID
	 */
	void (*remove)(dmvpn_index_t *this, uint32_t ike_id);

	/**
	 * Check an IKE_SA out.
	 *
	 * @param ike_id	unique ID
	 * @return			IKE_SA to check in again, or NULL
	 */
	ike_sa_t *(*checkout)(dmvpn_index_t *this, uint32_t ike_id);

	/**
	 * Find IKE_SAs with a peer.
	 *
	 * @param remote	endpoint of it, port 0 for any port
	 * @return			unique IDs (uint32_t)
	 */
	array_t *(*find)(dmvpn_index_t *this, host_t *remote);

	/**
	 * Find the other IKE_SAs with the same endpoint as one.
	 *
	 * @param ike_id	unique ID of the one
	 * @return			unique IDs (uint32_t) of the others
	 */
	array_t *(*find_others)(dmvpn_index_t *this, uint32_t ike_id);

	/**
	 * Destroy a dmvpn_index_t.
	 */
	void (*destroy)(dmvpn_index_t *this);
};

/**
 * Create a dmvpn_index_t.
 */
dmvpn_index_t *dmvpn_index_create(void);

#endif /** DMVPN_INDEX_H_ @}*/
