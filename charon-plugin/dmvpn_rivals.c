/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "compat.h"
#include "dmvpn_rivals.h"
#include "dmvpn_template.h"

/**
 * Two IKE_SAs established within that many seconds come from both ends
 * initiating at once
 */
#define TIE_WINDOW 10

typedef struct rival_t rival_t;

/**
 * An IKE_SA that is compared with others
 */
struct rival_t {

	/**
	 * Unique ID
	 */
	uint32_t ike_id;

	/**
	 * When it was established
	 */
	time_t established;

	/**
	 * SPI of its initiator, the same number at both ends
	 */
	uint64_t spi;

	/**
	 * Its endpoints
	 */
	host_t *local, *remote;

	/**
	 * Identities of us and of the peer
	 */
	identification_t *me, *peer;
};

/**
 * Read what rivals are compared by
 */
static void rival_init(rival_t *rival, ike_sa_t *ike_sa)
{
	ike_sa_id_t *id = ike_sa->get_id(ike_sa);

	rival->ike_id = ike_sa->get_unique_id(ike_sa);
	rival->established = ike_sa->get_statistic(ike_sa, STAT_ESTABLISHED);
	rival->spi = be64toh(id->get_initiator_spi(id));
	rival->local = ike_sa->get_my_host(ike_sa);
	rival->local = rival->local->clone(rival->local);
	rival->remote = ike_sa->get_other_host(ike_sa);
	rival->remote = rival->remote->clone(rival->remote);
	rival->me = ike_sa->get_my_id(ike_sa);
	rival->me = rival->me->clone(rival->me);
	rival->peer = ike_sa->get_other_id(ike_sa);
	rival->peer = rival->peer->clone(rival->peer);
}

/**
 * Free what a rival owns
 */
static void rival_clear(rival_t *rival)
{
	rival->local->destroy(rival->local);
	rival->remote->destroy(rival->remote);
	rival->me->destroy(rival->me);
	rival->peer->destroy(rival->peer);
}

/**
 * Read an IKE_SA if it is one of ours and still established, and give it back
 *
 * @param ike_sa		checked out IKE_SA, or NULL
 */
static bool get_rival(rival_t *rival, dmvpn_genl_t *genl, ike_sa_t *ike_sa)
{
	bool found;

	if (!ike_sa)
	{
		return FALSE;
	}
	found = ike_sa->get_state(ike_sa) == IKE_ESTABLISHED &&
			dmvpn_template_owns(genl, ike_sa);
	if (found)
	{
		rival_init(rival, ike_sa);
	}
	charon->ike_sa_manager->checkin(charon->ike_sa_manager, ike_sa);
	return found;
}

/**
 * Do two IKE_SAs connect the same peers?
 */
static bool is_same_peer(rival_t *a, rival_t *b)
{
	return a->local->ip_equals(a->local, b->local) &&
		   a->remote->equals(a->remote, b->remote) &&
		   a->me->equals(a->me, b->me) && a->peer->equals(a->peer, b->peer);
}

/**
 * Is that the IKE_SA to keep? Both ends have to come to the same result, or
 * they would close both; unique IDs and the order in which the IKE_SAs were
 * established may differ between them.
 */
static bool is_better(rival_t *one, rival_t *other)
{
	int64_t ahead = (int64_t)one->established - other->established;

	if (ahead < TIE_WINDOW && ahead > -TIE_WINDOW)
	{
		return one->spi > other->spi;
	}
	return ahead > 0;
}

/**
 * Compare the best so far with another one, which is cleared
 *
 * @param losers		gets the one that is not to be kept
 */
static void compare(rival_t *best, rival_t *other, array_t *losers)
{
	rival_t swap;

	if (is_same_peer(best, other))
	{
		if (is_better(other, best))
		{
			swap = *best;
			*best = *other;
			*other = swap;
		}
		array_insert(losers, ARRAY_TAIL, &other->ike_id);
	}
	rival_clear(other);
}

/**
 * Described in header
 */
array_t *dmvpn_rivals_find(dmvpn_genl_t *genl, dmvpn_index_t *index,
						   uint32_t ike_id, uint32_t *winner)
{
	array_t *losers, *others;
	rival_t best, other;
	uint32_t id;

	losers = array_create(sizeof(uint32_t), 0);
	others = index->find_others(index, ike_id);
	/* most have none, and need not be looked at */
	if (array_count(others) &&
		get_rival(&best, genl, index->checkout(index, ike_id)))
	{
		while (array_remove(others, ARRAY_HEAD, &id))
		{
			if (get_rival(&other, genl, index->checkout(index, id)))
			{
				compare(&best, &other, losers);
			}
		}
		*winner = best.ike_id;
		rival_clear(&best);
	}
	array_destroy(others);
	return losers;
}
