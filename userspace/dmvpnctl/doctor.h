/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks of what usually goes wrong. Each says what it found, and what to do
 * about it.
 */
#ifndef DMVPNCTL_DOCTOR_H
#define DMVPNCTL_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "dmvpnctl/model.h"
#include "dmvpnctl/vici.h"
#include "lib/netlink.h"

#define FINDING_TEXT	400

/**
 * enum finding_level - how bad it is
 * @FINDING_OK: not at all
 * @FINDING_WARN: something may not work, or not well
 * @FINDING_FAIL: something does not work
 */
enum finding_level {
	FINDING_OK,
	FINDING_WARN,
	FINDING_FAIL,
};

/**
 * struct finding - what a check says
 * @check: its name
 * @level: how bad it is
 * @text: what was found
 * @advice: what to do, or ""
 */
struct finding {
	const char *check;
	enum finding_level level;
	char text[FINDING_TEXT];
	char advice[FINDING_TEXT];
};

/**
 * struct doctor - the checks at work
 * @m: what the kernel and nhrpd know
 * @nl: rtnetlink
 * @vici: charon, as far as it answers
 * @dev: the only device to look at, or NULL
 * @check: name of the check that runs
 * @fine: what it says if it finds nothing
 * @said: lines that it has said
 * @kept: those that were too many to be printed
 * @v: array of @n findings
 * @n: their number
 */
struct doctor {
	struct model m;
	struct netlink nl;
	struct vici_status vici;
	const char *dev;
	const char *check;
	char fine[FINDING_TEXT];
	unsigned int said;
	unsigned int kept;
	struct finding *v;
	size_t n;
};

/* A problem: @advice says what to do, the rest what was found. */
void doctor_warn(struct doctor *d, const char *advice, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void doctor_fail(struct doctor *d, const char *advice, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The advice of the last problem, where it has words of its own. */
void doctor_advise(struct doctor *d, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* What is said if there is no problem. */
void doctor_fine(struct doctor *d, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Some device is protected, so that IKE is needed. */
bool doctor_wants_ike(const struct doctor *d);

/* A device that is looked at, or NULL. */
const struct device *doctor_device(const struct doctor *d, const char *name);

/* doctor_host.c */
void check_rights(struct doctor *d);
void check_module(struct doctor *d);
void check_iproute2(struct doctor *d);
void check_clock(struct doctor *d);
void check_nhrpd(struct doctor *d);
void check_forwarding(struct doctor *d);
void check_rp_filter(struct doctor *d);

/* doctor_net.c */
void check_device(struct doctor *d);
void check_address(struct doctor *d);
void check_mtu(struct doctor *d);

/* doctor_route.c */
void check_underlay(struct doctor *d);
void check_overlay(struct doctor *d);

/* doctor_nhs.c */
void check_registration(struct doctor *d);
void check_shortcuts(struct doctor *d);

/* doctor_ike.c */
void check_charon(struct doctor *d);
void check_profile(struct doctor *d);
void check_ports(struct doctor *d);
void check_sessions(struct doctor *d);

/* doctor_cert.c */
void check_certs(struct doctor *d);

/* doctor_firewall.c */
void check_firewall(struct doctor *d);

/* doctor_qos.c */
void check_qos(struct doctor *d);

/* doctor_drops.c */
void check_drops(struct doctor *d);

#endif
