/* SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>

#include <test_suite.h>

#include "fakes.h"

/**
 * How many mutexes this thread holds
 */
static __thread int held;

typedef int (*mutex_op_t)(pthread_mutex_t *mutex);

/**
 * Find the C library's function instead of which one of these is called
 */
static mutex_op_t find_op(const char *name)
{
	mutex_op_t op = (mutex_op_t)dlsym(RTLD_NEXT, name);

	if (!op)
	{
		abort();
	}
	return op;
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	static mutex_op_t op;
	int err;

	if (!op)
	{
		op = find_op("pthread_mutex_lock");
	}
	err = op(mutex);
	held += !err;
	return err;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	static mutex_op_t op;
	int err;

	if (!op)
	{
		op = find_op("pthread_mutex_unlock");
	}
	err = op(mutex);
	held -= !err;
	return err;
}

/**
 * The kernel may take its time, during which no other thread is to wait
 */
static void wait_for_kernel(void)
{
	ck_assert_int_eq(held, 0);
}

METHOD(dmvpn_genl_t, has_device, bool,
	fake_kernel_t *this, const char *name, host_t *local)
{
	wait_for_kernel();
	return streq(name, "dmvpn0") &&
		   !(local && this->other && local->ip_equals(local, this->other));
}

METHOD(dmvpn_genl_t, knows_device, bool,
	fake_kernel_t *this, const char *name)
{
	return streq(name, "dmvpn0");
}

METHOD(dmvpn_genl_t, alloc_spi, status_t,
	fake_kernel_t *this, host_t *local, host_t *remote, uint32_t *spi)
{
	wait_for_kernel();
	*spi = htonl(0xd0000001);
	return SUCCESS;
}

METHOD(dmvpn_genl_t, add_sa, status_t,
	fake_kernel_t *this, dmvpn_sa_t *sa)
{
	wait_for_kernel();
	this->added = *sa;
	this->added.identity = NULL;
	this->adds++;
	snprintf(this->peer, sizeof(this->peer), "%s", sa->identity ?: "");
	return this->add_status;
}

METHOD(dmvpn_genl_t, move_sa, status_t,
	fake_kernel_t *this, dmvpn_sa_id_t *sa, host_t *local, host_t *remote,
	bool encap)
{
	wait_for_kernel();
	this->moved = (dmvpn_sa_id_t){
		.spi = sa->spi, .inbound = sa->inbound,
		.local = local, .remote = remote,
	};
	return this->status;
}

METHOD(dmvpn_genl_t, get_sa, status_t,
	fake_kernel_t *this, dmvpn_sa_id_t *sa, dmvpn_sa_info_t *info)
{
	host_t *local = this->info.id.local ?: sa->local;

	wait_for_kernel();
	*info = this->info;
	this->gets++;
	if (this->status == SUCCESS)
	{
		info->id.local = local->clone(local);
		info->id.remote = sa->remote->clone(sa->remote);
	}
	return this->status;
}

METHOD(dmvpn_genl_t, del_sa, status_t,
	fake_kernel_t *this, dmvpn_sa_id_t *sa)
{
	wait_for_kernel();
	this->deleted = sa->spi;
	this->dels++;
	return SUCCESS;
}

METHOD(dmvpn_genl_t, retire_sa, status_t,
	fake_kernel_t *this, dmvpn_sa_id_t *sa)
{
	wait_for_kernel();
	this->retired = sa->spi;
	this->retires++;
	return SUCCESS;
}

METHOD(dmvpn_genl_t, set_session, status_t,
	fake_kernel_t *this, dmvpn_session_t *session)
{
	wait_for_kernel();
	this->session = session->handle;
	this->ike_id = session->ike_id;
	this->reports++;
	return SUCCESS;
}

METHOD(dmvpn_genl_t, get_session, status_t,
	fake_kernel_t *this, uint32_t handle, dmvpn_session_t *session)
{
	wait_for_kernel();
	*session = (dmvpn_session_t){
		.handle = handle,
		.out_spi = this->out_spi,
		.peers = this->peers,
	};
	return this->status;
}

/*
 * Described in header
 */
void fake_kernel_init(fake_kernel_t *kernel)
{
	*kernel = (fake_kernel_t){
		.genl = {
			.has_device = _has_device,
			.knows_device = _knows_device,
			.alloc_spi = _alloc_spi,
			.add_sa = _add_sa,
			.move_sa = _move_sa,
			.get_sa = _get_sa,
			.del_sa = _del_sa,
			.retire_sa = _retire_sa,
			.set_session = _set_session,
			.get_session = _get_session,
		},
		.add_status = SUCCESS,
		.status = SUCCESS,
	};
}

/*
 * Described in header
 */
