/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_sad dmvpn_sad
 * @{ @ingroup dmvpn
 */

#ifndef DMVPN_SAD_H_
#define DMVPN_SAD_H_

#include "dmvpn_types.h"

typedef struct dmvpn_sad_t dmvpn_sad_t;
typedef struct dmvpn_sad_entry_t dmvpn_sad_entry_t;

/**
 * An SA that charon has in the module, or an SPI reserved there.
 */
struct dmvpn_sad_entry_t {

	/** name of it, with the UDP ports of ESP in UDP */
	dmvpn_sa_id_t id;

	/** it reached its hard limit */
	bool expired;

	/** inbound: stays although its IKE_SA failed */
	bool orphan;

	/** outbound: SPI of the inbound one of the same exchange, or 0 */
	uint32_t pair;

	/** its renewal waits for a peer */
	bool idle;

	/** inbound: there is an SPI, and no SA yet */
	bool reserved;
};

/**
 * The SAs that charon has in the module.
 *
 * What is not in here belongs to XFRM, or to a former life of charon. SAs are
 * looked up as charon and the kernel name them: by SPI and destination.
 */
struct dmvpn_sad_t {

	/**
	 * Add or replace an SA.
	 *
	 * @param entry		the SA, gets cloned
	 */
	void (*put)(dmvpn_sad_t *this, dmvpn_sad_entry_t *entry);

	/**
	 * Look an SA up.
	 *
	 * @param spi		SPI in network order
	 * @param dst		destination address, the port does not matter
	 * @return			a copy to destroy by dmvpn_sad_entry_destroy(), or NULL
	 */
	dmvpn_sad_entry_t *(*get)(dmvpn_sad_t *this, uint32_t spi, host_t *dst);

	/**
	 * Remove an SA.
	 *
	 * @param spi		SPI in network order
	 * @param dst		destination address
	 * @return			the SA, to destroy by dmvpn_sad_entry_destroy(), or NULL
	 */
	dmvpn_sad_entry_t *(*remove)(dmvpn_sad_t *this, uint32_t spi, host_t *dst);

	/**
	 * Note that an SA reached its hard limit.
	 *
	 * @param spi		SPI in network order
	 * @param dst		destination address
	 * @return			FALSE if there is no such SA
	 */
	bool (*expire)(dmvpn_sad_t *this, uint32_t spi, host_t *dst);

	/**
	 * Note that an SA is to stay although its IKE_SA failed.
	 *
	 * @param spi		SPI in network order
	 * @param dst		destination address
	 * @return			FALSE if there is no such SA
	 */
	bool (*orphan)(dmvpn_sad_t *this, uint32_t spi, host_t *dst);

	/**
	 * Note that an SA is to be renewed when a peer uses it.
	 *
	 * @param spi		SPI in network order
	 * @param dst		destination address
	 * @return			FALSE if that is known, or there is no such SA
	 */
	bool (*idle)(dmvpn_sad_t *this, uint32_t spi, host_t *dst);

	/**
	 * Get all SAs, without SPIs that are reserved.
	 *
	 * @return			list of copies, to destroy by dmvpn_sad_entry_destroy()
	 */
	linked_list_t *(*list)(dmvpn_sad_t *this);

	/**
	 * Destroy a dmvpn_sad_t.
	 */
	void (*destroy)(dmvpn_sad_t *this);
};

/**
 * Destroy an entry.
 *
 * @param entry		entry to destroy
 */
void dmvpn_sad_entry_destroy(dmvpn_sad_entry_t *entry);

/**
 * Create a dmvpn_sad_t.
 */
dmvpn_sad_t *dmvpn_sad_create(void);

#endif /** DMVPN_SAD_H_ @}*/
