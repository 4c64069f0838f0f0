/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "compat.h"
#include "dmvpn_attempts.h"

#include <collections/hashtable.h>
#include <threading/mutex.h>

typedef struct private_dmvpn_attempts_t private_dmvpn_attempts_t;
typedef struct attempt_t attempt_t;

/**
 * Private data of a dmvpn_attempts_t object.
 */
struct private_dmvpn_attempts_t {

	/**
	 * Public dmvpn_attempts_t interface.
	 */
	dmvpn_attempts_t public;

	/**
	 * Protects the table
	 */
	mutex_t *mutex;

	/**
	 * attempt_t by unique ID of the IKE_SA
	 */
	hashtable_t *table;
};

/**
 * What is known of an IKE_SA
 */
struct attempt_t {

	/**
	 * Handle of the session it is to bring up, 0 for none
	 */
	uint32_t session;

	/**
	 * What went wrong, or NULL
	 */
	char *reason;
};

/**
 * Unique IDs as keys
 */
static void *get_key(uint32_t ike_id)
{
	return (void*)(uintptr_t)ike_id;
}

/**
 * Destroy an attempt
 */
static void attempt_destroy(attempt_t *attempt)
{
	free(attempt->reason);
	free(attempt);
}

/**
 * Get or create the entry of an IKE_SA, the mutex is held
 */
static attempt_t *get_attempt(private_dmvpn_attempts_t *this, uint32_t ike_id)
{
	attempt_t *attempt;

	attempt = this->table->get(this->table, get_key(ike_id));
	if (!attempt)
	{
		INIT(attempt);
		this->table->put(this->table, get_key(ike_id), attempt);
	}
	return attempt;
}

METHOD(dmvpn_attempts_t, start, void,
	private_dmvpn_attempts_t *this, uint32_t ike_id, uint32_t session)
{
	attempt_t *attempt;

	this->mutex->lock(this->mutex);
	attempt = get_attempt(this, ike_id);
	attempt->session = session;
	this->mutex->unlock(this->mutex);
}

METHOD(dmvpn_attempts_t, blame, void,
	private_dmvpn_attempts_t *this, uint32_t ike_id, const char *reason)
{
	attempt_t *attempt;

	this->mutex->lock(this->mutex);
	attempt = get_attempt(this, ike_id);
	if (!attempt->reason)
	{
		attempt->reason = strdup(reason);
	}
	this->mutex->unlock(this->mutex);
}

METHOD(dmvpn_attempts_t, get_reason, char*,
	private_dmvpn_attempts_t *this, uint32_t ike_id)
{
	attempt_t *attempt;
	char *reason = NULL;

	this->mutex->lock(this->mutex);
	attempt = this->table->get(this->table, get_key(ike_id));
	if (attempt)
	{
		reason = strdupnull(attempt->reason);
	}
	this->mutex->unlock(this->mutex);
	return reason;
}

METHOD(dmvpn_attempts_t, get_session, uint32_t,
	private_dmvpn_attempts_t *this, uint32_t ike_id)
{
	attempt_t *attempt;
	uint32_t session;

	this->mutex->lock(this->mutex);
	attempt = this->table->get(this->table, get_key(ike_id));
	session = attempt ? attempt->session : 0;
	this->mutex->unlock(this->mutex);
	return session;
}

METHOD(dmvpn_attempts_t, finish, void,
	private_dmvpn_attempts_t *this, uint32_t ike_id)
{
	attempt_t *attempt;

	this->mutex->lock(this->mutex);
	attempt = this->table->remove(this->table, get_key(ike_id));
	this->mutex->unlock(this->mutex);
	if (attempt)
	{
		attempt_destroy(attempt);
	}
}

METHOD(dmvpn_attempts_t, destroy, void,
	private_dmvpn_attempts_t *this)
{
	enumerator_t *enumerator;
	attempt_t *attempt;

	enumerator = this->table->create_enumerator(this->table);
	while (enumerator->enumerate(enumerator, NULL, &attempt))
	{
		attempt_destroy(attempt);
	}
	enumerator->destroy(enumerator);
	this->table->destroy(this->table);
	this->mutex->destroy(this->mutex);
	free(this);
}

/**
 * Described in header
 */
dmvpn_attempts_t *dmvpn_attempts_create(void)
{
	private_dmvpn_attempts_t *this;

	INIT(this,
		.public = {
			.start = _start,
			.blame = _blame,
			.get_reason = _get_reason,
			.get_session = _get_session,
			.finish = _finish,
			.destroy = _destroy,
		},
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
		.table = hashtable_create(hashtable_hash_ptr, hashtable_equals_ptr,
								  16),
	);

	return &this->public;
}
