/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdarg.h>
#include <stdio.h>

#include "compat.h"
#include "dmvpn_listener.h"
#include "dmvpn_ipsec.h"
#include "dmvpn_orphans.h"
#include "dmvpn_reason.h"
#include "dmvpn_strays.h"
#include "dmvpn_template.h"
#include "dmvpn_trust.h"
#include "dmvpn_use.h"

#include <encoding/payloads/notify_payload.h>

typedef struct private_dmvpn_listener_t private_dmvpn_listener_t;

/**
 * Private data of a dmvpn_listener_t object.
 */
struct private_dmvpn_listener_t {

	/**
	 * Public dmvpn_listener_t interface.
	 */
	dmvpn_listener_t public;

	/**
	 * Kernel
	 */
	dmvpn_genl_t *genl;

	/**
	 * SAs that charon has in the module
	 */
	dmvpn_sad_t *sad;

	/**
	 * IKE_SAs under way
	 */
	dmvpn_attempts_t *attempts;

	/**
	 * What the kernel is to be told
	 */
	dmvpn_reports_t *reports;

	/**
	 * All IKE_SAs
	 */
	dmvpn_index_t *index;

	/**
	 * Closes IKE_SAs that were replaced
	 */
	dmvpn_initiate_t *initiate;
};

/**
 * Seconds until an IKE_SA is renewed, 0 if it is not
 */
static uint32_t get_lifetime(ike_sa_t *ike_sa)
{
	time_t rekey, reauth, now = time_monotonic(NULL);

	rekey = ike_sa->get_statistic(ike_sa, STAT_REKEY);
	reauth = ike_sa->get_statistic(ike_sa, STAT_REAUTH);
	if (!rekey || (reauth && reauth < rekey))
	{
		rekey = reauth;
	}
	return rekey > now ? rekey - now : 0;
}

/**
 * Bits of enum dmvpn_session_flags
 */
static uint32_t get_flags(ike_sa_t *ike_sa)
{
	uint32_t flags = 0;

	if (ike_sa->has_condition(ike_sa, COND_ORIGINAL_INITIATOR))
	{
		flags |= DMVPN_SESSION_FLAGS_INITIATOR;
	}
	if (ike_sa->has_condition(ike_sa, COND_NAT_HERE))
	{
		flags |= DMVPN_SESSION_FLAGS_NAT_LOCAL;
	}
	if (ike_sa->has_condition(ike_sa, COND_NAT_THERE))
	{
		flags |= DMVPN_SESSION_FLAGS_NAT_REMOTE;
	}
	return flags;
}

/**
 * Name of the key exchange of a CHILD_SA, or NULL
 */
static char *get_pfs(child_sa_t *child_sa)
{
	proposal_t *proposal = child_sa->get_proposal(child_sa);
	uint16_t alg;

	if (!proposal ||
		!proposal->get_algorithm(proposal, KEY_EXCHANGE_METHOD, &alg, NULL) ||
		alg == KE_NONE)
	{
		return NULL;
	}
	return strdupnull(enum_to_name(key_exchange_method_names, alg));
}

/**
 * Tell the kernel what is known of an IKE_SA that is established. Who the peer
 * is came with the SAs, before it could send a registration: this may be late.
 *
 * @param child_sa		its newest CHILD_SA, or NULL
 */
static void describe(private_dmvpn_listener_t *this, ike_sa_t *ike_sa,
					 child_sa_t *child_sa)
{
	dmvpn_session_t *session;

	INIT(session,
		.local = dmvpn_use_endpoint(ike_sa, ike_sa->get_my_host(ike_sa)),
		.remote = dmvpn_use_endpoint(ike_sa, ike_sa->get_other_host(ike_sa)),
		.state = DMVPN_STATE_KEEP,
		.profile = strdupnull(ike_sa->get_name(ike_sa)),
		.identity = dmvpn_trust_name(ike_sa->get_other_id(ike_sa)),
		.local_identity = dmvpn_trust_name(ike_sa->get_my_id(ike_sa)),
		.pfs = child_sa ? get_pfs(child_sa) : NULL,
		.ike_version = ike_sa->get_version(ike_sa) == IKEV1 ? 1 : 2,
		.flags = get_flags(ike_sa),
		.ike_id = ike_sa->get_unique_id(ike_sa),
		.ike_lifetime = get_lifetime(ike_sa),
	);
	this->reports->add(this->reports, session);
}

/**
 * Tell the kernel about a session that it waits for
 */
static void set_state(private_dmvpn_listener_t *this, uint32_t handle,
					  int state, const char *reason)
{
	dmvpn_session_t *session;

	INIT(session,
		.handle = handle,
		.state = state,
		.reason = strdup(reason),
	);
	this->reports->add(this->reports, session);
}

/**
 * An attempt to bring up a session failed
 */
