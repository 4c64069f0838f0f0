// SPDX-License-Identifier: GPL-2.0-or-later
#include "dmvpnctl/ometric.h"

#include <string.h>

/* ---- interfaces ---- */

/**
 * struct nhrp_metric - a number of an interface
 * @name: of the family
 * @help: of the family
 * @value: the number
 */
struct nhrp_metric {
	const char *name;
	const char *help;
	uint64_t (*value)(const struct nhrp_if *n);
};

#define NHRP_VALUE(what, expression) \
static uint64_t nhrp_##what(const struct nhrp_if *n) \
{ \
	return expression; \
}

NHRP_VALUE(up, n->up)
NHRP_VALUE(clients, n->registered)
NHRP_VALUE(bindings, n->cached)
NHRP_VALUE(shortcuts, n->shortcuts)
NHRP_VALUE(waiting, n->waiting)
NHRP_VALUE(percent, n->max_send_percent)

static const struct nhrp_metric nhrp_metrics[] = {
	{ "nhrp_up", "nhrpd works on the interface", nhrp_up },
	{ "nhrp_clients", "Clients registered here", nhrp_clients },
	{ "nhrp_bindings", "Overlay addresses known", nhrp_bindings },
	{ "nhrp_shortcuts", "Shortcuts in any state", nhrp_shortcuts },
	{ "nhrp_registrations_waiting",
	  "Registrations that wait for the authorizer", nhrp_waiting },
	{ "nhrp_max_send_percent", "How much of max-send is used",
	  nhrp_percent },
};

static void put_interfaces(FILE *f, const struct model *m)
{
	const struct nhrp_if *n;
	size_t i;

	for (i = 0; i < sizeof(nhrp_metrics) / sizeof(nhrp_metrics[0]); i++) {
		ometric_family(f, nhrp_metrics[i].name, false,
			       nhrp_metrics[i].help);
		model_for_each(n, m->nhrp_if, m->n_nhrp_if)
			ometric_sample(f, nhrp_metrics[i].name, false,
				       (struct label[]){
					{ "interface", n->interface },
					{ 0 } },
				       nhrp_metrics[i].value(n));
	}
}

/* ---- counters ---- */

static void put_counters(FILE *f, const char *family, const char *interface,
			 const char *label, const struct counters *c,
			 const char *direction)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		ometric_sample(f, family, true, (struct label[]){
			       { "interface", interface },
			       { label, c->v[i].name },
			       { direction ? "direction" : NULL, direction },
			       { 0 } }, c->v[i].value);
}

static void put_packets(FILE *f, const struct model *m)
{
	const struct nhrp_if *n;

	ometric_family(f, "nhrp_packets", true,
		       "NHRP packets, by type and direction");
	model_for_each(n, m->nhrp_if, m->n_nhrp_if) {
		put_counters(f, "nhrp_packets", n->interface, "type", &n->sent,
			     "sent");
		put_counters(f, "nhrp_packets", n->interface, "type",
			     &n->received, "received");
		put_counters(f, "nhrp_packets", n->interface, "type",
			     &n->forwarded, "forwarded");
	}
}

static void put_events(FILE *f, const struct model *m)
{
	const struct nhrp_if *n;

	ometric_family(f, "nhrp_drops", true,
		       "NHRP packets and events not acted on, by reason");
	model_for_each(n, m->nhrp_if, m->n_nhrp_if)
		put_counters(f, "nhrp_drops", n->interface, "reason",
			     &n->dropped, NULL);
	ometric_family(f, "nhrp_changes", true,
		       "Interfaces, peers, sessions and routes that came and went");
	model_for_each(n, m->nhrp_if, m->n_nhrp_if)
		put_counters(f, "nhrp_changes", n->interface, "change",
			     &n->changed, NULL);
	ometric_family(f, "nhrp_policy_changes", true,
		       "Policies of peers that came and went");
	model_for_each(n, m->nhrp_if, m->n_nhrp_if)
		put_counters(f, "nhrp_policy_changes", n->interface, "change",
			     &n->qos, NULL);
}

/* ---- servers ---- */

/* Where the address is not learnt yet, the NBMA address tells it apart. */
static void put_server(FILE *f, const char *family, bool counter,
		       const struct nhs *nhs, uint64_t value)
{
	char address[ADDR_TEXT], own[ADDR_TEXT], nbma[ADDR_TEXT];

	ometric_sample(f, family, counter, (struct label[]){
		       { "interface", nhs->interface },
		       { "server", addr_format(&nhs->address, address) },
		       { "nbma", nbma_format(&nhs->nbma, nbma) },
		       { "name", nhs->name },
		       { "own", addr_format(&nhs->own, own) },
		       { 0 } }, value);
}

static void put_servers(FILE *f, const struct model *m)
{
	const struct nhs *nhs;

	ometric_family(f, "nhrp_server_up", false, "Registered with it");
	model_for_each(nhs, m->nhs, m->n_nhs)
		put_server(f, "nhrp_server_up", false, nhs,
			   !strcmp(nhs->state, "up"));
	ometric_family(f, "nhrp_server_requests", true,
		       "Registrations sent to it");
	model_for_each(nhs, m->nhs, m->n_nhs)
		put_server(f, "nhrp_server_requests", true, nhs,
			   nhs->requests);
	ometric_family(f, "nhrp_server_refusals", true,
		       "Registrations that it refused");
	model_for_each(nhs, m->nhs, m->n_nhs)
		put_server(f, "nhrp_server_refusals", true, nhs, nhs->refused);
}

void ometric_nhrp(FILE *f, const struct model *m)
{
	ometric_family(f, "nhrpd_up", false, "nhrpd runs here");
	ometric_sample(f, "nhrpd_up", false, NULL, m->nhrpd);
	put_interfaces(f, m);
	put_packets(f, m);
	put_events(f, m);
	put_servers(f, m);
}
