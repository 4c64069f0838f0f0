/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "compat.h"
#include "dmvpn_index.h"

#include <collections/hashtable.h>
#include <threading/mutex.h>

typedef struct private_dmvpn_index_t private_dmvpn_index_t;
typedef struct entry_t entry_t;

/**
 * Private data of a dmvpn_index_t object.
 */
struct private_dmvpn_index_t {

	/**
	 * Public dmvpn_index_t interface.
	 */
	dmvpn_index_t public;

	/**
	 * Protects the tables. The bus calls with its lock held, so neither it nor
	 * the manager is called with this one held.
	 */
	mutex_t *mutex;

	/**
	 * entry_t by unique ID
	 */
	hashtable_t *ids;

	/**
	 * The first entry_t of each address by that address, host_t
	 */
	hashtable_t *addresses;
};

/**
 * An IKE_SA
 */
struct entry_t {

	/**
	 * Its unique ID
	 */
	uint32_t ike_id;

	/**
	 * What the manager finds it by
	 */
	ike_sa_id_t *id;

	/**
	 * Endpoint of its peer
	 */
	host_t *remote;

	/**
	 * Others with a peer at this address, behind one NAT or rivals
	 */
	entry_t *prev, *next;
};

/**
 * Hash of an address, without the port
 */
static u_int hash_address(const void *key)
{
	host_t *host = (host_t*)key;

	return chunk_hash(host->get_address(host));
}

/**
 * Compare addresses, without ports
 */
static bool equals_address(const void *a_key, const void *b_key)
{
	host_t *a = (host_t*)a_key, *b = (host_t*)b_key;

	return a->ip_equals(a, b);
}

/**
 * Unique IDs as keys
 */
static void *get_key(uint32_t ike_id)
{
	return (void*)(uintptr_t)ike_id;
}

/**
 * Take an entry out of the list of its address, the mutex is held
 */
static void unlink_entry(private_dmvpn_index_t *this, entry_t *entry)
{
	if (entry->next)
	{
		entry->next->prev = entry->prev;
	}
	if (entry->prev)
	{
		entry->prev->next = entry->next;
		return;
	}
	/* the key belongs to the first entry */
	this->addresses->remove(this->addresses, entry->remote);
	if (entry->next)
	{
		this->addresses->put(this->addresses, entry->next->remote,
							 entry->next);
	}
}

/**
 * Put an entry into the list of its address, the mutex is held
 */
static void link_entry(private_dmvpn_index_t *this, entry_t *entry)
{
	entry->prev = NULL;
	entry->next = this->addresses->remove(this->addresses, entry->remote);
	if (entry->next)
	{
		entry->next->prev = entry;
	}
	this->addresses->put(this->addresses, entry->remote, entry);
}

/**
 * Destroy an entry
 */
static void entry_destroy(entry_t *entry)
{
	DESTROY_IF(entry->id);
	DESTROY_IF(entry->remote);
	free(entry);
}

METHOD(dmvpn_index_t, put, void,
	private_dmvpn_index_t *this, ike_sa_t *ike_sa, host_t *remote)
{
	uint32_t ike_id = ike_sa->get_unique_id(ike_sa);
	ike_sa_id_t *id = ike_sa->get_id(ike_sa);
	entry_t *entry;

	this->mutex->lock(this->mutex);
	entry = this->ids->get(this->ids, get_key(ike_id));
	if (!entry)
	{
		INIT(entry,
			.ike_id = ike_id,
			.id = id->clone(id),
		);
		this->ids->put(this->ids, get_key(ike_id), entry);
	}
	/* the responder's SPI comes with its first message */
	entry->id->replace_values(entry->id, id);
	if (!entry->remote || !remote->equals(remote, entry->remote))
	{
		if (entry->remote)
		{
			unlink_entry(this, entry);
			entry->remote->destroy(entry->remote);
		}
		entry->remote = remote->clone(remote);
		link_entry(this, entry);
	}
	this->mutex->unlock(this->mutex);
}

METHOD(dmvpn_index_t, remove_, void,
	private_dmvpn_index_t *this, uint32_t ike_id)
{
	entry_t *entry;

	this->mutex->lock(this->mutex);
	entry = this->ids->remove(this->ids, get_key(ike_id));
	if (entry)
	{
		unlink_entry(this, entry);
	}
	this->mutex->unlock(this->mutex);
	if (entry)
	{
		entry_destroy(entry);
	}
}

METHOD(dmvpn_index_t, checkout, ike_sa_t*,
	private_dmvpn_index_t *this, uint32_t ike_id)
{
	ike_sa_id_t *id = NULL;
	ike_sa_t *ike_sa;
	entry_t *entry;

	this->mutex->lock(this->mutex);
	entry = this->ids->get(this->ids, get_key(ike_id));
	if (entry)
	{
		id = entry->id->clone(entry->id);
	}
	this->mutex->unlock(this->mutex);
	if (!id)
	{
		return NULL;
	}
	ike_sa = charon->ike_sa_manager->checkout(charon->ike_sa_manager, id);
	id->destroy(id);
	return ike_sa;
}

/**
 * Get unique IDs out of the list of an address, the mutex is held
 *
 * @param but			unique ID to leave out
 */
static array_t *collect(private_dmvpn_index_t *this, host_t *remote,
						uint32_t but)
{
	uint16_t port = remote->get_port(remote);
	entry_t *entry;
	array_t *ids;

	ids = array_create(sizeof(uint32_t), 0);
	entry = this->addresses->get(this->addresses, remote);
	for (; entry; entry = entry->next)
	{
		if (entry->ike_id != but &&
			(!port || port == entry->remote->get_port(entry->remote)))
		{
			array_insert(ids, ARRAY_TAIL, &entry->ike_id);
		}
	}
	return ids;
}

METHOD(dmvpn_index_t, find, array_t*,
	private_dmvpn_index_t *this, host_t *remote)
{
	array_t *ids;

	this->mutex->lock(this->mutex);
	ids = collect(this, remote, 0);
	this->mutex->unlock(this->mutex);
	return ids;
}

METHOD(dmvpn_index_t, find_others, array_t*,
	private_dmvpn_index_t *this, uint32_t ike_id)
{
	array_t *ids = NULL;
	entry_t *entry;

	this->mutex->lock(this->mutex);
	entry = this->ids->get(this->ids, get_key(ike_id));
	if (entry)
	{
		ids = collect(this, entry->remote, ike_id);
	}
	this->mutex->unlock(this->mutex);
	return ids ?: array_create(sizeof(uint32_t), 0);
}

METHOD(dmvpn_index_t, destroy, void,
	private_dmvpn_index_t *this)
{
	enumerator_t *enumerator;
	entry_t *entry;

	this->addresses->destroy(this->addresses);
	enumerator = this->ids->create_enumerator(this->ids);
	while (enumerator->enumerate(enumerator, NULL, &entry))
	{
		entry_destroy(entry);
	}
	enumerator->destroy(enumerator);
	this->ids->destroy(this->ids);
	this->mutex->destroy(this->mutex);
	free(this);
}

/**
 * Described in header
 */
dmvpn_index_t *dmvpn_index_create(void)
{
	private_dmvpn_index_t *this;

	INIT(this,
		.public = {
			.put = _put,
			.remove = _remove_,
			.checkout = _checkout,
			.find = _find,
			.find_others = _find_others,
			.destroy = _destroy,
		},
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
		.ids = hashtable_create(hashtable_hash_ptr, hashtable_equals_ptr,
								64),
		.addresses = hashtable_create(hash_address, equals_address, 64),
	);

	return &this->public;
}
