// SPDX-License-Identifier: GPL-2.0-or-later
/* Counters of what was dropped, which should stand still. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dmvpnctl/doctor.h"
#include "dmvpnctl/kernel.h"
#include "dmvpnctl/names.h"
#include "dmvpnctl/nhrpd.h"

#define WATCH_SECONDS 1

static const char *const advices[DMVPN_A_DROPS_MAX + 1] = {
	[DMVPN_A_DROPS_TX_MALFORMED] =
		"packets shorter than their own header: find who sends them (tcpdump -ni DEV)",
	[DMVPN_A_DROPS_TX_PROTOCOL] =
		"neither IP nor MPLS nor NHRP: find who sends them (tcpdump -ni DEV)",
	[DMVPN_A_DROPS_TX_NO_NEXTHOP] =
		"dmvpnctl trace ADDRESS: has that spoke registered, is that next hop right?",
	[DMVPN_A_DROPS_TX_NEGATIVE] =
		"the server does not know that next hop: dmvpnctl trace ADDRESS",
	[DMVPN_A_DROPS_TX_NO_PEER] =
		"multicast that nobody takes: multicast or multicast-dynamic in nhrpd.conf",
	[DMVPN_A_DROPS_TX_NO_SA] =
		"the session went down: see session above",
	[DMVPN_A_DROPS_TX_PENDING] =
		"there is no session yet: see session above",
	[DMVPN_A_DROPS_TX_NO_ROUTE] =
		"no route to an NBMA address: dmvpnctl trace ADDRESS, ip route get NBMA-ADDRESS",
	[DMVPN_A_DROPS_TX_TOO_BIG] =
		"senders are told by ICMP: see mtu above if they do not listen",
	[DMVPN_A_DROPS_TX_NO_MEMORY] = "the machine has no memory: free, dmesg",
	[DMVPN_A_DROPS_TX_CRYPTO] =
		"the cipher fails or is too slow: dmesg, /proc/crypto; max_in_cipher",
	[DMVPN_A_DROPS_TX_EXPIRED] =
		"SAs are not renewed: is charon running, and rekey_time shorter than life_time?",
	[DMVPN_A_DROPS_TX_LOOP] =
		"the way to an NBMA address leads into the tunnel: see underlay above",
	[DMVPN_A_DROPS_TX_MCAST_RATE] =
		"find the source of so much multicast, or raise mcast-rate of the device",
	[DMVPN_A_DROPS_RX_CLEAR] =
		"a peer has no protection and sends in clear: tcpdump -ni UNDERLAY proto gre",
	[DMVPN_A_DROPS_RX_MALFORMED] =
		"a peer sends broken GRE: dmvpnctl show crypto sa tells which",
	[DMVPN_A_DROPS_RX_PROTOCOL] =
		"a peer sends something else than IP, MPLS and NHRP in GRE",
	[DMVPN_A_DROPS_RX_ECN] =
		"a router of the underlay, or a peer, breaks ECN",
	[DMVPN_A_DROPS_RX_NO_NHRP] =
		"nhrpd does not run, or has no interface of that name: see nhrpd above",
	[DMVPN_A_DROPS_RX_NO_MEMORY] = "the machine has no memory: free, dmesg",
	[DMVPN_A_DROPS_RX_CONNTRACK] =
		"is the table of connection tracking full? net.netfilter.nf_conntrack_max",
	[DMVPN_A_DROPS_RX_SOURCE] =
		"a spoke sends for an address that is another's, or routes differ between the ends",
	[DMVPN_A_DROPS_RX_CHECKSUM] = "the path damages packets",
	[DMVPN_A_DROPS_RX_NHRP_RATE] =
		"a node floods this one with NHRP: dmvpnctl capture; nhrp-rate of the device",
};

static void check_of_device(struct doctor *d, const struct device *before,
			    const struct device *now)
{
	uint64_t more;
	unsigned int i;

	for (i = 0; i <= DMVPN_A_DROPS_MAX; i++) {
		more = now->drops[i] - before->drops[i];
		if (!drop_name(i) || !more)
			continue;
		doctor_warn(d, advices[i],
			    "%s: %s grew by %" PRIu64 " while this ran, to %" PRIu64,
			    now->name, drop_name(i), more, now->drops[i]);
	}
}

static void check_of_sa(struct doctor *d, const struct sa *before,
			const struct sa *now)
{
	char text[ADDR_TEXT];

	nbma_format(&now->remote, text);
	if (now->auth_failed > before->auth_failed)
		doctor_warn(d,
			    "somebody forges packets, or the path damages them",
			    "from %s: packets whose ICV is wrong: %" PRIu64,
			    text, now->auth_failed);
	if (now->replayed > before->replayed)
		doctor_warn(d,
			    "a queue behind the encryption reorders: raise replay_window in strongswan.d/charon/dmvpn.conf",
			    "from %s: packets that came late or twice: %" PRIu64,
			    text, now->replayed);
	if (now->malformed > before->malformed)
		doctor_warn(d, "are the GRE keys of both devices the same?",
			    "from %s: not GRE for a device here: %" PRIu64,
			    text, now->malformed);
}

/* Of nhrpd those that are somebody's fault; the others are everyday life. */
static const char *nhrp_advice(const char *name)
{
	static const struct {
		const char *name;
		const char *advice;
	} faults[] = {
		{ "authentication",
		  "a node has another authentication in its nhrpd.conf; the journal of nhrpd tells which" },
		{ "authentication-spi",
		  "a node uses an authentication-key that nhrpd.conf has not; the journal of nhrpd tells which" },
		{ "authentication-hash",
		  "a node has another secret for that authentication-key; the journal of nhrpd tells which" },
		{ "malformed",
		  "a node sends broken NHRP: dmvpnctl capture, and Wireshark" },
		{ "checksum",
		  "a node sends broken NHRP: dmvpnctl capture, and Wireshark" },
		{ "unsupported",
		  "a node speaks another NHRP: dmvpnctl capture, and Wireshark" },
		{ "rate",
		  "max-send-packets of nhrpd.conf is too low for so many nodes, packets go round in circles, or a node sends far too many" },
		{ "limit",
		  "a table is full: cache-limit and its like in nhrpd.conf" },
	};
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (!strcmp(faults[i].name, name))
			return faults[i].advice;
	return NULL;
}

