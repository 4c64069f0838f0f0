/* SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <netinet/udp.h>

#include "compat.h"
#include "dmvpn_ipsec.h"
#include "dmvpn_orphans.h"
#include "dmvpn_suite.h"
#include "dmvpn_template.h"
#include "dmvpn_traps.h"
#include "dmvpn_trust.h"
#include "dmvpn_use.h"

/**
 * Replay window where the connection does not ask for a larger one
 */
#define REPLAY_WINDOW 1024

/**
 * Milliseconds until a new IKE_SA takes the place of one that failed
 */
#define RENEW_DELAY 100

/**
 * How often that is tried again: for five minutes
 */
#define RENEW_TRIES 30

typedef struct private_dmvpn_ipsec_t private_dmvpn_ipsec_t;

/**
 * Private data of a dmvpn_ipsec_t object.
 */
struct private_dmvpn_ipsec_t {

	/**
	 * Public dmvpn_ipsec_t interface.
	 */
	dmvpn_ipsec_t public;

	/**
	 * Backend for all other SAs, or NULL
	 */
	kernel_ipsec_t *inner;

	/**
	 * Kernel
	 */
	dmvpn_genl_t *genl;

	/**
	 * SAs in the module
	 */
	dmvpn_sad_t *sad;

	/**
	 * Brings up anew what orphans were left of, or NULL
	 */
	dmvpn_initiate_t *initiate;

	/**
	 * Number of charon's life
	 */
	uint32_t owner;

	/**
	 * Smallest replay window that is not switched off
	 */
	uint32_t replay_window;
};

/**
 * The inbound SA that a thread installed last. charon installs both SAs of a
 * CHILD_SA in one go, before the CHILD_SA can be found in its IKE_SA.
 */
static __thread struct {
	uint32_t ike_id;
	uint32_t spi;
	/** TRUE if the peer learns of it from a response of ours */
	bool in_response;
	/** number of that response */
	uint32_t message_id;
} last_inbound;

/**
 * Does this thread process an IKEv1 message with which a Quick Mode begins?
 */
static __thread bool is_beginning;

/**
 * SPI of the inbound SA that this thread left to the peer last, although its
 * CHILD_SA is closed. charon deletes the outbound one right after it.
 */
static __thread uint32_t lingering;

/**
 * Get the IKE_SA that the calling thread works on
 */
static ike_sa_t *get_ike_sa(void)
{
	return charon->bus->get_sa(charon->bus);
}

/**
 * Can the module have an SA like that at all?
 */
static bool is_supported(kernel_ipsec_add_sa_t *data)
{
	if (data->mode != MODE_TRANSPORT && data->mode != MODE_TUNNEL)
	{
		DBG1(DBG_KNL, "dmvpn: mode %N is not supported", ipsec_mode_names,
			 data->mode);
		return FALSE;
	}
	if (data->ipcomp != IPCOMP_NONE)
	{
		DBG1(DBG_KNL, "dmvpn: IPComp is not supported, use ipcomp = no");
		return FALSE;
	}
	return TRUE;
}

/**
 * Get the one host that traffic selectors are about, NULL if they are not
 */
static host_t *get_selected_host(linked_list_t *list)
{
	traffic_selector_t *ts;
	host_t *host = NULL;
	uint8_t mask;

	if (list && list->get_count(list) == 1 &&
		list->get_first(list, (void**)&ts) == SUCCESS &&
		ts->is_host(ts, NULL))
	{
		ts->to_subnet(ts, &host, &mask);
	}
	return host;
}

/**
 * Fill in the addresses inside of ESP, to be destroyed
 */
static bool get_inner(kernel_ipsec_add_sa_t *data, dmvpn_sa_t *sa)
{
	if (data->mode != MODE_TUNNEL)
	{
		return TRUE;
	}
	sa->inner_local = get_selected_host(data->inbound ? data->dst_ts
													  : data->src_ts);
	sa->inner_remote = get_selected_host(data->inbound ? data->src_ts
													   : data->dst_ts);
	if (!sa->inner_local || !sa->inner_remote)
	{
		DBG1(DBG_KNL, "dmvpn: in tunnel mode local_ts and remote_ts have to be "
			 "one host each, as dynamic[47]");
		return FALSE;
	}
	return TRUE;
}