dmvpn_sa_info_t *fake_sa_create(dmvpn_sa_info_t *sa, host_t *local,
								host_t *remote)
{
	dmvpn_sa_info_t *info;

	INIT(info);
	*info = *sa;
	info->session = 1;
	info->id.local = local->clone(local);
	info->id.remote = remote->clone(remote);
	return info;
}

/**
 * The fake that has a member at some address
 */
#define OWNER(this, member) \
	((fake_ike_t*)((char*)(this) - offsetof(fake_ike_t, member)))

static uint32_t get_unique_id(ike_sa_t *this)
{
	return OWNER(this, ike_sa)->id;
}

static uint32_t get_message_id(ike_sa_t *this, bool initiate)
{
	return initiate ? 0 : OWNER(this, ike_sa)->message_id;
}

static ike_sa_id_t *get_id(ike_sa_t *this)
{
	return OWNER(this, ike_sa)->spis;
}

static ike_version_t get_version(ike_sa_t *this)
{
	return OWNER(this, ike_sa)->version;
}

static ike_sa_state_t get_state(ike_sa_t *this)
{
	return OWNER(this, ike_sa)->state;
}

static char *get_name(ike_sa_t *this)
{
	return "DMVPN";
}

static bool has_condition(ike_sa_t *this, ike_condition_t condition)
{
	fake_ike_t *ike = OWNER(this, ike_sa);

	return (condition == COND_AUTHENTICATED && ike->authenticated) ||
		   (condition == COND_ORIGINAL_INITIATOR && ike->initiator);
}

static int get_child_count(ike_sa_t *this)
{
	return OWNER(this, ike_sa)->children;
}

static peer_cfg_t *get_peer_cfg(ike_sa_t *this)
{
	return &OWNER(this, ike_sa)->peer_cfg;
}

static char *get_peer_name(peer_cfg_t *this)
{
	return "DMVPN";
}

static peer_cfg_t *get_peer_ref(peer_cfg_t *this)
{
	return this;
}

static void destroy_peer(peer_cfg_t *this)
{
}

static child_cfg_t *get_child_ref(child_cfg_t *this)
{
	return this;
}

static void destroy_child(child_cfg_t *this)
{
}

static host_t *get_my_host(ike_sa_t *this)
{
	return OWNER(this, ike_sa)->local;
}

static host_t *get_other_host(ike_sa_t *this)
{
	return OWNER(this, ike_sa)->remote;
}

static identification_t *get_my_id(ike_sa_t *this)
{
	return OWNER(this, ike_sa)->me;
}

static identification_t *get_other_id(ike_sa_t *this)
{
	return OWNER(this, ike_sa)->peer;
}

static uint32_t get_statistic(ike_sa_t *this, statistic_t kind)
{
	return 0;
}

static enumerator_t *create_child_sa_enumerator(ike_sa_t *this)
{
	return enumerator_create_single(&OWNER(this, ike_sa)->child_sa, NULL);
}

/**
 * The lock on the children is given back: they may be replaced
 */
static void unlock_child(void *child)
{
	fake_ike_t *ike = OWNER(child, child_cfg);

	free(ike->read);
	ike->read = NULL;
	held--;
}

static status_t delete_child_sa(ike_sa_t *this, protocol_id_t protocol,
								uint32_t spi, bool expired)
{
	ck_assert_int_eq(protocol, PROTO_ESP);
	OWNER(this, ike_sa)->closed = spi;
	return SUCCESS;
}

static enumerator_t *create_child_cfg_enumerator(peer_cfg_t *this)
{
	fake_ike_t *ike = OWNER(this, peer_cfg);

	ike->read = strdupnull(ike->interface);
	held++;
	return enumerator_create_single(&ike->child_cfg, unlock_child);
}

static char *get_interface(child_cfg_t *this)
{
	return OWNER(this, child_cfg)->read;
}

static bool has_option(child_cfg_t *this, child_cfg_option_t option)
{
	return option == OPT_NO_POLICIES;
}

static child_sa_state_t get_child_state(child_sa_t *this)
{
	return OWNER(this, child_sa)->child_state;
}

static proposal_t *get_proposal(child_sa_t *this)
{
	return NULL;
}

static uint32_t get_spi(child_sa_t *this, bool inbound)
{
	fake_ike_t *ike = OWNER(this, child_sa);

	return inbound ? ike->spi_in : ike->spi_out;
}

/*
 * Described in header
 */
