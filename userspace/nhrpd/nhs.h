/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which next hop servers are in use: whether they are there, who stands in for
 * one that is lost, and the way back to a better one.
 */
#ifndef NHRPD_NHS_H
#define NHRPD_NHS_H

#include "nhrpd/register.h"

/* A server that is tried has to answer in that time. */
#define NHS_CONNECT_MS	5000
/*
 * A lost server's session that still looks well is made anew when nothing has
 * come from it for that time: a server that has been restarted does not know it
 * any more.
 */
#define NHS_STALE_MS	10000

/* Milliseconds between probes that wait for an answer. */
uint64_t nhs_probe_gap(const struct iface *ifc);
/* And until they have all been in vain. */
uint64_t nhs_patience(const struct iface *ifc);
/* Hold the peers of those that are to be used, let go of the others. */
void nhs_select(struct iface *ifc);
/* It has just been begun with, or its session has ended. */
void nhs_expect(struct nhs *nhs, uint64_t ms);
/* One that has refused us has been asked again. */
void nhs_asked_again(struct nhs *nhs);
/* It has accepted our registration. */
void nhs_answered(struct nhs *nhs);
/* Probes or renewals were not answered for. */
void nhs_unanswered(struct nhs *nhs);
/* It cannot be used now, for the reason that its error says. */
void nhs_lost(struct nhs *nhs);
/* Milliseconds until it is returned to, UINT64_MAX if that is not so. */
uint64_t nhs_returns_in(const struct nhs *nhs);
/* For struct nhs::watch. */
void nhs_due(struct timer *t);

#endif
