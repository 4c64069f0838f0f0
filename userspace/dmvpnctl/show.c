// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "dmvpnctl/kernel.h"
#include "dmvpnctl/nhrpd.h"
#include "dmvpnctl/run.h"

static int read_kernel(struct model *m)
{
	struct genl g = GENL_CLOSED;
	int err = kernel_open(&g);

	if (!err)
		err = kernel_read(&g, m);
	genl_close(&g);
	return err;
}

int show_keep_device(struct model *m, const char *name)
{
	if (!name)
		return 0;
	model_keep_device(m, name);
	if (m->n_device)
		return 0;
	fprintf(stderr,
		"dmvpnctl: no dmvpn device \"%s\" here: \"ip link show type dmvpn\" shows them\n",
		name);
	return -1;
}

/* The kernel's part, and nhrpd's as far as there is one. */
static int read_all(struct model *m, const struct args *args)
{
	if (read_kernel(m) || nhrp_read(m, false) ||
	    show_keep_device(m, args->dev))
		return -1;
	if (!m->nhrpd)
		fprintf(stderr,
			"dmvpnctl: nhrpd does not run here: only what the kernel knows\n");
	return 0;
}

int show_dmvpn(const struct output *out, const struct args *args)
{
	struct model m = { 0 };
	int err = read_all(&m, args);

	if (!err)
		out->dmvpn(stdout, &m, args->detail);
	model_free(&m);
	return err ? 1 : 0;
}

int show_interface(const struct output *out, const struct args *args)
{
	struct model m = { 0 };
	int err = read_all(&m, args);

	if (!err)
		out->interface(stdout, &m);
	model_free(&m);
	return err ? 1 : 0;
}

static int keep_nhrp(struct model *m, const struct args *args)
{
	if (args->dev && !model_nhrp_if(m, args->dev)) {
		fprintf(stderr,
			"dmvpnctl: nhrpd has no interface \"%s\": nhrpd.conf names those it has\n",
			args->dev);
		return -1;
	}
	if (args->dev)
		model_keep_device(m, args->dev);
	if (!args->address_text)
		return 0;
	model_keep_overlay(m, &args->address);
	if (m->n_nhs || m->n_binding || m->n_shortcut)
		return 0;
	fprintf(stderr, "dmvpnctl: nhrpd knows nothing of %s\n",
		args->address_text);
	return -1;
}

static int show_of_nhrp(const struct output *out, const struct args *args,
			bool servers_only)
{
	struct model m = { 0 };
	int err = nhrp_read(&m, true);

	if (servers_only) {
		m.n_binding = 0;
		m.n_shortcut = 0;
	}
	if (!err)
		err = keep_nhrp(&m, args);
	if (!err)
		out->nhrp(stdout, &m);
	model_free(&m);
	return err ? 1 : 0;
}

int show_nhrp(const struct output *out, const struct args *args)
{
	return show_of_nhrp(out, args, false);
}

int show_nhs(const struct output *out, const struct args *args)
{
	return show_of_nhrp(out, args, true);
}

/* What is said of each interface. */
static int show_by_interface(const struct args *args,
			     void (*print)(FILE *f, const struct model *m))
{
	struct model m = { 0 };
	int err = nhrp_read(&m, true);

	if (!err)
		err = keep_nhrp(&m, args);
	if (!err)
		print(stdout, &m);
	model_free(&m);
	return err ? 1 : 0;
}

int show_traffic(const struct output *out, const struct args *args)
{
	return show_by_interface(args, out->traffic);
}

int show_group_map(const struct output *out, const struct args *args)
{
	return show_by_interface(args, out->group_map);
}

static int keep_sessions(struct model *m, const struct args *args)
{
	if (!args->address_text)
		return 0;
	model_keep_session(m, &args->address);
	if (m->n_session)
		return 0;
	fprintf(stderr, "dmvpnctl: no session with %s\n", args->address_text);
	return -1;
}

static int show_sessions(const struct args *args,
			 void (*print)(FILE *f, const struct model *m))
{
	struct model m = { 0 };
	int err = read_kernel(&m);

	if (!err)
		err = keep_sessions(&m, args);
	if (!err)
		print(stdout, &m);
	model_free(&m);
	return err ? 1 : 0;
}

int show_session(const struct output *out, const struct args *args)
{
	return show_sessions(args, out->session);
}

int show_isakmp(const struct output *out, const struct args *args)
{
	return show_sessions(args, out->isakmp);
}

int show_sa(const struct output *out, const struct args *args)
{
	return show_sessions(args, out->sa);
}
