// SPDX-License-Identifier: GPL-2.0-or-later
/* This machine: what is installed, what runs, and how it forwards. */
#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dmvpnctl/client.h"
#include "dmvpnctl/doctor.h"
#include "dmvpnctl/route.h"
#include "dmvpnctl/tunnel.h"
#include "lib/genl.h"

#define LINE_LEN	128
#define MODULE_VERSION_FILE "/sys/module/dmvpn/version"
/* The first of 2025: no clock that is set is before it. */
#define CLOCK_MIN	1735689600

void check_rights(struct doctor *d)
{
	unsigned long long caps = 0;
	char line[LINE_LEN];
	FILE *f = fopen("/proc/self/status", "re");

	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "CapEff: %llx", &caps);
	if (f)
		fclose(f);
	if (!(caps & 1ull << CAP_NET_ADMIN))
		doctor_fail(d, "run it as root",
			    "CAP_NET_ADMIN is missing, which all of this needs");
	else
		doctor_fine(d, "CAP_NET_ADMIN is there");
}

/* The first word of a file, "" if there is none. */
static const char *read_word(const char *path, char word[static LINE_LEN])
{
	FILE *f = fopen(path, "re");

	word[0] = '\0';
	if (!f)
		return word;
	if (fgets(word, LINE_LEN, f))
		word[strcspn(word, "\n ")] = '\0';
	fclose(f);
	return word;
}

void check_module(struct doctor *d)
{
	char version[LINE_LEN];
	struct genl g = GENL_CLOSED;
	int err = genl_open(&g);

	genl_close(&g);
	if (err) {
		doctor_fail(d,
			    "modprobe dmvpn says why; if there is none for this kernel: make install-modules, or dkms status",
			    "the dmvpn module is not loaded, and cannot be");
		return;
	}
	read_word(MODULE_VERSION_FILE, version);
	if (strcmp(version, VERSION))
		doctor_warn(d,
			    "install both from one version, then modprobe -r dmvpn and modprobe dmvpn, which takes the devices with it",
			    "the module is of version %s, dmvpnctl of " VERSION,
			    *version ? version : "(none)");
	else
		doctor_fine(d, "loaded, version %s", version);
}

void check_iproute2(struct doctor *d)
{
	const char *dir = getenv("IP_LIB_DIR");
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/link_dmvpn.so",
		 dir ? dir : IPLIBDIR);
	if (access(path, R_OK))
		doctor_warn(d,
			    "install it (make install-iplink), or set IP_LIB_DIR to where it is",
			    "ip(8) cannot make devices of kind dmvpn: %s: %s",
			    path, strerror(errno));
	else
		doctor_fine(d, "%s", path);
}

void check_clock(struct doctor *d)
{
	time_t now = time(NULL);
	char text[LINE_LEN];
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(text, sizeof(text), "%F %T UTC", &tm);
	if (now < CLOCK_MIN)
		doctor_fail(d,
			    "set it before nhrpd and charon start (timedatectl, chrony): certificates are refused, and registrations may be taken for old ones",
			    "the clock is not set: %s", text);
	else
		doctor_fine(d, "%s", text);
}

/* ---- nhrpd ---- */

static void check_interface(struct doctor *d, const struct device *dev)
{
	const struct nhrp_if *i = model_nhrp_if(&d->m, dev->name);

	if (!i) {
		doctor_warn(d, "", "nhrpd has no interface %s", dev->name);
		doctor_advise(d,
			      "add \"interface %s { ... }\" to nhrpd.conf and reload nhrpd",
			      dev->name);
	} else if (!i->up) {
		doctor_fail(d, "", "nhrpd is not active on %s", dev->name);
		doctor_advise(d,
			      "it needs an address and to be up: ip addr add ADDRESS/LEN dev %s; ip link set %s up; else the journal of nhrpd says why",
			      dev->name, dev->name);
	}
}

void check_nhrpd(struct doctor *d)
{
	struct client c;
	const struct device *dev;
	int err = client_open(&c);

	client_close(&c);
	if (err == -ENOENT || err == -ECONNREFUSED) {
		doctor_fail(d,
			    "systemctl start nhrpd; journalctl -u nhrpd says why it ended; it has to run where the device is (nhrpd -N)",
			    "nhrpd does not run in this network namespace");
		return;
	}
	if (err || !d->m.nhrpd) {
		doctor_fail(d, "systemctl restart nhrpd",
			    "nhrpd does not answer at its control socket%s%s",
			    err ? ": " : "", err ? strerror(-err) : "");
		return;
	}
	model_for_each(dev, d->m.device, d->m.n_device)
		check_interface(d, dev);
	doctor_fine(d, "running, with %zu interface%s", d->m.n_nhrp_if,
		    d->m.n_nhrp_if == 1 ? "" : "s");
}

