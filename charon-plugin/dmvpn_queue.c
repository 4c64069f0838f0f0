/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "compat.h"
#include "dmvpn_queue.h"

#include <collections/linked_list.h>
#include <processing/jobs/callback_job.h>
#include <threading/mutex.h>

typedef struct private_dmvpn_queue_t private_dmvpn_queue_t;
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
	 * Protects the list
	 */
	mutex_t *mutex;

	/**
	 * Items to run
	 */
	linked_list_t *items;

	/**
	 * TRUE while a job works on the list
	 */
	bool busy;

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
 * An item that waits for its time
 */
struct delayed_t {

	/**
	 * Queue it is for
	 */
	private_dmvpn_queue_t *this;

	/**
	 * Item, NULL once it is in the queue
	 */
	void *item;
};

/**
 * Get the next item, or end the job if there is none
 */
static void *get_next(private_dmvpn_queue_t *this)
{
	void *item = NULL;

	this->mutex->lock(this->mutex);
	if (this->items->remove_first(this->items, &item) != SUCCESS)
	{
		this->busy = FALSE;
		item = NULL;
	}
	this->mutex->unlock(this->mutex);
	return item;
}

METHOD(dmvpn_queue_t, finish, void,
	private_dmvpn_queue_t *this)
{
	void *item;

	while ((item = get_next(this)))
	{
		this->run(this->data, item);
		this->destroy_item(item);
	}
}

CALLBACK(work, job_requeue_t,
	private_dmvpn_queue_t *this)
{
	finish(this);
	return JOB_REQUEUE_NONE;
}

/**
 * Add an item to the list, and a job if there is none
 */
static void append(private_dmvpn_queue_t *this, void *item)
{
	bool start;

	this->mutex->lock(this->mutex);
	this->items->insert_last(this->items, item);
	start = !this->busy;
	this->busy = TRUE;
	this->mutex->unlock(this->mutex);
	if (start)
	{
		lib->processor->queue_job(lib->processor,
						(job_t*)callback_job_create(work, this, NULL, NULL));
	}
}

CALLBACK(expire, job_requeue_t,
	delayed_t *delayed)
{
	append(delayed->this, delayed->item);
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
	private_dmvpn_queue_t *this, void *item, uint32_t delay)
{
	delayed_t *delayed;

	if (!delay)
	{
		append(this, item);
		return;
	}
	INIT(delayed,
		.this = this,
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
	this->items->destroy_function(this->items, this->destroy_item);
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
		.items = linked_list_create(),
		.run = run,
		.destroy_item = destroy_item,
		.data = data,
	);

	return &this->public;
}