/**
 * May we have the SAs of a new CHILD_SA before the peer has them?
 *
 * In IKEv1 the initiator installs them before it sends the last message, in
 * IKEv2 the responder does. The outbound SA then waits for the peer to use
 * its pair, if there is another one to be used meanwhile. An IKEv1 responder
 * takes the first message for the last one if it comes again after others.
 */
static bool is_early(ike_sa_t *ike_sa, bool initiator)
{
	if (ike_sa->get_version(ike_sa) == IKEV1)
	{
		return initiator || is_beginning;
	}
	return !initiator;
}

/**
 * Described in header
 */
void dmvpn_ipsec_note(message_t *message)
{
	is_beginning = message->get_exchange_type(message) == QUICK_MODE &&
				   message->get_payload(message, PLV1_SECURITY_ASSOCIATION);
}

/**
 * Fill in what depends on the IKE_SA
 */
static void set_context(ike_sa_t *ike_sa, dmvpn_sa_t *sa, bool initiator)
{
	uint32_t ike_id = ike_sa->get_unique_id(ike_sa);

	sa->profile = ike_sa->get_name(ike_sa);
	if (sa->id.inbound)
	{
		last_inbound.ike_id = ike_id;
		last_inbound.spi = sa->id.spi;
		last_inbound.in_response = !initiator &&
								   ike_sa->get_version(ike_sa) == IKEV2;
		last_inbound.message_id = ike_sa->get_message_id(ike_sa, FALSE);
		return;
	}
	sa->pair = dmvpn_use_find_pair(ike_sa, sa->id.spi);
	if (sa->pair)
	{	/* the outbound SA was delayed until the peer had its inbound one */
		return;
	}
	if (last_inbound.ike_id == ike_id)
	{
		sa->pair = last_inbound.spi;
	}
	sa->standby = is_early(ike_sa, initiator);
}

/**
 * Remember an SA as one of ours, or an SPI
 */
static void remember(private_dmvpn_ipsec_t *this, dmvpn_sa_id_t *id,
					 uint32_t pair, bool reserved)
{
	dmvpn_sad_entry_t entry = {
		.id = *id,
		.pair = pair,
		.reserved = reserved,
	};

	this->sad->put(this->sad, &entry);
}

/**
 * Add an SA to the module
 */
static status_t add_ours(private_dmvpn_ipsec_t *this, ike_sa_t *ike_sa,
						 kernel_ipsec_sa_id_t *id,
						 kernel_ipsec_add_sa_t *data)
{
	dmvpn_sa_t sa = {
		.id = {
			.spi = id->spi,
			.inbound = data->inbound,
			.local = data->inbound ? id->dst : id->src,
			.remote = data->inbound ? id->src : id->dst,
		},
		.protocol = id->proto,
		.encap = data->encap,
		.mode = data->mode,
		.cipher_key = data->enc_key,
		.auth_key = data->int_key,
		.esn = data->esn,
		.owner = this->owner,
		.lifetime = data->lifetime,
	};
	status_t status = NOT_SUPPORTED;
	char *peer;

	if (!is_supported(data) || !dmvpn_suite_get(data, &sa))
	{
		return NOT_SUPPORTED;
	}
	if (!dmvpn_trust_may_have(this->genl, ike_sa, &sa))
	{
		return FAILED;
	}
	if (data->replay_window)
	{
		sa.replay_window = max(data->replay_window, this->replay_window);
	}
	peer = dmvpn_trust_name(ike_sa->get_other_id(ike_sa));
	if (get_inner(data, &sa))
	{
		sa.identity = peer;
		set_context(ike_sa, &sa, data->initiator);
		status = this->genl->add_sa(this->genl, &sa);
	}
	free(peer);
	DESTROY_IF(sa.inner_local);
	DESTROY_IF(sa.inner_remote);
	if (status == SUCCESS)
	{
		remember(this, &sa.id, sa.pair, FALSE);
		DBG2(DBG_KNL, "dmvpn: added %s SA with SPI %.8x between %H and %H%s",
			 data->inbound ? "inbound" : "outbound", ntohl(id->spi),
			 sa.id.local, sa.id.remote, sa.standby ? ", standby" : "");
	}
	return status;
}

