// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * samples DIR: everything that dmvpnctl shows, of a node that has some of
 * everything, in each form: for checks by what reads it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/rtnetlink.h>

#include "dmvpnctl/import.h"
#include "dmvpnctl/output.h"
#include "sample.h"

typedef void (*view)(FILE *f, const struct model *m);
typedef void (*view_detail)(FILE *f, const struct model *m, bool detail);

static const char *dir;
static struct model m;

static FILE *create(const char *name, const char *extension)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.%s", dir, name, extension);
	f = fopen(path, "w");
	if (!f) {
		perror(path);
		exit(1);
	}
	return f;
}

static void finish(FILE *f)
{
	if (fclose(f)) {
		perror("samples");
		exit(1);
	}
}

static void print(const char *name, const char *extension, view v)
{
	FILE *f = create(name, extension);

	v(f, &m);
	finish(f);
}

static void print_detail(const char *name, const char *extension,
			 view_detail v, bool detail)
{
	FILE *f = create(name, extension);

	v(f, &m, detail);
	finish(f);
}

static void print_views(const char *ext, const struct output *out)
{
	print("nhrp-brief", ext, out->nhrp_brief);
	print("nhrp-summary", ext, out->nhrp_summary);
	print("nhrp-multicast", ext, out->nhrp_multicast);
	print("nhrp-stats", ext, out->nhrp_stats);
	print("nhrp-group-map", ext, out->group_map);
	print("crypto-isakmp-sa", ext, out->isakmp);
	print("crypto-ipsec-sa", ext, out->sa);
	print("interface", ext, out->interface);
	print("topology", ext, out->topology);
	print("policy-list", ext, out->policies);
	print("policy-map", ext, out->policy_map);
	print("policy-map-interface", ext, out->policy_interface);
	print("policy-map-multipoint", ext, out->multipoint);
}

static void print_details(const char *ext, const struct output *out)
{
	static const char *const suffix[] = { "", "-detail" };
	char name[64];
	int i;

	for (i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "dmvpn%s", suffix[i]);
		print_detail(name, ext, out->dmvpn, i);
		snprintf(name, sizeof(name), "nhrp%s", suffix[i]);
		print_detail(name, ext, out->nhrp, i);
		snprintf(name, sizeof(name), "nhrp-nhs%s", suffix[i]);
		print_detail(name, ext, out->nhs, i);
		snprintf(name, sizeof(name), "nhrp-traffic%s", suffix[i]);
		print_detail(name, ext, out->traffic, i);
		snprintf(name, sizeof(name), "crypto-session%s", suffix[i]);
		print_detail(name, ext, out->session, i);
	}
}

/* The way to each next hop: some are unknown, some have no session. */
static void print_trace(const struct nexthop *nh, size_t number)
{
	struct way w = {
		.dst = nh->address,
		.route = { .type = RTN_UNICAST, .protocol = RTPROT_KERNEL,
			   .ifindex = nh->ifindex },
	};
	char name[64];
	FILE *f;

	snprintf(name, sizeof(name), "trace-%zu", number);
	f = create(name, "json");
	if (way_to_peer(&w, &m))
		way_to_wire(&w, &m);
	json_output.trace(f, &w);
	finish(f);
}

static void print_traces(void)
{
	size_t i;

	for (i = 0; i < m.n_nexthop; i++)
		print_trace(&m.nexthop[i], i);
}

static void print_import(void)
{
	static const char text[] = "hostname R6\n"
				   "interface Tunnel0\n"
				   " ip address 192.168.1.6 255.255.255.0\n"
				   " tunnel source 6.6.6.6\n"
				   " tunnel mode gre multipoint\n"
				   " no such line\n";
	struct ios ios = { 0 };
	struct import import = { .from = "R6", .ios = &ios };
	FILE *f = create("import-ios", "json");

	ios_lex(&ios, text, sizeof(text) - 1);
	import.files = import_make(&ios, "DIR");
	json_output.imported(f, &import);
	import_files_end(import.files);
	ios_free(&ios);
	finish(f);
}

static void print_doctor(void)
{
	static const struct finding v[] = {
		{ .check = "clock", .level = FINDING_OK, .text = "it is set" },
		{ .check = "nhrpd", .level = FINDING_FAIL,
		  .text = "does not run", .advice = "start it" },
	};
	FILE *f = create("doctor", "json");

	json_output.doctor(f, v, sizeof(v) / sizeof(v[0]));
	finish(f);
}

static struct prefix prefix(const char *text)
{
	struct prefix p;

	if (prefix_parse(text, &p))
		abort();
	return p;
}

/* What is asked for with "ip", for one device, IPv4 peers, or one of them. */
static void print_narrowed(void)
{
	struct prefix all = prefix("0.0.0.0/0"), peer = prefix("8.8.8.8");

	model_keep_family(&m, AF_INET);
	print_detail("ip-nhrp", "txt", text_output.nhrp, false);
	print_detail("ip-nhrp-detail", "txt", text_output.nhrp, true);
	print("ip-nhrp-summary", "txt", text_output.nhrp_summary);
	model_keep_device(&m, "Tunnel0");
	print_detail("dmvpn-device", "txt", text_output.dmvpn, false);
	print("policy-map-interface-device", "txt",
	      text_output.policy_interface);
	model_keep_session(&m, &all);
	print("crypto-ipsec-sa-ipv4", "txt", text_output.sa);
	model_keep_session(&m, &peer);
	print_detail("crypto-session-peer", "txt", text_output.session, false);
	print_detail("crypto-session-peer-detail", "txt", text_output.session,
		     true);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: samples DIR\n");
		return 2;
	}
	dir = argv[1];
	m = sample_model();
	print_views("txt", &text_output);
	print_details("txt", &text_output);
	print_views("json", &json_output);
	print_details("json", &json_output);
	print_detail("dmvpn", "om", ometric_output.dmvpn, false);
	print("policy-map-interface", "om", ometric_output.policy_interface);
	print("policy-map-multipoint", "om", ometric_output.multipoint);
	print("topology", "dot", dot_output.topology);
	print_traces();
	print_doctor();
	print_import();
	print_narrowed();
	model_free(&m);
	return 0;
}