static void fail(private_dmvpn_listener_t *this, ike_sa_t *ike_sa)
{
	uint32_t session, ike_id = ike_sa->get_unique_id(ike_sa);
	char *reason;

	session = this->attempts->get_session(this->attempts, ike_id);
	if (session)
	{
		reason = this->attempts->get_reason(this->attempts, ike_id);
		DBG1(DBG_CFG, "dmvpn: session with %H failed: %s",
			 ike_sa->get_other_host(ike_sa), reason ?: "IKE_SA closed");
		set_state(this, session, DMVPN_SESSION_STATE_FAILED,
				  reason ?: "IKE was closed before there was an SA");
		free(reason);
	}
	this->attempts->finish(this->attempts, ike_id);
}

/**
 * Is a session waiting for that IKE_SA?
 */
static uint32_t get_session(private_dmvpn_listener_t *this, ike_sa_t *ike_sa)
{
	if (!ike_sa)
	{
		return 0;
	}
	return this->attempts->get_session(this->attempts,
									   ike_sa->get_unique_id(ike_sa));
}

/**
 * Does an IKE_SA serve a dmvpn device? The kernel is not asked: the bus, which
 * all threads need, is locked.
 */
static bool is_ours(private_dmvpn_listener_t *this, ike_sa_t *ike_sa)
{
	return get_session(this, ike_sa) ||
		   dmvpn_template_is_known(this->genl, ike_sa);
}

/**
 * Note what went wrong, and who the peer says it is if that is in question
 */
static void blame_alert(private_dmvpn_listener_t *this, ike_sa_t *ike_sa,
						alert_t alert, const char *reason)
{
	identification_t *id = ike_sa->get_other_id(ike_sa);
	char buf[BUF_LEN];

	if (dmvpn_reason_is_identity(alert) && id->get_type(id) != ID_ANY)
	{
		snprintf(buf, sizeof(buf), "%s (offered identity: %Y)", reason, id);
		reason = buf;
	}
	this->attempts->blame(this->attempts, ike_sa->get_unique_id(ike_sa),
						  reason);
}

METHOD(listener_t, alert, bool,
	private_dmvpn_listener_t *this, ike_sa_t *ike_sa, alert_t alert,
	va_list args)
{
	uint32_t session = get_session(this, ike_sa);
	const char *reason;

	if (!session)
	{
		return TRUE;
	}
	if (alert == ALERT_RETRANSMIT_SEND)
	{	/* giving up takes minutes, the operator is told before */
		set_state(this, session, DMVPN_SESSION_STATE_ACQUIRING,
				  dmvpn_reason_of_silence(ike_sa));
		return TRUE;
	}
	if (alert == ALERT_RETRANSMIT_SEND_TIMEOUT)
	{
		reason = dmvpn_reason_of_silence(ike_sa);
	}
	else
	{
		reason = dmvpn_reason_of_alert(alert);
	}
	if (reason)
	{
		blame_alert(this, ike_sa, alert, reason);
	}
	if (alert == ALERT_KEEP_ON_CHILD_SA_FAILURE)
	{
		fail(this, ike_sa);
	}
	return TRUE;
}

/**
 * Note an error that the peer notifies
 */
static void blame_notify(private_dmvpn_listener_t *this, ike_sa_t *ike_sa,
						 notify_type_t type)
{
	const char *reason = dmvpn_reason_of_notify(type);
	char buf[64];

	if (!reason)
	{
		snprintf(buf, sizeof(buf), "the peer says %N", notify_type_names,
				 type);
		reason = buf;
	}
	this->attempts->blame(this->attempts, ike_sa->get_unique_id(ike_sa),
						  reason);
}

/**
 * Get the first error in a message, 0 if there is none
 */
static notify_type_t get_error(message_t *message, ike_version_t version)
{
	enumerator_t *enumerator;
	payload_t *payload;
	notify_type_t type, found = 0;

	enumerator = message->create_payload_enumerator(message);
	while (!found && enumerator->enumerate(enumerator, &payload))
	{
		if (payload->get_type(payload) != PLV1_NOTIFY &&
			payload->get_type(payload) != PLV2_NOTIFY)
		{
			continue;
		}
		type = ((notify_payload_t*)payload)->get_notify_type(
												(notify_payload_t*)payload);
		/* in IKEv2 this one only asks for another group */
		if (type < INITIAL_CONTACT &&
			(version == IKEV1 || type != INVALID_KE_PAYLOAD))
		{
			found = type;
		}
	}
	enumerator->destroy(enumerator);
	return found;
}

METHOD(listener_t, message_, bool,
	private_dmvpn_listener_t *this, ike_sa_t *ike_sa, message_t *message,
	bool incoming, bool plain)
{
	ike_version_t version = ike_sa->get_version(ike_sa);
	notify_type_t type;

	if (!incoming || !plain)
	{
		return TRUE;
	}
	dmvpn_ipsec_note(message);
	dmvpn_strays_close(this->genl, this->index, ike_sa, message);
	if (!get_session(this, ike_sa))
	{
		return TRUE;
	}
	type = get_error(message, version);
	if (!type)
	{
		return TRUE;
	}
	blame_notify(this, ike_sa, type);
	if (version == IKEV1 && ike_sa->get_state(ike_sa) == IKE_ESTABLISHED)
	{	/* the IKE_SA stays when phase 2 is refused, and nothing tells so */
		fail(this, ike_sa);
	}
	return TRUE;
}

