// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "dmvpnctl/kernel.h"
#include "dmvpnctl/nhrpd.h"
#include "dmvpnctl/packet.h"
#include "dmvpnctl/run.h"
#include "nhrpd/config.h"

static void print_line(const char *line)
{
	fprintf(stderr, "%s\n", line);
}

/* ---- policy ---- */

int policy_load(const struct output *out, const struct args *args)
{
	struct genl g = GENL_CLOSED;
	struct conf conf;
	size_t i;
	int err;

	(void)out;
	if (config_read(args->name, &conf, print_line))
		return 1;
	err = kernel_open(&g);
	for (i = 0; !err && i < conf.policies.n; i++)
		err = kernel_set_policy(&g, &conf.policies.v[i]);
	if (err && i > 1)
		fprintf(stderr,
			"dmvpnctl: the policies that stand before it in %s are loaded\n",
			args->name);
	genl_close(&g);
	conf_free(&conf);
	return err ? 1 : 0;
}

int policy_delete(const struct output *out, const struct args *args)
{
	struct genl g = GENL_CLOSED;
	int err = kernel_open(&g);

	(void)out;
	if (!err)
		err = kernel_del_policy(&g, args->name);
	genl_close(&g);
	return err ? 1 : 0;
}

/* ---- show policy-map ---- */

/* The kernel's part, and what nhrpd knows of how it was written. */
static int read_policies(struct genl *g, struct model *m)
{
	int err = kernel_open(g);

	if (!err)
		err = kernel_read(g, m);
	if (!err)
		err = kernel_read_policies(g, m);
	return err ? err : nhrp_read(m, false);
}

static int keep_policy(struct model *m, const char *name)
{
	if (!name)
		return 0;
	model_keep_policy(m, name);
	if (m->n_policy)
		return 0;
	fprintf(stderr,
		"dmvpnctl: the kernel has no policy \"%s\": \"dmvpnctl policy list\" shows those that it has\n",
		name);
	return -1;
}

static int show(const char *name,
		int (*keep)(struct model *m, const char *name),
		void (*print)(FILE *f, const struct model *m))
{
	struct genl g = GENL_CLOSED;
	struct model m = { 0 };
	int err = read_policies(&g, &m);

	genl_close(&g);
	if (!err)
		err = keep(&m, name);
	if (!err)
		print(stdout, &m);
	model_free(&m);
	return err ? 1 : 0;
}

int policy_list(const struct output *out, const struct args *args)
{
	return show(args->name, keep_policy, out->policies);
}

int show_policy_map(const struct output *out, const struct args *args)
{
	return show(args->name, keep_policy, out->policy_map);
}

int show_policy_interface(const struct output *out, const struct args *args)
{
	return show(args->name, show_keep_device, out->policy_interface);
}

int show_multipoint(const struct output *out, const struct args *args)
{
	return show(args->name, show_keep_device, out->multipoint);
}

/* ---- show topology ---- */

/* With the queues, which know to what rate each peer is shaped. */
int show_topology(const struct output *out, const struct args *args)
{
	return show(args->dev, show_keep_device, out->topology);
}

/* ---- test classify ---- */

int test_classify(const struct output *out, const struct args *args)
{
	const struct class_state *class = NULL;
	struct kernel_result result = { 0 };
	uint8_t packet[PACKET_LEN];
	struct genl g = GENL_CLOSED;
	char error[PACKET_ERROR];
	struct model m = { 0 };
	size_t len = packet_build(&args->flow, packet, error);
	int err;

	if (!len) {
		fprintf(stderr, "dmvpnctl: test classify: %s\n", error);
		return 2;
	}
	err = read_policies(&g, &m);
	if (!err)
		err = kernel_test_policy(&g, args->name, packet, len, &result);
	if (!err)
		class = model_class(&m, args->name, result.index);
	if (class)
		out->classified(stdout, class, result.line);
	genl_close(&g);
	model_free(&m);
	return class ? 0 : 1;
}
