// SPDX-License-Identifier: GPL-2.0-or-later
#include "dmvpnctl/kernel.h"
#include "dmvpnctl/nhrpd.h"
#include "dmvpnctl/run.h"

static int clear(const struct output *out, const struct args *args,
		 bool shortcuts)
{
	json_int_t n;

	/* "s*" leaves out what is NULL. */
	n = nhrp_command(json_pack("{ss, ss*, ss*, sb}", "command", "clear",
				   "interface", args->dev,
				   "address", args->address_text,
				   "shortcuts", shortcuts));
	if (n < 0)
		return 1;
	out->cleared(stdout, shortcuts ? "shortcuts" : "NHRP entries",
		     (unsigned int)n);
	return 0;
}

int clear_nhrp(const struct output *out, const struct args *args)
{
	return clear(out, args, false);
}

int clear_shortcut(const struct output *out, const struct args *args)
{
	return clear(out, args, true);
}

int clear_counters(const struct output *out, const struct args *args)
{
	(void)out;
	return nhrp_command(json_pack("{ss, ss*}", "command", "clear-counters",
				      "interface", args->dev)) < 0;
}

static int clear_sessions(struct genl *g, const struct model *m)
{
	size_t i;

	for (i = 0; i < m->n_session; i++)
		if (kernel_clear_session(g, m->session[i].handle))
			return -1;
	return 0;
}

int clear_session(const struct output *out, const struct args *args)
{
	struct genl g = GENL_CLOSED;
	struct model m = { 0 };
	int err = kernel_open(&g);

	if (!err)
		err = kernel_read(&g, &m);
	if (!err && args->address_text) {
		model_keep_session(&m, &args->address);
		if (!m.n_session) {
			fprintf(stderr, "dmvpnctl: no session with %s\n",
				args->address_text);
			err = -1;
		}
	}
	if (!err)
		err = clear_sessions(&g, &m);
	if (!err)
		out->cleared(stdout, "sessions", (unsigned int)m.n_session);
	model_free(&m);
	genl_close(&g);
	return err ? 1 : 0;
}