METHOD(kernel_ipsec_t, get_features, kernel_feature_t,
	private_dmvpn_ipsec_t *this)
{
	kernel_feature_t features = 0;

	if (this->inner)
	{
		features = this->inner->get_features(this->inner);
	}
	if (!dmvpn_template_owns(this->genl, get_ike_sa()))
	{
		return features;
	}
	/* without KERNEL_POLICY_SPI charon delays the outbound SA of a rekeying
	 * until the peer is known to have its new inbound SA. With it, charon
	 * counts on policies to switch, and we have none. */
	return (features & ~KERNEL_POLICY_SPI) | COMPAT_SA_USE_TIME;
}

METHOD(kernel_ipsec_t, get_spi, status_t,
	private_dmvpn_ipsec_t *this, host_t *src, host_t *dst, uint8_t protocol,
	uint32_t *spi)
{
	ike_sa_t *ike_sa = get_ike_sa();
	dmvpn_sa_id_t id = { .inbound = TRUE, .local = dst, .remote = src, };
	status_t status;
	char *missing;

	if (!dmvpn_template_owns(this->genl, ike_sa))
	{
		missing = dmvpn_template_lacks_device(ike_sa);
		if (missing)
		{
			DBG1(DBG_KNL, "dmvpn: interface %s of connection %s does not "
				 "exist, no SA is set up", missing, ike_sa->get_name(ike_sa));
			free(missing);
			return FAILED;
		}
		return this->inner ? this->inner->get_spi(this->inner, src, dst,
												  protocol, spi)
						   : NOT_SUPPORTED;
	}
	if (protocol != IPPROTO_ESP)
	{
		DBG1(DBG_KNL, "dmvpn: connection %s: AH is not supported, use "
			 "esp_proposals instead of ah_proposals",
			 ike_sa->get_name(ike_sa));
		return NOT_SUPPORTED;
	}
	status = this->genl->alloc_spi(this->genl, dst, src, spi);
	if (status == SUCCESS)
	{
		id.spi = *spi;
		remember(this, &id, 0, TRUE);
	}
	return status;
}

METHOD(kernel_ipsec_t, get_cpi, status_t,
	private_dmvpn_ipsec_t *this, host_t *src, host_t *dst, uint16_t *cpi)
{
	if (this->inner && !dmvpn_template_owns(this->genl, get_ike_sa()))
	{
		return this->inner->get_cpi(this->inner, src, dst, cpi);
	}
	return NOT_SUPPORTED;
}

METHOD(kernel_ipsec_t, add_sa, status_t,
	private_dmvpn_ipsec_t *this, kernel_ipsec_sa_id_t *id,
	kernel_ipsec_add_sa_t *data)
{
	ike_sa_t *ike_sa = get_ike_sa();

	if (dmvpn_template_owns(this->genl, ike_sa))
	{
		return add_ours(this, ike_sa, id, data);
	}
	return this->inner ? this->inner->add_sa(this->inner, id, data)
					   : NOT_SUPPORTED;
}

METHOD(kernel_ipsec_t, update_sa, status_t,
	private_dmvpn_ipsec_t *this, kernel_ipsec_sa_id_t *id,
	kernel_ipsec_update_sa_t *data)
{
	dmvpn_sad_entry_t *entry, moved;
	status_t status = NOT_SUPPORTED;

	entry = this->sad->get(this->sad, id->spi, id->dst);
	if (!entry)
	{
		return this->inner ? this->inner->update_sa(this->inner, id, data)
						   : NOT_SUPPORTED;
	}
	moved = *entry;
	moved.id.local = entry->id.inbound ? data->new_dst : data->new_src;
	moved.id.remote = entry->id.inbound ? data->new_src : data->new_dst;
	if (dmvpn_trust_may_be_at(this->genl, get_ike_sa(), moved.id.local))
	{
		status = this->genl->move_sa(this->genl, &entry->id, moved.id.local,
									 moved.id.remote, data->new_encap);
	}
	if (status == SUCCESS)
	{
		dmvpn_sad_entry_destroy(entry);
		entry = this->sad->remove(this->sad, id->spi, id->dst);
		this->sad->put(this->sad, &moved);
	}
	else
	{	/* another session may have these ends already: only this answer makes
		 * charon negotiate SAs for that one, after any other it goes on as if
		 * the SA were there */
		status = NOT_SUPPORTED;
	}
	if (entry)
	{
		dmvpn_sad_entry_destroy(entry);
	}
	return status;
}