METHOD(listener_t, ike_state_change, bool,
	private_dmvpn_listener_t *this, ike_sa_t *ike_sa, ike_sa_state_t state)
{
	if (state != IKE_DESTROYING)
	{
		this->index->put(this->index, ike_sa, ike_sa->get_other_host(ike_sa));
		return TRUE;
	}
	this->index->remove(this->index, ike_sa->get_unique_id(ike_sa));
	fail(this, ike_sa);
	/* If nobody closed it, messages were lost or not understood. In IKEv1
	 * CHILD_SAs are closed one by one, and those of an IKE_SA that was
	 * replaced belong to the new one: the ends may not agree on which it is
	 * if both initiated one. */
	if (ike_sa->get_state(ike_sa) != IKE_DELETING ||
		ike_sa->get_version(ike_sa) == IKEV1)
	{
		dmvpn_orphans_mark(this->sad, ike_sa);
	}
	return TRUE;
}

METHOD(listener_t, ike_update, bool,
	private_dmvpn_listener_t *this, ike_sa_t *ike_sa, host_t *local,
	host_t *remote)
{
	this->index->put(this->index, ike_sa, remote);
	return TRUE;
}

/**
 * Does an exchange that we respond to bring the IKE_SA and a CHILD_SA? Which of
 * them comes first depends on the release. The second one tells of both.
 */
static bool is_joint(ike_sa_t *ike_sa)
{
	return ike_sa->get_version(ike_sa) == IKEV2 &&
		   !ike_sa->has_condition(ike_sa, COND_ORIGINAL_INITIATOR);
}

METHOD(listener_t, ike_updown, bool,
	private_dmvpn_listener_t *this, ike_sa_t *ike_sa, bool up)
{
	if (up && (!is_joint(ike_sa) || ike_sa->get_child_count(ike_sa)) &&
		is_ours(this, ike_sa))
	{
		describe(this, ike_sa, NULL);
	}
	return TRUE;
}

METHOD(listener_t, ike_rekey, bool,
	private_dmvpn_listener_t *this, ike_sa_t *old, ike_sa_t *new)
{
	if (is_ours(this, new))
	{
		describe(this, new, NULL);
	}
	return TRUE;
}

/**
 * Close the IKE_SAs that another one replaces with a CHILD_SA, if there are
 * any. One that comes later looks for this one in its turn.
 */
static void close_older(private_dmvpn_listener_t *this, ike_sa_t *ike_sa)
{
	uint32_t ike_id = ike_sa->get_unique_id(ike_sa);
	array_t *others;

	/* the ports of a NAT may be known by now, and the state not yet changed */
	this->index->put(this->index, ike_sa, ike_sa->get_other_host(ike_sa));
	others = this->index->find_others(this->index, ike_id);
	if (array_count(others))
	{
		this->initiate->close_older(this->initiate, ike_sa);
	}
	array_destroy(others);
}

METHOD(listener_t, child_updown, bool,
	private_dmvpn_listener_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa,
	bool up)
{
	if (up && is_ours(this, ike_sa))
	{
		this->attempts->finish(this->attempts,
							   ike_sa->get_unique_id(ike_sa));
		if (!is_joint(ike_sa) ||
			ike_sa->get_state(ike_sa) != IKE_CONNECTING)
		{
			describe(this, ike_sa, child_sa);
		}
		close_older(this, ike_sa);
	}
	return TRUE;
}

METHOD(listener_t, child_rekey, bool,
	private_dmvpn_listener_t *this, ike_sa_t *ike_sa, child_sa_t *old,
	child_sa_t *new)
{
	if (is_ours(this, ike_sa))
	{
		describe(this, ike_sa, new);
	}
	return TRUE;
}

METHOD(dmvpn_listener_t, destroy, void,
	private_dmvpn_listener_t *this)
{
	free(this);
}

/**
 * Described in header
 */
dmvpn_listener_t *dmvpn_listener_create(dmvpn_genl_t *genl,
										dmvpn_sad_t *sad,
										dmvpn_attempts_t *attempts,
										dmvpn_reports_t *reports,
										dmvpn_index_t *index,
										dmvpn_initiate_t *initiate)
{
	private_dmvpn_listener_t *this;

	INIT(this,
		.public = {
			.listener = {
				.alert = _alert,
				.ike_state_change = _ike_state_change,
				.message = _message_,
				.ike_update = _ike_update,
				.ike_updown = _ike_updown,
				.ike_rekey = _ike_rekey,
				.child_updown = _child_updown,
				.child_rekey = _child_rekey,
			},
			.destroy = _destroy,
		},
		.genl = genl,
		.sad = sad,
		.attempts = attempts,
		.reports = reports,
		.index = index,
		.initiate = initiate,
	);

	return &this->public;
}