void fake_ike_init(fake_ike_t *ike, ike_version_t version)
{
	*ike = (fake_ike_t){
		.ike_sa = {
			.get_unique_id = get_unique_id,
			.get_id = get_id,
			.get_message_id = get_message_id,
			.get_version = get_version,
			.get_state = get_state,
			.get_name = get_name,
			.has_condition = has_condition,
			.get_child_count = get_child_count,
			.get_peer_cfg = get_peer_cfg,
			.get_my_host = get_my_host,
			.get_other_host = get_other_host,
			.get_my_id = get_my_id,
			.get_other_id = get_other_id,
			.get_statistic = get_statistic,
			.create_child_sa_enumerator = create_child_sa_enumerator,
			.delete_child_sa = delete_child_sa,
		},
		.peer_cfg = {
			.get_name = get_peer_name,
			.get_ref = get_peer_ref,
			.destroy = destroy_peer,
			.create_child_cfg_enumerator = create_child_cfg_enumerator,
		},
		.child_cfg = {
			.get_interface = get_interface,
			.has_option = has_option,
			.get_ref = get_child_ref,
			.destroy = destroy_child,
		},
		.child_sa = {
			.get_spi = get_spi,
			.get_state = get_child_state,
			.get_proposal = get_proposal,
		},
		.version = version,
		.state = IKE_ESTABLISHED,
		.child_state = CHILD_INSTALLED,
		.authenticated = TRUE,
		.id = 1,
		.interface = "dmvpn0",
		.local = host_create_from_string("10.0.0.1", 0),
		.remote = host_create_from_string("10.0.0.2", 0),
		.spis = ike_sa_id_create(2, 1, 0, TRUE),
		.me = identification_create_from_string("me"),
		.peer = identification_create_from_string("peer"),
	};
	charon->bus->set_sa(charon->bus, &ike->ike_sa);
}

/*
 * Described in header
 */
void fake_ike_clear(fake_ike_t *ike)
{
	charon->bus->set_sa(charon->bus, NULL);
	ike->local->destroy(ike->local);
	ike->remote->destroy(ike->remote);
	ike->spis->destroy(ike->spis);
	ike->me->destroy(ike->me);
	ike->peer->destroy(ike->peer);
}

static fake_ike_t *managed;
static u_int managed_count, checkouts, checkins;

static ike_sa_t *checkout(ike_sa_manager_t *this, ike_sa_id_t *id)
{
	uint64_t spi = id->get_initiator_spi(id);

	if (!spi || spi > managed_count)
	{
		return NULL;
	}
	checkouts++;
	return &managed[spi - 1].ike_sa;
}

static void checkin(ike_sa_manager_t *this, ike_sa_t *ike_sa)
{
	checkins++;
}

/*
 * Described in header
 */
void fake_manager_init(fake_ike_t *ikes, u_int count)
{
	static ike_sa_manager_t manager = {
		.checkout = checkout,
		.checkin = checkin,
	};
	u_int i;

	for (i = 0; i < count; i++)
	{
		ikes[i].id = i + 1;
		ikes[i].spis->set_initiator_spi(ikes[i].spis, i + 1);
	}
	managed = ikes;
	managed_count = count;
	checkouts = checkins = 0;
	charon->ike_sa_manager = &manager;
}

/*
 * Described in header
 */
u_int fake_manager_checkouts(void)
{
	return checkouts == checkins ? checkouts : UINT_MAX;
}

/*
 * Described in header
 */
void fake_manager_clear(void)
{
	charon->ike_sa_manager = NULL;
}

/**
 * Processor of the library
 */
static processor_t *processor;

static void queue_job(processor_t *this, job_t *new)
{
	new->execute(new);
	new->destroy(new);
}

static processor_t at_once = {
	.queue_job = queue_job,
};

/*
 * Described in header
 */
void fake_processor_init(void)
{
	processor = lib->processor;
	lib->processor = &at_once;
}

/*
 * Described in header
 */
void fake_processor_clear(void)
{
	lib->processor = processor;
}

/**
 * Scheduler of the library
 */
static scheduler_t *scheduler;

/**
 * Job that was scheduled, or NULL
 */
static job_t *job;

static void schedule_job(scheduler_t *this, job_t *new, uint32_t s)
{
	ck_assert(!job);
	job = new;
}

static scheduler_t later = {
	.schedule_job = schedule_job,
};

/*
 * Described in header
 */
void fake_scheduler_init(void)
{
	scheduler = lib->scheduler;
	lib->scheduler = &later;
}

/*
 * Described in header
 */
bool fake_scheduler_has_job(void)
{
	return job != NULL;
}

/*
 * Described in header
 */
bool fake_scheduler_run(void)
{
	return job->execute(job).type == JOB_REQUEUE_TYPE_SCHEDULE;
}

/*
 * Described in header
 */
void fake_scheduler_clear(void)
{
	DESTROY_IF(job);
	job = NULL;
	lib->scheduler = scheduler;
}