/**
 * Does the peer still not know of an inbound SA, as the response with its SPI
 * has not been sent? As a responder charon asks for the use of SAs when it has
 * just installed them, to plan for dead peer detection.
 */
static bool is_unknown_to_peer(uint32_t spi)
{
	ike_sa_t *ike_sa = get_ike_sa();

	return last_inbound.in_response && last_inbound.spi == spi && ike_sa &&
		   last_inbound.ike_id == ike_sa->get_unique_id(ike_sa) &&
		   last_inbound.message_id == ike_sa->get_message_id(ike_sa, FALSE);
}

/**
 * Read what passed through an SA
 */
static status_t get_use(private_dmvpn_ipsec_t *this, dmvpn_sa_id_t *id,
						dmvpn_sa_info_t *info)
{
	if (id->inbound && is_unknown_to_peer(id->spi))
	{
		memset(info, 0, sizeof(*info));
		return SUCCESS;
	}
	return this->genl->get_sa(this->genl, id, info);
}

METHOD(kernel_ipsec_t, query_sa, status_t,
	private_dmvpn_ipsec_t *this, kernel_ipsec_sa_id_t *id,
	kernel_ipsec_query_sa_t *data, uint64_t *bytes, uint64_t *packets,
	time_t *time)
{
	dmvpn_sad_entry_t *entry;
	dmvpn_sa_info_t info;
	status_t status;

	entry = this->sad->get(this->sad, id->spi, id->dst);
	if (!entry)
	{
		return this->inner ? this->inner->query_sa(this->inner, id, data,
												   bytes, packets, time)
						   : NOT_SUPPORTED;
	}
	status = get_use(this, &entry->id, &info);
	dmvpn_sad_entry_destroy(entry);
	if (status != SUCCESS)
	{
		return status;
	}
	if (bytes)
	{
		*bytes = info.bytes;
	}
	if (packets)
	{
		*packets = info.packets;
	}
	if (time)
	{
		*time = info.used ? time_monotonic(NULL) - info.idle / 1000 : 0;
	}
	dmvpn_sa_info_clear(&info);
	return SUCCESS;
}

/**
 * Leave an inbound SA to a peer that uses it although its CHILD_SA is closed
 *
 * IKEv1 tells the peer and waits for no answer, and if the CHILD_SA is in
 * another IKE_SA there, it is not found. IKEv2 waits for five seconds, but if
 * rekeyings of both ends cross, charon may lose the way to the new SA.
 *
 * @param entry			adopted if so
 */
static bool linger(private_dmvpn_ipsec_t *this, dmvpn_sad_entry_t *entry)
{
	ike_sa_t *ike_sa = get_ike_sa();

	if (entry->reserved || entry->expired || !ike_sa ||
		(ike_sa->get_version(ike_sa) == IKEV2 &&
		 (ike_sa->get_state(ike_sa) == IKE_DELETING ||
		  ike_sa->get_state(ike_sa) == IKE_DESTROYING)) ||
		!dmvpn_orphans_linger(this->genl, entry))
	{
		return FALSE;
	}
	lingering = entry->id.spi;
	return TRUE;
}

/**
 * Leave an inbound SA of an IKE_SA that failed to a peer that uses it, and
 * bring the session up anew
 *
 * @param entry			adopted if so
 */
