/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_queue dmvpn_queue
 * @{ @ingroup dmvpn
 */

#ifndef DMVPN_QUEUE_H_
#define DMVPN_QUEUE_H_

#include <library.h>

typedef struct dmvpn_queue_t dmvpn_queue_t;

/**
 * Runs items on worker threads, in lanes: those of a lane one at a time and in
 * order, while what keeps one lane waiting is nothing to others.
 */
struct dmvpn_queue_t {

	/**
	 * Add an item. Never blocks for long.
	 *
	 * @param lane		any number
	 * @param item		item, gets owned
	 * @param delay		milliseconds to wait before it is added
	 */
	void (*add)(dmvpn_queue_t *this, uint32_t lane, void *item,
				uint32_t delay);

	/**
	 * Run what is in the queue, when there are no worker threads anymore.
	 */
	void (*finish)(dmvpn_queue_t *this);

	/**
	 * Destroy a dmvpn_queue_t with the items left in it.
	 */
	void (*destroy)(dmvpn_queue_t *this);
};

/**
 * Create a dmvpn_queue_t.
 *
 * @param run		runs an item
 * @param destroy_item	destroys an item, run or not
 * @param data		first argument of run
 */
dmvpn_queue_t *dmvpn_queue_create(void (*run)(void *data, void *item),
								  void (*destroy_item)(void *item),
								  void *data);

#endif /** DMVPN_QUEUE_H_ @}*/
