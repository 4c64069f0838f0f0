// SPDX-License-Identifier: GPL-2.0
#include "compat.h"

#ifdef DMVPN_HAVE_SPLIT_OPS
int dmvpn_genl_set_ops(struct genl_family *family,
		       const struct genl_split_ops *split, unsigned int n)
{
	family->split_ops = split;
	family->n_split_ops = n;
	return 0;
}
#else
static struct genl_ops merged_ops[64];

int dmvpn_genl_set_ops(struct genl_family *family,
		       const struct genl_split_ops *split, unsigned int n)
{
	struct genl_ops *op = NULL;
	unsigned int i, count = 0;

	for (i = 0; i < n; i++) {
		if (!op || op->cmd != split[i].cmd) {
			if (count == ARRAY_SIZE(merged_ops))
				return -ENOSPC;
			op = &merged_ops[count++];
			op->cmd = split[i].cmd;
			op->flags = split[i].flags & (GENL_ADMIN_PERM |
						      GENL_UNS_ADMIN_PERM);
		}
		if (split[i].doit)
			op->doit = split[i].doit;
		else
			op->dumpit = split[i].dumpit;
		if (split[i].policy) {
			op->policy = split[i].policy;
			op->maxattr = split[i].maxattr;
		}
	}
	family->ops = merged_ops;
	family->n_ops = count;
	return 0;
}
#endif
