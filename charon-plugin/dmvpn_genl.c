/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>

#include <netlink/genl/ctrl.h>

#include "compat.h"
#include "dmvpn_genl.h"
#include "dmvpn_attrs.h"
#include "dmvpn_device.h"
#include "dmvpn_events.h"
#include "dmvpn_exchange.h"

#include <threading/mutex.h>

/**
 * Seconds until a module that was not there is looked for again
 */
#define FAMILY_RETRY 5

/**
 * Seconds devices are taken to be as they were without asking again
 */
#define DEVICE_CACHE 5

/**
 * How often a dump is repeated that concurrent changes disturbed
 */
#define DUMP_TRIES 4

typedef struct private_dmvpn_genl_t private_dmvpn_genl_t;

/**
 * Private data of a dmvpn_genl_t object.
 */
struct private_dmvpn_genl_t {

	/**
	 * Public dmvpn_genl_t interface.
	 */
	dmvpn_genl_t public;

	/**
	 * Protects the sockets and the family. It is not held while the kernel
	 * works on a request: each has a socket of its own.
	 */
	mutex_t *mutex;

	/**
	 * Sockets that no request uses at the moment, struct nl_sock
	 */
	linked_list_t *idle;

	/**
	 * Number of the family, 0 while the module is not loaded
	 */
	int family;

	/**
	 * When the family was last asked for
	 */
	time_t asked;

	/**
	 * Protects what is known of devices, likewise.
	 */
	mutex_t *known;

	/**
	 * Known devices, dmvpn_device_t
	 */
	linked_list_t *devices;

	/**
	 * Until when they are taken to be all, and as they were
	 */
	time_t until;

	/**
	 * What the kernel tells unasked
	 */
	dmvpn_events_t *events;
};

/**
 * Receive the events of a multicast group
 */
static bool join(private_dmvpn_genl_t *this, struct nl_sock *sock,
				 char *family, char *name)
{
	return this->events->join(this->events,
							  genl_ctrl_resolve_grp(sock, family, name));
}

/**
 * Look for the module, which may have to be loaded, and receive its events
 *
 * @return				number of its family, 0 if it is not there
 */
static int look_for_family(private_dmvpn_genl_t *this)
{
	struct nl_sock *sock = dmvpn_exchange_open();
	int family;

	if (!sock)
	{
		return 0;
	}
	family = genl_ctrl_resolve(sock, DMVPN_GENL_NAME);
	if (family > 0 && !join(this, sock, DMVPN_GENL_NAME, DMVPN_MCGRP_CONTROL))
	{
		DBG1(DBG_KNL, "dmvpn: not allowed to receive the kernel's events, "
			 "is CAP_NET_ADMIN missing?");
		family = 0;
	}
	nl_socket_free(sock);
	if (family <= 0)
	{
		return 0;
	}
	DBG1(DBG_KNL, "dmvpn: kernel module found");
	this->mutex->lock(this->mutex);
	this->family = family;
	this->events->set_family(this->events, family);
	this->mutex->unlock(this->mutex);
	return family;
}

/**
 * Get the number of the family
 *
 * @return				0 if the module is not there
 */
static int get_family(private_dmvpn_genl_t *this)
{
	time_t now = time_monotonic(NULL);
	int family;
	bool look;

	this->mutex->lock(this->mutex);
	family = this->family;
	look = !family && (!this->asked || now >= this->asked + FAMILY_RETRY);
	if (look)
	{
		this->asked = now;
	}
	this->mutex->unlock(this->mutex);
	return look ? look_for_family(this) : family;
}

/**
 * Get a socket for a request
 *
 * @param family		gets the number of the family, 0 if there is none
 * @return				socket to give back, or NULL
 */
static struct nl_sock *take_socket(private_dmvpn_genl_t *this, int *family)
{
	struct nl_sock *sock = NULL;

	*family = get_family(this);
	if (!*family)
	{
		return NULL;
	}
	this->mutex->lock(this->mutex);
	this->idle->remove_first(this->idle, (void**)&sock);
	this->mutex->unlock(this->mutex);
	return sock ?: dmvpn_exchange_open();
}

/**
 * Give a socket back, NULL too
 */