static bool abandon(private_dmvpn_ipsec_t *this, dmvpn_sad_entry_t *entry)
{
	ike_sa_t *ike_sa = get_ike_sa();
	dmvpn_session_t session = {};

	if (!dmvpn_orphans_watch(this->genl, entry))
	{
		return FALSE;
	}
	if (ike_sa && this->initiate)
	{
		session.local = dmvpn_use_endpoint(ike_sa,
										   ike_sa->get_my_host(ike_sa));
		session.remote = dmvpn_use_endpoint(ike_sa,
											ike_sa->get_other_host(ike_sa));
		session.profile = strdupnull(ike_sa->get_name(ike_sa));
		this->initiate->renew(this->initiate, &session, RENEW_DELAY,
							  RENEW_TRIES);
		dmvpn_session_clear(&session);
	}
	return TRUE;
}

METHOD(kernel_ipsec_t, del_sa, status_t,
	private_dmvpn_ipsec_t *this, kernel_ipsec_sa_id_t *id,
	kernel_ipsec_del_sa_t *data)
{
	dmvpn_sad_entry_t *entry;
	status_t status;

	/* removed first, so that the kernel's notification finds it gone */
	entry = this->sad->remove(this->sad, id->spi, id->dst);
	if (!entry)
	{
		return this->inner ? this->inner->del_sa(this->inner, id, data)
						   : NOT_SUPPORTED;
	}
	if (entry->orphan ? abandon(this, entry)
					  : entry->id.inbound && linger(this, entry))
	{
		return SUCCESS;
	}
	if (entry->id.inbound || (lingering && entry->pair == lingering))
	{
		status = this->genl->del_sa(this->genl, &entry->id);
	}
	else
	{	/* charon drops the old SA of a rekeying before the peer has the new
		 * one, or before it is known to have it */
		status = this->genl->retire_sa(this->genl, &entry->id);
	}
	dmvpn_sad_entry_destroy(entry);
	return status;
}

METHOD(kernel_ipsec_t, flush_sas, status_t,
	private_dmvpn_ipsec_t *this)
{
	return this->inner ? this->inner->flush_sas(this->inner) : SUCCESS;
}

/**
 * Is a policy one of a connection of ours? The module needs none, and in
 * XFRM they would take hold of the device's GRE.
 */
static bool is_our_policy(private_dmvpn_ipsec_t *this,
						  kernel_ipsec_policy_id_t *id)
{
	return (id->interface &&
			this->genl->has_device(this->genl, id->interface, NULL)) ||
		   dmvpn_template_owns(this->genl, get_ike_sa());
}

METHOD(kernel_ipsec_t, add_policy, status_t,
	private_dmvpn_ipsec_t *this, kernel_ipsec_policy_id_t *id,
	kernel_ipsec_manage_policy_t *data)
{
	status_t status;

	if (is_our_policy(this, id))
	{
		return dmvpn_traps_add(id, NULL);
	}
	if (!get_ike_sa() && dmvpn_traps_keep(id, data))
	{
		return SUCCESS;
	}
	if (!this->inner)
	{
		return NOT_SUPPORTED;
	}
	status = dmvpn_traps_add(id, this->inner);
	return status | this->inner->add_policy(this->inner, id, data);
}

METHOD(kernel_ipsec_t, query_policy, status_t,
	private_dmvpn_ipsec_t *this, kernel_ipsec_policy_id_t *id,
	kernel_ipsec_query_policy_t *data, time_t *use_time)
{
	if (is_our_policy(this, id))
	{
		return NOT_FOUND;
	}
	return this->inner ? this->inner->query_policy(this->inner, id, data,
												   use_time)
					   : NOT_SUPPORTED;
}

METHOD(kernel_ipsec_t, del_policy, status_t,
	private_dmvpn_ipsec_t *this, kernel_ipsec_policy_id_t *id,
	kernel_ipsec_manage_policy_t *data)
{
	if (dmvpn_traps_delete(id, is_our_policy(this, id)))
	{
		return SUCCESS;
	}
	return this->inner ? this->inner->del_policy(this->inner, id, data)
					   : NOT_SUPPORTED;
}

METHOD(kernel_ipsec_t, flush_policies, status_t,
	private_dmvpn_ipsec_t *this)
{
	return this->inner ? this->inner->flush_policies(this->inner) : SUCCESS;
}