/* ---- sysctls ---- */

/* net.FAMILY.conf.DEV.NAME; -1 if there is none. */
static int sysctl_of(const char *family, const char *dev, const char *name)
{
	char path[PATH_MAX], word[LINE_LEN];

	snprintf(path, sizeof(path), "/proc/sys/net/%s/conf/%s/%s", family,
		 dev, name);
	return *read_word(path, word) ? atoi(word) : -1;
}

static void check_forwards(struct doctor *d, const struct device *dev,
			   const char *family, bool hub)
{
	if (sysctl_of(family, dev->name, "forwarding") != 0)
		return;
	if (hub)
		doctor_fail(d, "",
			    "net.%s.conf.%s.forwarding is 0: this hub passes nothing on from spoke to spoke",
			    family, dev->name);
	else
		doctor_warn(d, "",
			    "net.%s.conf.%s.forwarding is 0: networks behind this spoke are not reached",
			    family, dev->name);
	doctor_advise(d, "sysctl -w net.%s=1, and the same in /etc/sysctl.d",
		      strcmp(family, "ipv6") ? "ipv4.ip_forward" :
					       "ipv6.conf.all.forwarding");
}

static void check_redirects(struct doctor *d, const struct device *dev)
{
	if (sysctl_of("ipv4", "all", "send_redirects") != 1 &&
	    sysctl_of("ipv4", dev->name, "send_redirects") != 1)
		return;
	doctor_warn(d, "",
		    "this hub answers with ICMP redirects of its own on %s",
		    dev->name);
	doctor_advise(d,
		      "sysctl -w net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.%s.send_redirects=0",
		      dev->name);
}

void check_forwarding(struct doctor *d)
{
	const struct device *dev;
	bool hub;

	model_for_each(dev, d->m.device, d->m.n_device) {
		hub = !strncmp(tunnel_role(&d->m, dev), "Hub", 3);
		if (!addr_is_none(&dev->address))
			check_forwards(d, dev, "ipv4", hub);
		if (!addr_is_none(&dev->address6))
			check_forwards(d, dev, "ipv6", hub);
		if (hub && !addr_is_none(&dev->address))
			check_redirects(d, dev);
	}
	doctor_fine(d, "on");
}

static bool is_strict(const char *dev)
{
	int all = sysctl_of("ipv4", "all", "rp_filter");
	int one = sysctl_of("ipv4", dev, "rp_filter");

	/* The kernel takes the greater one. */
	return (all > one ? all : one) == 1;
}

static void strict(struct doctor *d, const char *dev, const char *what)
{
	doctor_warn(d, "", "rp_filter is strict on %s: %s", dev, what);
	doctor_advise(d,
		      "sysctl -w net.ipv4.conf.%s.rp_filter=2 (and conf.all, if that is 1)",
		      dev);
}

/* The device of the underlay by which the first peer is reached. */
static bool underlay_of(struct doctor *d, const struct device *dev,
			struct route *r)
{
	struct route_query query = {
		.ifindex = dev->underlay,
		.mark = dev->fwmark,
	};
	const struct peer *p;

	model_for_each(p, d->m.peer, d->m.n_peer)
		if (p->ifindex == dev->ifindex && p->remote.addr.len == 4)
			break;
	if (dev->elsewhere || !d->m.n_peer ||
	    p == d->m.peer + d->m.n_peer)
		return false;
	query.dst = p->remote.addr;
	return !route_get(&d->nl, &query, r) && !r->error;
}

void check_rp_filter(struct doctor *d)
{
	const struct device *dev;
	struct route r;

	model_for_each(dev, d->m.device, d->m.n_device) {
		if (is_strict(dev->name))
			strict(d, dev->name,
			       "packets from spokes are dropped while routes to them lead elsewhere, as when a shortcut comes or goes");
		if (underlay_of(d, dev, &r) && is_strict(r.ifname))
			strict(d, r.ifname,
			       "a peer that is reached through another uplink is not heard");
	}
	doctor_fine(d, "not strict");
}
