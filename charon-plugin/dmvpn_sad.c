/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "compat.h"
#include "dmvpn_sad.h"

#include <collections/hashtable.h>
#include <threading/mutex.h>

typedef struct private_dmvpn_sad_t private_dmvpn_sad_t;

/**
 * Private data of a dmvpn_sad_t object.
 */
struct private_dmvpn_sad_t {

	/**
	 * Public dmvpn_sad_t interface.
	 */
	dmvpn_sad_t public;

	/**
	 * Protects the table
	 */
	mutex_t *mutex;

	/**
	 * dmvpn_sad_entry_t by itself
	 */
	hashtable_t *table;
};

/**
 * Destination of an SA
 */
static host_t *get_dst(const dmvpn_sad_entry_t *entry)
{
	return entry->id.inbound ? entry->id.local : entry->id.remote;
}

/**
 * Hash of an entry: SPIs are random enough
 */
static u_int hash(const void *key)
{
	const dmvpn_sad_entry_t *entry = key;

	/* the last octets vary most */
	return ntohl(entry->id.spi);
}

/**
 * Compare entries
 */
static bool equals(const void *a_key, const void *b_key)
{
	const dmvpn_sad_entry_t *a = a_key, *b = b_key;
	host_t *dst = get_dst(a);

	return a->id.spi == b->id.spi && dst->ip_equals(dst, get_dst(b));
}

/**
 * Clone an entry
 */
static dmvpn_sad_entry_t *entry_clone(dmvpn_sad_entry_t *entry)
{
	dmvpn_sad_entry_t *clone;

	clone = malloc_thing(dmvpn_sad_entry_t);
	*clone = *entry;
	clone->id.local = entry->id.local->clone(entry->id.local);
	clone->id.remote = entry->id.remote->clone(entry->id.remote);
	return clone;
}

/**
 * Described in header
 */
void dmvpn_sad_entry_destroy(dmvpn_sad_entry_t *entry)
{
	DESTROY_IF(entry->id.local);
	DESTROY_IF(entry->id.remote);
	free(entry);
}

METHOD(dmvpn_sad_t, put, void,
	private_dmvpn_sad_t *this, dmvpn_sad_entry_t *entry)
{
	dmvpn_sad_entry_t *old;

	entry = entry_clone(entry);
	this->mutex->lock(this->mutex);
	old = this->table->remove(this->table, entry);
	this->table->put(this->table, entry, entry);
	this->mutex->unlock(this->mutex);
	if (old)
	{
		dmvpn_sad_entry_destroy(old);
	}
}

METHOD(dmvpn_sad_t, get, dmvpn_sad_entry_t*,
	private_dmvpn_sad_t *this, uint32_t spi, host_t *dst)
{
	dmvpn_sad_entry_t key = { .id = { .spi = spi, .remote = dst, }, }, *found;

	this->mutex->lock(this->mutex);
	found = this->table->get(this->table, &key);
	if (found)
	{
		found = entry_clone(found);
	}
	this->mutex->unlock(this->mutex);
	return found;
}

METHOD(dmvpn_sad_t, remove_, dmvpn_sad_entry_t*,
	private_dmvpn_sad_t *this, uint32_t spi, host_t *dst)
{
	dmvpn_sad_entry_t key = { .id = { .spi = spi, .remote = dst, }, }, *found;

	this->mutex->lock(this->mutex);
	found = this->table->remove(this->table, &key);
	this->mutex->unlock(this->mutex);
	return found;
}

METHOD(dmvpn_sad_t, expire, bool,
	private_dmvpn_sad_t *this, uint32_t spi, host_t *dst)
{
	dmvpn_sad_entry_t key = { .id = { .spi = spi, .remote = dst, }, }, *found;

	this->mutex->lock(this->mutex);
	found = this->table->get(this->table, &key);
	if (found)
	{
		found->expired = TRUE;
	}
	this->mutex->unlock(this->mutex);
	return found != NULL;
}

METHOD(dmvpn_sad_t, orphan, bool,
	private_dmvpn_sad_t *this, uint32_t spi, host_t *dst)
{
	dmvpn_sad_entry_t key = { .id = { .spi = spi, .remote = dst, }, }, *found;

	this->mutex->lock(this->mutex);
	found = this->table->get(this->table, &key);
	if (found)
	{
		found->orphan = TRUE;
	}
	this->mutex->unlock(this->mutex);
	return found != NULL;
}

METHOD(dmvpn_sad_t, idle, bool,
	private_dmvpn_sad_t *this, uint32_t spi, host_t *dst)
{
	dmvpn_sad_entry_t key = { .id = { .spi = spi, .remote = dst, }, }, *found;
	bool noted = FALSE;

	this->mutex->lock(this->mutex);
	found = this->table->get(this->table, &key);
	if (found)
	{
		noted = !found->idle;
		found->idle = TRUE;
	}
	this->mutex->unlock(this->mutex);
	return noted;
}

METHOD(dmvpn_sad_t, list, linked_list_t*,
	private_dmvpn_sad_t *this)
{
	linked_list_t *list = linked_list_create();
	enumerator_t *enumerator;
	dmvpn_sad_entry_t *entry;

	this->mutex->lock(this->mutex);
	enumerator = this->table->create_enumerator(this->table);
	while (enumerator->enumerate(enumerator, NULL, &entry))
	{
		if (!entry->reserved)
		{
			list->insert_last(list, entry_clone(entry));
		}
	}
	enumerator->destroy(enumerator);
	this->mutex->unlock(this->mutex);
	return list;
}

METHOD(dmvpn_sad_t, destroy, void,
	private_dmvpn_sad_t *this)
{
	enumerator_t *enumerator;
	dmvpn_sad_entry_t *entry;

	enumerator = this->table->create_enumerator(this->table);
	while (enumerator->enumerate(enumerator, NULL, &entry))
	{
		dmvpn_sad_entry_destroy(entry);
	}
	enumerator->destroy(enumerator);
	this->table->destroy(this->table);
	this->mutex->destroy(this->mutex);
	free(this);
}

/**
 * Described in header
 */
dmvpn_sad_t *dmvpn_sad_create(void)
{
	private_dmvpn_sad_t *this;

	INIT(this,
		.public = {
			.put = _put,
			.get = _get,
			.remove = _remove_,
			.expire = _expire,
			.orphan = _orphan,
			.idle = _idle,
			.list = _list,
			.destroy = _destroy,
		},
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
		.table = hashtable_create(hash, equals, 64),
	);

	return &this->public;
}
