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
	if (args->family)
		model_keep_family(m, args->family);
	if (!args->address_text)
		return 0;
	model_keep_overlay(m, &args->address);
	if (m->n_nhs || m->n_binding || m->n_shortcut)
		return 0;
	fprintf(stderr, "dmvpnctl: nhrpd knows nothing of %s\n",
		args->address_text);
	return -1;
}

/* What nhrpd knows, as far as it was asked for. */
static int read_nhrp(struct model *m, const struct args *args)
{
	int err = nhrp_read(m, true);

	return err ? err : keep_nhrp(m, args);
}

static int show_nhrp_view(const struct args *args,
			  void (*print)(FILE *f, const struct model *m))
{
	struct model m = { 0 };
	int err = read_nhrp(&m, args);

	if (!err)
		print(stdout, &m);
	model_free(&m);
	return err ? 1 : 0;
}

static int show_nhrp_detail(const struct args *args,
			    void (*print)(FILE *f, const struct model *m,
					  bool detail))
{
	struct model m = { 0 };
	int err = read_nhrp(&m, args);

	if (!err)
		print(stdout, &m, args->detail);
	model_free(&m);
	return err ? 1 : 0;
}

int show_nhrp(const struct output *out, const struct args *args)
{
	return show_nhrp_detail(args, out->nhrp);
}

int show_nhrp_brief(const struct output *out, const struct args *args)
{
	return show_nhrp_view(args, out->nhrp_brief);
}

int show_nhs(const struct output *out, const struct args *args)
{
	return show_nhrp_detail(args, out->nhs);
}

int show_nhrp_summary(const struct output *out, const struct args *args)
{
	return show_nhrp_view(args, out->nhrp_summary);
}

int show_nhrp_multicast(const struct output *out, const struct args *args)
{
	return show_nhrp_view(args, out->nhrp_multicast);
}

int show_nhrp_stats(const struct output *out, const struct args *args)
{
	return show_nhrp_view(args, out->nhrp_stats);
}

int show_traffic(const struct output *out, const struct args *args)
{
	return show_nhrp_detail(args, out->traffic);
}

int show_group_map(const struct output *out, const struct args *args)
{
	return show_nhrp_view(args, out->group_map);
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
	struct model m = { 0 };
	int err = read_kernel(&m);

	if (!err)
		err = keep_sessions(&m, args);
	if (!err)
		out->session(stdout, &m, args->detail);
	model_free(&m);
	return err ? 1 : 0;
}

int show_isakmp(const struct output *out, const struct args *args)
{
	return show_sessions(args, out->isakmp);
}

int show_sa(const struct output *out, const struct args *args)
{
	return show_sessions(args, out->sa);
}