static void check_of_nhrp(struct doctor *d, const struct nhrp_if *before,
			  const struct nhrp_if *now)
{
	const struct counter *c;
	const char *advice;
	uint64_t had;

	model_for_each(c, now->dropped.v, now->dropped.n) {
		advice = nhrp_advice(c->name);
		had = counters_value(&before->dropped, c->name);
		if (advice && c->value > had)
			doctor_warn(d, advice,
				    "%s: nhrpd dropped %" PRIu64
				    " packets while this ran: %s",
				    now->interface, c->value - had, c->name);
	}
}

static void check_all(struct doctor *d, const struct model *later)
{
	const struct device *dev, *now;
	const struct nhrp_if *i, *nhrp;
	const struct sa *sa, *other;

	model_for_each(dev, d->m.device, d->m.n_device) {
		now = model_device(later, dev->ifindex);
		if (now)
			check_of_device(d, dev, now);
	}
	model_for_each(sa, d->m.sa, d->m.n_sa) {
		other = model_sa(later, sa->session, sa->dir, sa->spi);
		if (other)
			check_of_sa(d, sa, other);
	}
	model_for_each(i, d->m.nhrp_if, d->m.n_nhrp_if) {
		nhrp = model_nhrp_if(later, i->interface);
		if (nhrp)
			check_of_nhrp(d, i, nhrp);
	}
}

void check_drops(struct doctor *d)
{
	struct genl g = GENL_CLOSED;
	struct model later = { 0 };

	sleep(WATCH_SECONDS);
	if (!kernel_open(&g) && !kernel_read(&g, &later) &&
	    (!d->m.nhrpd || !nhrp_read(&later, false)))
		check_all(d, &later);
	genl_close(&g);
	model_free(&later);
	doctor_fine(d, "none while this ran");
}
