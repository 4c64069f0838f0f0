/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the edges share: one nhrpd, in one network namespace.
 */
#ifndef NHRPD_DAEMON_H
#define NHRPD_DAEMON_H

#include "nhrpd/authorizer.h"
#include "nhrpd/conf.h"
#include "nhrpd/control.h"
#include "nhrpd/kernel_nl.h"
#include "nhrpd/loop.h"
#include "nhrpd/message.h"
#include "nhrpd/nhrp.h"
#include "nhrpd/resolver.h"

/**
 * struct daemon - the daemon
 * @loop: event loop
 * @nhrp: state layer
 * @kernel: netlink sockets and devices
 * @control: control socket
 * @resolver: names of servers
 * @authorizers: connections to who decides on registrations
 * @messages: events in the log
 * @conf: configuration in use
 * @conf_file: where it comes from
 * @tick: the state layer's deadline
 * @sigterm: stop
 * @sigint: stop
 * @sighup: read the configuration anew
 * @stopping: nhrp_stop was called
 */
struct daemon {
	struct loop loop;
	struct nhrp *nhrp;
	struct kernel_nl kernel;
	struct control control;
	struct resolver resolver;
	struct authorizers authorizers;
	struct messages messages;
	struct conf conf;
	const char *conf_file;
	struct watch tick;
	struct watch sigterm;
	struct watch sigint;
	struct watch sighup;
	bool stopping;
};

#endif
