/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the commands do. Each returns the exit status, having said on stderr
 * why it is not 0.
 */
#ifndef DMVPNCTL_RUN_H
#define DMVPNCTL_RUN_H

#include "dmvpnctl/command.h"
#include "dmvpnctl/output.h"

/* show.c */
int show_dmvpn(const struct output *out, const struct args *args);
int show_nhrp(const struct output *out, const struct args *args);
int show_nhrp_brief(const struct output *out, const struct args *args);
int show_nhrp_summary(const struct output *out, const struct args *args);
int show_nhrp_multicast(const struct output *out, const struct args *args);
int show_nhrp_stats(const struct output *out, const struct args *args);
int show_nhs(const struct output *out, const struct args *args);
int show_group_map(const struct output *out, const struct args *args);
int show_traffic(const struct output *out, const struct args *args);
int show_session(const struct output *out, const struct args *args);
int show_isakmp(const struct output *out, const struct args *args);
int show_sa(const struct output *out, const struct args *args);
int show_interface(const struct output *out, const struct args *args);
/* Keep that device alone; -1, and said so, if there is none. NULL: all. */
int show_keep_device(struct model *m, const char *name);

/* clear.c */
int clear_nhrp(const struct output *out, const struct args *args);
int clear_shortcut(const struct output *out, const struct args *args);
int clear_session(const struct output *out, const struct args *args);
int clear_counters(const struct output *out, const struct args *args);

/* policy_map.c */
int policy_load(const struct output *out, const struct args *args);
int policy_list(const struct output *out, const struct args *args);
int policy_delete(const struct output *out, const struct args *args);
int show_policy_map(const struct output *out, const struct args *args);
int show_policy_interface(const struct output *out, const struct args *args);
int show_topology(const struct output *out, const struct args *args);
int show_multipoint(const struct output *out, const struct args *args);
int test_classify(const struct output *out, const struct args *args);

/* import_run.c */
int import_ios(const struct output *out, const struct args *args);

/* trace.c */
int trace(const struct output *out, const struct args *args);

/* capture.c */
int capture(const struct output *out, const struct args *args);

/* doctor.c */
int doctor(const struct output *out, const struct args *args);

/* monitor.c */
int monitor(const struct output *out, const struct args *args);

#endif