static void give_socket(private_dmvpn_genl_t *this, struct nl_sock *sock)
{
	if (sock)
	{
		this->mutex->lock(this->mutex);
		this->idle->insert_first(this->idle, sock);
		this->mutex->unlock(this->mutex);
	}
}

/**
 * Start a request
 */
static struct nl_msg *request(int family, uint8_t cmd, int flags)
{
	struct nl_msg *msg;

	msg = nlmsg_alloc();
	if (msg && !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags,
							cmd, DMVPN_GENL_VERSION))
	{
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/**
 * Write the attributes of a request
 */
typedef bool (*writer_t)(struct nl_msg *msg, void *data);

/**
 * Make, send and complete a request other than a dump
 */
static status_t command(private_dmvpn_genl_t *this, uint8_t cmd,
						writer_t writer, void *data,
						dmvpn_exchange_t *exchange)
{
	struct nl_sock *sock;
	struct nl_msg *msg;
	int family;

	sock = take_socket(this, &family);
	msg = sock ? request(family, cmd, NLM_F_ACK) : NULL;
	if (!msg)
	{
		exchange->error = family ? ENOMEM : EOPNOTSUPP;
	}
	else if (!writer(msg, data))
	{
		dmvpn_exchange_wipe(msg);
		exchange->error = EMSGSIZE;
	}
	else
	{
		dmvpn_exchange_run(sock, msg, exchange);
	}
	give_socket(this, sock);
	return dmvpn_exchange_get_status(exchange);
}

/**
 * Read all objects of a kind into a list
 */
static bool dump_once(struct nl_sock *sock, int family, uint8_t cmd,
					  dmvpn_exchange_t *exchange)
{
	struct nl_msg *msg;

	msg = request(family, cmd, NLM_F_DUMP);
	if (!msg)
	{
		return FALSE;
	}
	dmvpn_exchange_run(sock, msg, exchange);
	return exchange->error == 0;
}

/**
 * Read all objects of a kind, again if they changed meanwhile.
 */
static linked_list_t *dump(private_dmvpn_genl_t *this, uint8_t cmd,
						   void (*answer)(struct genlmsghdr *hdr, void *data),
						   void (*destroy)(void *item))
{
	linked_list_t *list = NULL;
	dmvpn_exchange_t exchange;
	struct nl_sock *sock;
	bool ok = FALSE;
	int try, family;

	sock = take_socket(this, &family);
	for (try = 0; sock && try < DUMP_TRIES; try++)
	{
		list = linked_list_create();
		exchange = (dmvpn_exchange_t){ .answer = answer, .data = list, };
		ok = dump_once(sock, family, cmd, &exchange);
		if (!ok || !exchange.interrupted)
		{
			break;
		}
		if (try + 1 < DUMP_TRIES)
		{
			list->destroy_function(list, destroy);
			list = NULL;
		}
	}
	give_socket(this, sock);
	if (list && !ok)
	{
		dmvpn_exchange_log(&exchange, "reading the kernel's tables");
		list->destroy_function(list, destroy);
		return NULL;
	}
	return list;
}

/**
 * A device in a dump
 */
static void on_device(struct genlmsghdr *hdr, void *data)
{
	linked_list_t *devices = data;
	dmvpn_device_t *device;

	device = dmvpn_device_read(hdr);
	if (device)
	{
		devices->insert_last(devices, device);
	}
}

/**
 * Know these devices and no others
 */
static void set_devices(private_dmvpn_genl_t *this, linked_list_t *devices,
						time_t until)
{
	this->known->lock(this->known);
	this->devices->destroy_function(this->devices,
									(void*)dmvpn_device_destroy);
	this->devices = devices;
	this->until = until;
	this->known->unlock(this->known);
}

/**
 * Does a device that is known serve, see has_device()?
 *
 * @param now			not if that was read too long before, 0 for whenever
 */
static bool is_known(private_dmvpn_genl_t *this, const char *name,
					 host_t *local, time_t now)
{
	bool found;

	this->known->lock(this->known);
	found = (!now || now < this->until) &&
			dmvpn_device_serves(this->devices, name, local);
	this->known->unlock(this->known);
	return found;
}

METHOD(dmvpn_genl_t, has_device, bool,
	private_dmvpn_genl_t *this, const char *name, host_t *local)
{
	time_t now = time_monotonic(NULL);
	linked_list_t *devices;

	if (is_known(this, name, local, now))
	{
		return TRUE;
	}
	devices = dump(this, DMVPN_CMD_DEVICE_GET, on_device,
				   (void*)dmvpn_device_destroy);
	if (devices)
	{
		set_devices(this, devices, now + DEVICE_CACHE);
	}
	/* if they cannot be read, those that were there last are taken to be: an
	 * SA of theirs must not get into another backend */
	return is_known(this, name, local, 0);
}

METHOD(dmvpn_genl_t, knows_device, bool,
	private_dmvpn_genl_t *this, const char *name)
{
	return is_known(this, name, NULL, 0);
}

/**
 * An SPI was reserved
 */
static void on_spi(struct genlmsghdr *hdr, void *data)
{
	struct nlattr *attr;

	attr = nla_find(genlmsg_attrdata(hdr, 0), genlmsg_attrlen(hdr, 0),
					DMVPN_A_SA_SPI);
	if (attr && nla_len(attr) == sizeof(uint32_t))
	{
		*(uint32_t*)data = nla_get_u32(attr);
	}
}

/**
 * Write the addresses an SPI is reserved for
 */
static bool write_addresses(struct nl_msg *msg, void *data)
{
	dmvpn_sa_id_t *id = data;

	return dmvpn_attrs_put_host(msg, DMVPN_A_SA_LOCAL, id->local) &&
		   dmvpn_attrs_put_host(msg, DMVPN_A_SA_REMOTE, id->remote);
}

METHOD(dmvpn_genl_t, alloc_spi, status_t,
	private_dmvpn_genl_t *this, host_t *local, host_t *remote, uint32_t *spi)
{
	dmvpn_exchange_t exchange = { .answer = on_spi, .data = spi, };
	dmvpn_sa_id_t id = { .local = local, .remote = remote, };
	status_t status;

	*spi = 0;
	status = command(this, DMVPN_CMD_SA_ALLOC_SPI, write_addresses, &id,
					 &exchange);
	if (status == SUCCESS && !*spi)
	{
		status = FAILED;
	}
	if (status != SUCCESS)
	{
		dmvpn_exchange_log(&exchange, "reserving an SPI");
	}
	return status;
}

METHOD(dmvpn_genl_t, add_sa, status_t,
	private_dmvpn_genl_t *this, dmvpn_sa_t *sa)
{
	dmvpn_exchange_t exchange = {};
	status_t status;

	status = command(this, DMVPN_CMD_SA_NEW, (writer_t)dmvpn_attrs_put_sa, sa,
					 &exchange);
	if (status != SUCCESS)
	{
		dmvpn_exchange_log(&exchange, sa->id.inbound ? "adding an inbound SA"
											  : "adding an outbound SA");
	}
	return status;
}

/**
 * Where an SA moves to
 */
typedef struct {
	dmvpn_sa_id_t *id;
	host_t *local;
	host_t *remote;
	bool encap;
} move_t;

/**
 * Write a move
 */
static bool write_move(struct nl_msg *msg, void *data)
{
	move_t *move = data;

	return dmvpn_attrs_put_sa_move(msg, move->id, move->local, move->remote,
								   move->encap);
}

METHOD(dmvpn_genl_t, move_sa, status_t,
	private_dmvpn_genl_t *this, dmvpn_sa_id_t *sa, host_t *local,
	host_t *remote, bool encap)
{
	move_t move = {
		.id = sa, .local = local, .remote = remote, .encap = encap,
	};
	dmvpn_exchange_t exchange = {};
	status_t status;

	status = command(this, DMVPN_CMD_SA_SET, write_move, &move, &exchange);
	if (status != SUCCESS)
	{
		dmvpn_exchange_log(&exchange, "moving an SA");
	}
	return status;
}

/**
 * Write that an SA is to be used
 */
static bool write_use(struct nl_msg *msg, void *data)
{
	return dmvpn_attrs_put_sa_id(msg, data) &&
		   !nla_put_u8(msg, DMVPN_A_SA_STANDBY, 0);
}

METHOD(dmvpn_genl_t, use_sa, status_t,
	private_dmvpn_genl_t *this, dmvpn_sa_id_t *sa)
{
	dmvpn_exchange_t exchange = {};
	status_t status;

	status = command(this, DMVPN_CMD_SA_SET, write_use, sa, &exchange);
	if (status != SUCCESS)
	{
		dmvpn_exchange_log(&exchange, "switching to an SA");
	}
	return status;
}

/**
 * An SA was read
 */
static void on_sa(struct genlmsghdr *hdr, void *data)
{
	dmvpn_sa_event_t event;
	dmvpn_sa_info_t *info = data;

	if (dmvpn_attrs_get_sa(hdr, &event))
	{
		dmvpn_sa_info_clear(info);
		*info = event.info;
		DESTROY_IF(event.moved);
	}
}

METHOD(dmvpn_genl_t, get_sa, status_t,
	private_dmvpn_genl_t *this, dmvpn_sa_id_t *sa, dmvpn_sa_info_t *info)
{
	dmvpn_exchange_t exchange = { .answer = on_sa, .data = info, };
	status_t status;

	memset(info, 0, sizeof(*info));
	status = command(this, DMVPN_CMD_SA_GET, (writer_t)dmvpn_attrs_put_sa_id,
					 sa, &exchange);
	if (status == SUCCESS && !info->id.spi)
	{
		return FAILED;
	}
	return status;
}

/**
 * Delete an SA in one of two ways
 */
static status_t end_sa(private_dmvpn_genl_t *this, writer_t writer,
					   dmvpn_sa_id_t *sa)
{
	dmvpn_exchange_t exchange = {};
	status_t status;

	status = command(this, DMVPN_CMD_SA_DEL, writer, sa, &exchange);
	if (status != SUCCESS && status != NOT_FOUND)
	{
		dmvpn_exchange_log(&exchange, "deleting an SA");
	}
	return status;
}

METHOD(dmvpn_genl_t, del_sa, status_t,
	private_dmvpn_genl_t *this, dmvpn_sa_id_t *sa)
{
	return end_sa(this, (writer_t)dmvpn_attrs_put_sa_id, sa);
}

/**
 * Write that an SA is to stay while it is in use
 */
static bool write_retire(struct nl_msg *msg, void *data)
{
	return dmvpn_attrs_put_sa_id(msg, data) &&
		   !nla_put_u8(msg, DMVPN_A_SA_STANDBY, 1);
}

METHOD(dmvpn_genl_t, retire_sa, status_t,
	private_dmvpn_genl_t *this, dmvpn_sa_id_t *sa)
{
	return end_sa(this, write_retire, sa);
}

METHOD(dmvpn_genl_t, set_session, status_t,
	private_dmvpn_genl_t *this, dmvpn_session_t *session)
{
	dmvpn_exchange_t exchange = {};
	status_t status;

	status = command(this, DMVPN_CMD_SESSION_SET,
					 (writer_t)dmvpn_attrs_put_session, session, &exchange);
	if (status != SUCCESS && status != NOT_FOUND)
	{
		dmvpn_exchange_log(&exchange, "updating a session");
	}
	return status;
}

/**
 * A session was read
 */
static void on_session(struct genlmsghdr *hdr, void *data)
{
	dmvpn_session_t *session = data;

	dmvpn_session_clear(session);
	dmvpn_attrs_get_session(hdr, session);
}

/**
 * Write the handle of a session
 */
static bool write_handle(struct nl_msg *msg, void *data)
{
	return nla_put_u32(msg, DMVPN_A_SESSION_HANDLE, *(uint32_t*)data) == 0;
}

METHOD(dmvpn_genl_t, get_session, status_t,
	private_dmvpn_genl_t *this, uint32_t handle, dmvpn_session_t *session)
{
	dmvpn_exchange_t exchange = { .answer = on_session, .data = session, };
	status_t status;

	memset(session, 0, sizeof(*session));
	status = command(this, DMVPN_CMD_SESSION_GET, write_handle, &handle,
					 &exchange);
	if (status == SUCCESS && !session->handle)
	{
		return FAILED;
	}
	return status;
}

/**
 * A session in a dump
 */
static void on_session_item(struct genlmsghdr *hdr, void *data)
{
	linked_list_t *list = data;
	dmvpn_session_t *session;

	session = malloc_thing(dmvpn_session_t);
	if (dmvpn_attrs_get_session(hdr, session))
	{
		list->insert_last(list, session);
		return;
	}
	free(session);
}

METHOD(dmvpn_genl_t, list_sessions, linked_list_t*,
	private_dmvpn_genl_t *this)
{
	return dump(this, DMVPN_CMD_SESSION_GET, on_session_item,
				(void*)dmvpn_session_destroy);
}

/**
 * An SA in a dump
 */
static void on_sa_item(struct genlmsghdr *hdr, void *data)
{
	linked_list_t *list = data;
	dmvpn_sa_info_t *info;

	INIT(info);
	on_sa(hdr, info);
	if (info->id.spi)
	{
		list->insert_last(list, info);
		return;
	}
	free(info);
}

METHOD(dmvpn_genl_t, list_sas, linked_list_t*,
	private_dmvpn_genl_t *this)
{
	return dump(this, DMVPN_CMD_SA_GET, on_sa_item,
				(void*)dmvpn_sa_info_destroy);
}

METHOD(dmvpn_genl_t, set_handler, void,
	private_dmvpn_genl_t *this, dmvpn_genl_handler_t *handler)
{
	this->events->set_handler(this->events, handler);
}

CALLBACK(changed, bool,
	private_dmvpn_genl_t *this, bool there)
{
	if (!there)
	{
		DBG1(DBG_KNL, "dmvpn: kernel module is gone");
		set_devices(this, linked_list_create(), 0);
	}
	/* what is known may be of the module before it: it is read anew */
	this->known->lock(this->known);
	this->until = 0;
	this->known->unlock(this->known);
	this->mutex->lock(this->mutex);
	this->family = 0;
	this->events->set_family(this->events, 0);
	this->mutex->unlock(this->mutex);
	/* even if another thread has just looked: what is there is read then */
	return there && look_for_family(this);
}

METHOD(dmvpn_genl_t, destroy, void,
	private_dmvpn_genl_t *this)
{
	DESTROY_IF(this->events);
	this->idle->destroy_function(this->idle, (void*)nl_socket_free);
	this->devices->destroy_function(this->devices,
									(void*)dmvpn_device_destroy);
	this->known->destroy(this->known);
	this->mutex->destroy(this->mutex);
	free(this);
}

/**
 * Start to listen to what the kernel tells
 */
static bool setup_events(private_dmvpn_genl_t *this)
{
	struct nl_sock *sock = dmvpn_exchange_open();
	bool ok;

	if (!sock)
	{
		return FALSE;
	}
	this->events = dmvpn_events_create(changed, this);
	ok = this->events && join(this, sock, "nlctrl", "notify");
	nl_socket_free(sock);
	if (ok)
	{	/* asking for the family loads the module where it is installed */
		get_family(this);
	}
	return ok;
}

/**
 * Described in header
 */
dmvpn_genl_t *dmvpn_genl_create(void)
{
	private_dmvpn_genl_t *this;

	INIT(this,
		.public = {
			.has_device = _has_device,
			.knows_device = _knows_device,
			.alloc_spi = _alloc_spi,
			.add_sa = _add_sa,
			.move_sa = _move_sa,
			.use_sa = _use_sa,
			.get_sa = _get_sa,
			.del_sa = _del_sa,
			.retire_sa = _retire_sa,
			.set_session = _set_session,
			.get_session = _get_session,
			.list_sessions = _list_sessions,
			.list_sas = _list_sas,
			.set_handler = _set_handler,
			.destroy = _destroy,
		},
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
		.known = mutex_create(MUTEX_TYPE_DEFAULT),
		.devices = linked_list_create(),
		.idle = linked_list_create(),
	);

	if (!setup_events(this))
	{
		DBG1(DBG_KNL, "dmvpn: no generic netlink sockets");
		destroy(this);
		return NULL;
	}
	return &this->public;
}
