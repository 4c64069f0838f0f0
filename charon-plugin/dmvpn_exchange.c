/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>

#include "compat.h"
#include "dmvpn_exchange.h"

/**
 * Described in header
 */
struct nl_sock *dmvpn_exchange_open(void)
{
	struct nl_sock *sock;
	int on = 1, fd;

	sock = nl_socket_alloc();
	if (!sock)
	{
		return NULL;
	}
	if (genl_connect(sock) < 0)
	{
		nl_socket_free(sock);
		return NULL;
	}
	/* what comes fits into libnl's buffer, to ask for its size is to read it
	 * twice */
	nl_socket_disable_msg_peek(sock);
	fd = nl_socket_get_fd(sock);
	/* say why, and do not send keys back with it */
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	return sock;
}

/**
 * Something came: is it about the request?
 */
static int on_any(struct nl_msg *msg, void *arg)
{
	dmvpn_exchange_t *exchange = arg;

	return nlmsg_hdr(msg)->nlmsg_seq == exchange->seq ? NL_OK : NL_SKIP;
}

/**
 * An answer came
 */
static int on_valid(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	dmvpn_exchange_t *exchange = arg;

	if (exchange->answer)
	{
		exchange->answer(genlmsg_hdr(hdr), exchange->data);
		exchange->done = !(hdr->nlmsg_flags & NLM_F_MULTI);
	}
	return NL_OK;
}

/**
 * The request was acknowledged, or the dump is complete
 */
static int on_done(struct nl_msg *msg, void *arg)
{
	dmvpn_exchange_t *exchange = arg;

	exchange->done = TRUE;
	return NL_OK;
}

/**
 * Objects came or went during the dump
 */
static int on_interrupted(struct nl_msg *msg, void *arg)
{
	dmvpn_exchange_t *exchange = arg;

	exchange->interrupted = TRUE;
	return NL_OK;
}

/**
 * Get the kernel's text out of an error message
 */
static void get_error_text(struct nlmsgerr *err, dmvpn_exchange_t *exchange)
{
	struct nlmsghdr *hdr = (struct nlmsghdr*)err - 1;
	struct nlattr *attr;
	int skip = sizeof(*err);

	if (!(hdr->nlmsg_flags & NLM_F_ACK_TLVS))
	{
		return;
	}
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED))
	{
		skip += NLMSG_ALIGN(err->msg.nlmsg_len) - sizeof(err->msg);
	}
	attr = nlmsg_find_attr(hdr, skip, NLMSGERR_ATTR_MSG);
	if (attr)
	{
		nla_strlcpy(exchange->text, attr, sizeof(exchange->text));
	}
}

/**
 * The request was refused
 */
static int on_error(struct sockaddr_nl *addr, struct nlmsgerr *err, void *arg)
{
	dmvpn_exchange_t *exchange = arg;

	exchange->error = -err->error;
	exchange->done = TRUE;
	get_error_text(err, exchange);
	return NL_STOP;
}

/**
 * Wait for the answers to a request
 */
static void receive(struct nl_sock *sock, dmvpn_exchange_t *exchange)
{
	struct nl_cb *cb;
	int err;

	cb = nl_cb_alloc(NL_CB_DEFAULT);
	if (!cb)
	{
		exchange->error = ENOMEM;
		return;
	}
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_any, exchange);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, exchange);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_done, exchange);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_done, exchange);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, exchange);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, exchange);
	while (!exchange->done)
	{
		err = nl_recvmsgs(sock, cb);
		if (err < 0 && !exchange->done && err != -NLE_INTR)
		{
			DBG1(DBG_KNL, "dmvpn: receiving from the kernel failed: %s",
				 nl_geterror(err));
			exchange->error = EIO;
			exchange->done = TRUE;
		}
	}
	nl_cb_put(cb);
}

/**
 * Described in header
 */
void dmvpn_exchange_wipe(struct nl_msg *msg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);

	memwipe(nlmsg_data(hdr), nlmsg_datalen(hdr));
	nlmsg_free(msg);
}

/**
 * Described in header
 */
void dmvpn_exchange_run(struct nl_sock *sock, struct nl_msg *msg,
						dmvpn_exchange_t *exchange)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	int err;

	nl_complete_msg(sock, msg);
	if (exchange->answer)
	{	/* it says that there was no error */
		hdr->nlmsg_flags &= ~NLM_F_ACK;
	}
	exchange->seq = hdr->nlmsg_seq;
	err = nl_send(sock, msg);
	dmvpn_exchange_wipe(msg);
	if (err < 0)
	{
		DBG1(DBG_KNL, "dmvpn: sending to the kernel failed: %s",
			 nl_geterror(err));
		exchange->error = EIO;
		return;
	}
	receive(sock, exchange);
}

/**
 * Described in header
 */
status_t dmvpn_exchange_get_status(dmvpn_exchange_t *exchange)
{
	switch (exchange->error)
	{
		case 0:
			return SUCCESS;
		case ENOENT:
		case ESRCH:
			return NOT_FOUND;
		case EOPNOTSUPP:
			return NOT_SUPPORTED;
		default:
			return FAILED;
	}
}

/**
 * Described in header
 */
void dmvpn_exchange_log(dmvpn_exchange_t *exchange, const char *what)
{
	DBG1(DBG_KNL, "dmvpn: %s failed: %s%s%s%s", what,
		 strerror(exchange->error), *exchange->text ? " (" : "",
		 exchange->text, *exchange->text ? ")" : "");
}
