/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <linux/filter.h>
#include <linux/genetlink.h>

#include "compat.h"
#include "dmvpn_events.h"
#include "dmvpn_attrs.h"
#include "dmvpn_exchange.h"

/**
 * Receive buffer of the socket, a burst of SAs of some thousand peers
 */
#define EVENT_BUFFER (4 * 1024 * 1024)

/**
 * Events that are taken at a time
 */
#define EVENT_BATCH 64

typedef struct private_dmvpn_events_t private_dmvpn_events_t;

/**
 * Private data of a dmvpn_events_t object.
 */
struct private_dmvpn_events_t {

	/**
	 * Public dmvpn_events_t interface.
	 */
	dmvpn_events_t public;

	/**
	 * Called when the module was loaded or unloaded
	 */
	bool (*changed)(void *data, bool there);

	/**
	 * Its argument
	 */
	void *data;

	/**
	 * Socket
	 */
	struct nl_sock *sock;

	/**
	 * Number of the module's family, 0 while it is not loaded
	 */
	int family;

	/**
	 * Receiver of events
	 */
	dmvpn_genl_handler_t *handler;
};

/**
 * Deliver an event about a session
 */
static void deliver_session(dmvpn_genl_handler_t *handler,
							struct genlmsghdr *hdr)
{
	dmvpn_session_t session;

	if (!dmvpn_attrs_get_session(hdr, &session))
	{
		return;
	}
	if (hdr->cmd == DMVPN_CMD_ACQUIRE_NTF)
	{
		handler->acquire(handler, &session);
	}
	else
	{
		handler->session_gone(handler, &session);
	}
	dmvpn_session_clear(&session);
}

/**
 * Deliver an event about an SA
 */
static void deliver_sa(dmvpn_genl_handler_t *handler, struct genlmsghdr *hdr)
{
	dmvpn_sa_event_t event;

	if (!dmvpn_attrs_get_sa(hdr, &event))
	{
		return;
	}
	if (hdr->cmd == DMVPN_CMD_SA_EXPIRE_NTF)
	{
		handler->sa_expired(handler, &event.info, event.hard);
	}
	else if (hdr->cmd == DMVPN_CMD_SA_DEL_NTF)
	{
		handler->sa_deleted(handler, &event.info.id);
	}
	else
	{
		handler->sa_moved(handler, &event.info.id,
						  event.moved ?: event.info.id.remote);
	}
	dmvpn_sa_event_clear(&event);
}

/**
 * Deliver an event of the module
 */
static void deliver(dmvpn_genl_handler_t *handler, struct genlmsghdr *hdr)
{
	switch (hdr->cmd)
	{
		case DMVPN_CMD_ACQUIRE_NTF:
		case DMVPN_CMD_SESSION_DEL_NTF:
			deliver_session(handler, hdr);
			break;
		case DMVPN_CMD_SA_DEL_NTF:
		case DMVPN_CMD_SA_EXPIRE_NTF:
		case DMVPN_CMD_NAT_MOVED_NTF:
			deliver_sa(handler, hdr);
			break;
		default:
			break;
	}
}

/**
 * A family came or went: follow the module's loads and unloads
 */
static void on_family(private_dmvpn_events_t *this, struct genlmsghdr *hdr)
{
	struct nlattr *attr;

	attr = nla_find(genlmsg_attrdata(hdr, 0), genlmsg_attrlen(hdr, 0),
					CTRL_ATTR_FAMILY_NAME);
	if (!attr || nla_strcmp(attr, DMVPN_GENL_NAME))
	{
		return;
	}
	if (hdr->cmd != CTRL_CMD_NEWFAMILY && hdr->cmd != CTRL_CMD_DELFAMILY)
	{
		return;
	}
	if (this->changed(this->data, hdr->cmd == CTRL_CMD_NEWFAMILY))
	{
		this->handler->resync(this->handler);
	}
}

/**
 * An event came
 */
static int on_event(struct nl_msg *msg, void *arg)
{
	private_dmvpn_events_t *this = arg;
	struct nlmsghdr *hdr = nlmsg_hdr(msg);

	if (!genlmsg_valid_hdr(hdr, 0))
	{
		return NL_SKIP;
	}
	if (hdr->nlmsg_type == GENL_ID_CTRL)
	{
		on_family(this, genlmsg_hdr(hdr));
	}
	else if (hdr->nlmsg_type == this->family)
	{
		deliver(this->handler, genlmsg_hdr(hdr));
	}
	return NL_OK;
}

