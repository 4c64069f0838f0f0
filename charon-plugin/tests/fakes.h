/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_fakes dmvpn_fakes
 * @{ @ingroup dmvpn
 *
 * What the plugin's parts stand between: the kernel, and an IKE_SA with one
 * CHILD_SA of a connection with a dmvpn device.
 */

#ifndef DMVPN_FAKES_H_
#define DMVPN_FAKES_H_

#include "dmvpn_genl.h"

#include <daemon.h>

typedef struct fake_kernel_t fake_kernel_t;
typedef struct fake_ike_t fake_ike_t;

/**
 * A kernel that remembers the last request of each kind. A thread that makes
 * one may hold no lock.
 */
struct fake_kernel_t {

	/** what the plugin sees */
	dmvpn_genl_t genl;

	/** the last SA that was added; its hosts and keys are the caller's */
	dmvpn_sa_t added;

	/** where an SA was moved to last */
	dmvpn_sa_id_t moved;

	/** SPIs that were deleted and retired last */
	uint32_t deleted, retired;

	/** how many SAs were added, deleted, retired, read */
	int adds, dels, retires, gets;

	/** how often a session was told about, handle and IKE_SA of the last one */
	int reports;
	uint32_t session, ike_id;

	/** what SAs are said to be; without addresses they are where asked for */
	dmvpn_sa_info_t info;

	/** what sessions are said to have: an SA to send through, and peers */
	uint32_t out_spi, peers;

	/** who the SA that was added last is for */
	char peer[64];

	/** what add_sa() returns */
	status_t add_status;

	/** address of another device than dmvpn0, or NULL */
	host_t *other;

	/** what get_sa() and move_sa() return */
	status_t status;
};

/**
 * An IKE_SA that calls of the tested function see.
 */
struct fake_ike_t {

	/** what the plugin sees */
	ike_sa_t ike_sa;
	peer_cfg_t peer_cfg;
	child_cfg_t child_cfg;
	child_sa_t child_sa;

	/** what they say */
	ike_version_t version;
	ike_sa_state_t state;
	child_sa_state_t child_state;
	bool authenticated, initiator;
	uint32_t id, message_id;
	int children;
	char *interface;
	/** copy of it, while children are enumerated */
	char *read;
	uint32_t spi_in, spi_out;
	/** inbound SPI of the CHILD_SA that was closed last */
	uint32_t closed;
	host_t *local, *remote;
	ike_sa_id_t *spis;
	identification_t *me, *peer;
};

/**
 * Set up a kernel that has the device dmvpn0 and grants everything.
 */
void fake_kernel_init(fake_kernel_t *kernel);

/**
 * An SA as the kernel tells of it, like another one, in session 1 between these
 * ends.
 */
dmvpn_sa_info_t *fake_sa_create(dmvpn_sa_info_t *sa, host_t *local,
								host_t *remote);

/**
 * Set up an established IKE_SA from 10.0.0.1 to 10.0.0.2, without SPIs yet,
 * and make it the one that this thread works on.
 */
void fake_ike_init(fake_ike_t *ike, ike_version_t version);

/**
 * Let charon's manager have these IKE_SAs, numbered from 1 on. It knows them by
 * their SPIs, and cannot do anything else.
 */
void fake_manager_init(fake_ike_t *ikes, u_int count);

/**
 * How often an IKE_SA was checked out since then. All have to be checked in.
 */
u_int fake_manager_checkouts(void);

/**
 * Take charon's manager away.
 */
void fake_manager_clear(void);

/**
 * Free what it has.
 */
void fake_ike_clear(fake_ike_t *ike);

/**
 * Run each job that is queued at once, by the thread that queues it.
 */
void fake_processor_init(void);

/**
 * Have the library's processor back.
 */
void fake_processor_clear(void);

/**
 * Schedule a job, one at a time, without ever running it.
 */
void fake_scheduler_init(void);

/**
 * Was a job scheduled since then?
 */
bool fake_scheduler_has_job(void);

/**
 * Run it.
 *
 * @return			does it want to be run again?
 */
bool fake_scheduler_run(void);

/**
 * Destroy the job, and have the library's scheduler back.
 */
void fake_scheduler_clear(void);

#endif /** DMVPN_FAKES_H_ @}*/