METHOD(kernel_ipsec_t, bypass_socket, bool,
	private_dmvpn_ipsec_t *this, int fd, int family)
{
	/* the module never touches IKE, only XFRM's policies could */
	return this->inner ? this->inner->bypass_socket(this->inner, fd, family)
					   : TRUE;
}

METHOD(kernel_ipsec_t, enable_udp_decap, bool,
	private_dmvpn_ipsec_t *this, int fd, int family, uint16_t port)
{
	int type = UDP_ENCAP_ESPINUDP;

	if (this->inner)
	{
		return this->inner->enable_udp_decap(this->inner, fd, family, port);
	}
	if (setsockopt(fd, IPPROTO_UDP, UDP_ENCAP, &type, sizeof(type)))
	{
		DBG1(DBG_KNL, "dmvpn: unable to set UDP_ENCAP: %s", strerror(errno));
		return FALSE;
	}
	return TRUE;
}

METHOD(dmvpn_ipsec_t, set_initiate, void,
	private_dmvpn_ipsec_t *this, dmvpn_initiate_t *initiate)
{
	this->initiate = initiate;
}

METHOD(kernel_ipsec_t, destroy, void,
	private_dmvpn_ipsec_t *this)
{
	DESTROY_IF(this->inner);
	free(this);
}

typedef kernel_ipsec_t *(*backend_constructor_t)(void);

/**
 * Find the constructor of a backend plugin that is loaded from the folder
 * that we are in
 */
static backend_constructor_t find_constructor(const char *name,
											  const char *symbol)
{
	char file[PATH_MAX];
	const char *slash;
	void *handle;
	Dl_info info;

	if (!dladdr(find_constructor, &info) || !info.dli_fname)
	{
		return NULL;
	}
	slash = strrchr(info.dli_fname, '/');
	snprintf(file, sizeof(file), "%.*slibstrongswan-%s.so",
			 (int)(slash ? slash + 1 - info.dli_fname : 0), info.dli_fname,
			 name);
	handle = dlopen(file, RTLD_LAZY | RTLD_NOLOAD);
	return handle ? (backend_constructor_t)dlsym(handle, symbol) : NULL;
}

/**
 * Create the backend for all SAs that are not ours
 */
static kernel_ipsec_t *create_inner(void)
{
	backend_constructor_t create;
	char *name, symbol[128];

	name = lib->settings->get_str(lib->settings, "%s.plugins.dmvpn.fallback",
								  "kernel-netlink", lib->ns);
	if (streq(name, "none"))
	{
		return NULL;
	}
	snprintf(symbol, sizeof(symbol), "%s_ipsec_create", name);
	translate(symbol, "-", "_");
	create = (backend_constructor_t)dlsym(RTLD_DEFAULT, symbol);
	if (!create)
	{
		create = find_constructor(name, symbol);
	}
	if (!create)
	{
		DBG1(DBG_KNL, "dmvpn: plugin %s is not loaded, connections without a "
			 "dmvpn device will not work", name);
		return NULL;
	}
	return create();
}

/**
 * Described in header
 */
dmvpn_ipsec_t *dmvpn_ipsec_create(dmvpn_genl_t *genl, dmvpn_sad_t *sad,
								  uint32_t owner)
{
	private_dmvpn_ipsec_t *this;

	INIT(this,
		.public = {
			.interface = {
				.get_features = _get_features,
				.get_spi = _get_spi,
				.get_cpi = _get_cpi,
				.add_sa = _add_sa,
				.update_sa = _update_sa,
				.query_sa = _query_sa,
				.del_sa = _del_sa,
				.flush_sas = _flush_sas,
				.add_policy = _add_policy,
				.query_policy = _query_policy,
				.del_policy = _del_policy,
				.flush_policies = _flush_policies,
				.bypass_socket = _bypass_socket,
				.enable_udp_decap = _enable_udp_decap,
				.destroy = _destroy,
			},
			.set_initiate = _set_initiate,
		},
		.genl = genl,
		.sad = sad,
		.owner = owner,
		.replay_window = lib->settings->get_int(lib->settings,
						"%s.plugins.dmvpn.replay_window", REPLAY_WINDOW,
						lib->ns),
		.inner = create_inner(),
	);

	return &this->public;
}
