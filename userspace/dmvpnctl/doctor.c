// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dmvpnctl/doctor.h"
#include "dmvpnctl/kernel.h"
#include "dmvpnctl/nhrpd.h"
#include "dmvpnctl/run.h"

/* A hub may have a thousand sessions that fail for one reason. */
#define LINES_MAX 8

/**
 * struct check - one of them
 * @name: its name
 * @run: look, and say what is wrong
 * @vital: if something is wrong, there is no more to see
 */
struct check {
	const char *name;
	void (*run)(struct doctor *d);
	bool vital;
};

/* What comes first may be the reason of what comes later. */
static const struct check checks[] = {
	{ "rights", check_rights, true },
	{ "module", check_module, true },
	{ "iproute2", check_iproute2, false },
	{ "clock", check_clock, false },
	{ "nhrpd", check_nhrpd, false },
	{ "device", check_device, false },
	{ "address", check_address, false },
	{ "underlay", check_underlay, false },
	{ "overlay", check_overlay, false },
	{ "mtu", check_mtu, false },
	{ "forwarding", check_forwarding, false },
	{ "rp-filter", check_rp_filter, false },
	{ "charon", check_charon, false },
	{ "profile", check_profile, false },
	{ "certificate", check_certs, false },
	{ "ike-port", check_ports, false },
	{ "firewall", check_firewall, false },
	{ "session", check_sessions, false },
	{ "registration", check_registration, false },
	{ "shortcut", check_shortcuts, false },
	{ "qos", check_qos, false },
	{ "drops", check_drops, false },
};

/* ---- findings ---- */

static void add(struct doctor *d, enum finding_level level, const char *text,
		const char *advice)
{
	struct finding *f = model_add(d->v, d->n);

	f->check = d->check;
	f->level = level;
	snprintf(f->text, sizeof(f->text), "%s", text);
	snprintf(f->advice, sizeof(f->advice), "%s", advice);
}

static void say(struct doctor *d, enum finding_level level, const char *advice,
		const char *format, va_list args)
{
	char text[FINDING_TEXT];

	vsnprintf(text, sizeof(text), format, args);
	if (d->said++ < LINES_MAX)
		add(d, level, text, advice);
	else
		d->kept++;
}

void doctor_warn(struct doctor *d, const char *advice, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(d, FINDING_WARN, advice, format, args);
	va_end(args);
}

void doctor_fail(struct doctor *d, const char *advice, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(d, FINDING_FAIL, advice, format, args);
	va_end(args);
}

void doctor_advise(struct doctor *d, const char *format, ...)
{
	struct finding *f = &d->v[d->n - 1];
	va_list args;

	if (d->kept)
		return;
	va_start(args, format);
	vsnprintf(f->advice, sizeof(f->advice), format, args);
	va_end(args);
}

void doctor_fine(struct doctor *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(d->fine, sizeof(d->fine), format, args);
	va_end(args);
}

bool doctor_wants_ike(const struct doctor *d)
{
	const struct device *dev;

	model_for_each(dev, d->m.device, d->m.n_device)
		if (dev->profile[0])
			return true;
	return false;
}

const struct device *doctor_device(const struct doctor *d, const char *name)
{
	const struct device *dev;

	model_for_each(dev, d->m.device, d->m.n_device)
		if (!strcmp(dev->name, name))
			return dev;
	return NULL;
}

/* ---- running ---- */

static void run_check(struct doctor *d, const struct check *c)
{
	char more[FINDING_TEXT];

	d->check = c->name;
	d->said = 0;
	d->kept = 0;
	d->fine[0] = '\0';
	c->run(d);
	if (!d->said)
		add(d, FINDING_OK, d->fine[0] ? d->fine : "nothing is wrong",
		    "");
	if (!d->kept)
		return;
	snprintf(more, sizeof(more), "and %u more", d->kept);
	add(d, d->v[d->n - 1].level, more, "");
}

static bool has_failed(const struct doctor *d)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		if (d->v[i].level == FINDING_FAIL)
			return true;
	return false;
}

/* For who waits: drops are watched for a while, and charon may be slow. */
static void say_progress(const char *what)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\rlooking at %-16s", what);
}

static void end_progress(void)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%27s\r", "");
}

/* 0 if there is all that the other checks need. */
static int read_world(struct doctor *d)
{
	struct genl g = GENL_CLOSED;
	int err;

	if (netlink_open(&d->nl, NETLINK_ROUTE)) {
		fprintf(stderr, "dmvpnctl: %s\n", d->nl.error);
		return -1;
	}
	err = kernel_open(&g);
	if (!err)
		err = kernel_read(&g, &d->m);
	if (!err)
		err = kernel_list_policies(&g, &d->m);
	genl_close(&g);
	/* What is wrong with nhrpd is a finding. */
	if (!err)
		nhrp_read(&d->m, false);
	if (!err)
		err = show_keep_device(&d->m, d->dev);
	if (!err && doctor_wants_ike(d)) {
		say_progress("charon");
		vici_read(&d->vici);
	}
	return err;
}

int doctor(const struct output *out, const struct args *args)
{
	struct doctor d = { .nl = NETLINK_CLOSED, .dev = args->dev };
	bool seen = false;
	int err = 0, status;
	size_t i;

	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		if (!checks[i].vital && !seen) {
			seen = true;
			err = read_world(&d);
		}
		if (err)
			break;
		say_progress(checks[i].name);
		run_check(&d, &checks[i]);
		if (checks[i].vital && has_failed(&d))
			break;
	}
	end_progress();
	if (!err)
		out->doctor(stdout, d.v, d.n);
	status = err || has_failed(&d);
	netlink_close(&d.nl);
	vici_free(&d.vici);
	model_free(&d.m);
	free(d.v);
	return status;
}
