/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "compat.h"
#include "dmvpn_queue.h"

#include <collections/hashtable.h>
#include <collections/linked_list.h>
#include <processing/jobs/callback_job.h>
#include <threading/mutex.h>

typedef struct private_dmvpn_queue_t private_dmvpn_queue_t;
typedef struct lane_t lane_t;
typedef struct delayed_t delayed_t;

/**
 * Private data of a dmvpn_queue_t object.
 */
struct private_dmvpn_queue_t {

	/**
	 * Public dmvpn_queue_t interface.
	 */
	dmvpn_queue_t public;

	/**
	 * Protects the table, and the lists in it
	 */
	mutex_t *mutex;

	/**
	 * lane_t by number, those that have items or a job that runs one
	 */
	hashtable_t *lanes;

	/**
	 * Runs an item
	 */
	void (*run)(void *data, void *item);

	/**
	 * Destroys an item
	 */
	void (*destroy_item)(void *item);

	/**
	 * Argument of run
	 */
	void *data;
};

/**
 * Items that are run one at a time, by one job
 */
struct lane_t {

	/**
	 * Queue it is of
	 */
	private_dmvpn_queue_t *this;

	/**
	 * Its number
	 */
	uint32_t number;

	/**
	 * Items to run
	 */
	linked_list_t *items;
};

/**
 * An item that waits for its time
 */
struct delayed_t {

	/**
	 * Queue it is for
	 */
	private_dmvpn_queue_t *this;

	/**
	 * Number of its lane
	 */
	uint32_t lane;

	/**
	 * Item, NULL once it is in the queue
	 */
	void *item;
};

/**
 * Numbers as keys. A hashtable has no NULL: 0 and 1 share a lane.
 */
static void *get_key(uint32_t number)
{
	return (void*)(uintptr_t)(number ?: 1);
}

/**
 * Get the next item of a lane, NULL if there is none: then the lane is the
 * caller's to destroy
 */
static void *get_next(lane_t *lane)
{
	private_dmvpn_queue_t *this = lane->this;
	void *item = NULL;

	this->mutex->lock(this->mutex);
	if (lane->items->remove_first(lane->items, &item) != SUCCESS)
	{
		this->lanes->remove(this->lanes, get_key(lane->number));
		item = NULL;
	}
	this->mutex->unlock(this->mutex);
	return item;
}

/**
 * Destroy a lane with the items left in it
 */
static void lane_destroy(lane_t *lane)
{
	lane->items->destroy_function(lane->items, lane->this->destroy_item);
	free(lane);
}

CALLBACK(work, job_requeue_t,
	lane_t *lane)
{
	private_dmvpn_queue_t *this = lane->this;
	void *item;

	while ((item = get_next(lane)))
	{
		this->run(this->data, item);
		this->destroy_item(item);
	}
	lane_destroy(lane);
	return JOB_REQUEUE_NONE;
}

/**
 * Get any lane, NULL if there is none
 */
static lane_t *get_lane(private_dmvpn_queue_t *this)
{
	enumerator_t *enumerator;
	lane_t *lane = NULL;

	this->mutex->lock(this->mutex);
	enumerator = this->lanes->create_enumerator(this->lanes);
	if (!enumerator->enumerate(enumerator, NULL, &lane))
	{
		lane = NULL;
	}
	enumerator->destroy(enumerator);
	this->mutex->unlock(this->mutex);
	return lane;
}

METHOD(dmvpn_queue_t, finish, void,
	private_dmvpn_queue_t *this)
{
	lane_t *lane;

	while ((lane = get_lane(this)))
	{
		work(lane);
	}
}

/**
 * Add an item to a lane, and a job if there is none
 */
static void append(private_dmvpn_queue_t *this, uint32_t number, void *item)
{
	lane_t *lane;
	bool start;

	this->mutex->lock(this->mutex);
	lane = this->lanes->get(this->lanes, get_key(number));
	start = !lane;
	if (start)
	{
		INIT(lane,
			.this = this,
			.number = number,
			.items = linked_list_create(),
		);
		this->lanes->put(this->lanes, get_key(number), lane);
	}
	lane->items->insert_last(lane->items, item);
	this->mutex->unlock(this->mutex);
	if (start)
	{
		lib->processor->queue_job(lib->processor,
						(job_t*)callback_job_create(work, lane, NULL, NULL));
	}
}

CALLBACK(expire, job_requeue_t,
	delayed_t *delayed)
{
	append(delayed->this, delayed->lane, delayed->item);
	delayed->item = NULL;
	return JOB_REQUEUE_NONE;
}

/**
 * Destroy a delayed item
 */
static void delayed_destroy(delayed_t *delayed)
{
	if (delayed->item)
	{
		delayed->this->destroy_item(delayed->item);
	}
	free(delayed);
}

METHOD(dmvpn_queue_t, add, void,
	private_dmvpn_queue_t *this, uint32_t lane, void *item, uint32_t delay)
{
	delayed_t *delayed;

	if (!delay)
	{
		append(this, lane, item);
		return;
	}
	INIT(delayed,
		.this = this,
		.lane = lane,
		.item = item,
	);
	lib->scheduler->schedule_job_ms(lib->scheduler,
			(job_t*)callback_job_create(expire, delayed,
										(void*)delayed_destroy, NULL),
			delay);
}

METHOD(dmvpn_queue_t, destroy, void,
	private_dmvpn_queue_t *this)
{
	lane_t *lane;

	while ((lane = get_lane(this)))
	{
		this->lanes->remove(this->lanes, get_key(lane->number));
		lane_destroy(lane);
	}
	this->lanes->destroy(this->lanes);
	this->mutex->destroy(this->mutex);
	free(this);
}

/**
 * Described in header
 */
dmvpn_queue_t *dmvpn_queue_create(void (*run)(void *data, void *item),
								  void (*destroy_item)(void *item),
								  void *data)
{
	private_dmvpn_queue_t *this;

	INIT(this,
		.public = {
			.add = _add,
			.finish = _finish,
			.destroy = _destroy,
		},
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
		.lanes = hashtable_create(hashtable_hash_ptr, hashtable_equals_ptr,
								  16),
		.run = run,
		.destroy_item = destroy_item,
		.data = data,
	);

	return &this->public;
}