CALLBACK(on_readable, bool,
	private_dmvpn_events_t *this, int fd, watcher_event_t event)
{
	bool lost = FALSE;
	int i, err = 0;

	/* To be called for each of them would cost more than they do. Once some
	 * were lost the kernel drops all until there is none left to be read, and
	 * does not say so again: what happens meanwhile is in its tables alone. */
	for (i = 0; err >= 0 && (lost || i < EVENT_BATCH); i++)
	{
		err = nl_recvmsgs_default(this->sock);
		if (err == -NLE_NOMEM)
		{
			lost = TRUE;
			err = 0;
		}
	}
	if (lost)
	{
		DBG1(DBG_KNL, "dmvpn: events of the kernel were lost, reading its "
			 "tables");
		/* the module may have been loaded anew among them */
		this->changed(this->data, TRUE);
		this->handler->resync(this->handler);
	}
	return TRUE;
}

METHOD(dmvpn_events_t, join, bool,
	private_dmvpn_events_t *this, int group)
{
	return group >= 0 && nl_socket_add_membership(this->sock, group) == 0;
}

METHOD(dmvpn_events_t, set_family, void,
	private_dmvpn_events_t *this, int family)
{
	this->family = family;
}

METHOD(dmvpn_events_t, set_handler, void,
	private_dmvpn_events_t *this, dmvpn_genl_handler_t *handler)
{
	int fd = nl_socket_get_fd(this->sock);

	if (this->handler)
	{	/* returns only after a running callback has */
		lib->watcher->remove(lib->watcher, fd);
	}
	this->handler = handler;
	if (handler)
	{
		lib->watcher->add(lib->watcher, fd, WATCHER_READ, on_readable, this);
	}
}

METHOD(dmvpn_events_t, destroy, void,
	private_dmvpn_events_t *this)
{
	set_handler(this, NULL);
	nl_socket_free(this->sock);
	free(this);
}

/**
 * Described in header
 */
bool dmvpn_events_filter(int fd)
{
	struct sock_filter code[] = {
		/* families that come and go; what is loaded is in network order */
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS,
				 offsetof(struct nlmsghdr, nlmsg_type)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(GENL_ID_CTRL), 7, 0),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS,
				 NLMSG_HDRLEN + offsetof(struct genlmsghdr, cmd)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, DMVPN_CMD_ACQUIRE_NTF, 5, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, DMVPN_CMD_SESSION_DEL_NTF, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, DMVPN_CMD_SA_DEL_NTF, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, DMVPN_CMD_SA_EXPIRE_NTF, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, DMVPN_CMD_NAT_MOVED_NTF, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	struct sock_fprog program = {
		.len = countof(code),
		.filter = code,
	};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
					  sizeof(program)) == 0;
}

/**
 * Have a socket hold what comes at once when thousands of SAs end
 */
static void set_buffer(int fd)
{
	int bytes = EVENT_BUFFER;

	/* without force it would be net.core.rmem_max, some hundred events */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
	{
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	}
}

/**
 * Have the kernel know that an event was lost. What does not show in its
 * tables, as a NAT that moved a peer, it tells again then.
 */
static void set_error(int fd)
{
	int on = 1;

	setsockopt(fd, SOL_NETLINK, NETLINK_BROADCAST_ERROR, &on, sizeof(on));
}

/**
 * Described in header
 */
dmvpn_events_t *dmvpn_events_create(bool (*changed)(void *data, bool there),
									void *data)
{
	private_dmvpn_events_t *this;
	struct nl_sock *sock;

	sock = dmvpn_exchange_open();
	if (!sock)
	{
		return NULL;
	}
	INIT(this,
		.public = {
			.join = _join,
			.set_family = _set_family,
			.set_handler = _set_handler,
			.destroy = _destroy,
		},
		.changed = changed,
		.data = data,
		.sock = sock,
	);
	if (!dmvpn_events_filter(nl_socket_get_fd(sock)))
	{
		DBG1(DBG_KNL, "dmvpn: cannot filter the kernel's events, all of them "
			 "are read: %s", strerror(errno));
	}
	nl_socket_disable_seq_check(sock);
	nl_socket_set_nonblocking(sock);
	set_buffer(nl_socket_get_fd(sock));
	set_error(nl_socket_get_fd(sock));
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_event, this);

	return &this->public;
}
