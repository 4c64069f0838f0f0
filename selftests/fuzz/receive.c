// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A member of the cloud sends a hub and a spoke what it likes. Neither
 * forgets where the other is, whatever they are told.
 *
 * The bytes are packets: how it is sent, two bytes of length, the packet.
 */
#include <string.h>

#include "cloud.h"
#include "fuzz.h"
#include "packet.h"

#define TO_SPOKE	0x01
#define MEND		0x02
#define IN_CLEAR	0x04
#define TIME(how)	((how) >> 3 & 3)

static const unsigned int times_ms[] = { 0, 10, 3000, 100000 };

static void check(struct cloud *c)
{
	must(!strcmp(fake_leads_to(&c->hub, "192.168.1.7"), "7.7.7.7"));
	must(!strcmp(fake_leads_to(&c->hub, "2001:db8::7"), "7.7.7.7"));
	must(!strcmp(fake_leads_to(&c->hub, "fe80::7"), "7.7.7.7"));
	must(!strcmp(fake_leads_to(&c->spoke, "192.168.1.1"), "1.1.1.1"));
	must(!strcmp(fake_leads_to(&c->spoke, "fe80::1"), "1.1.1.1"));
	must(unit_nhs(&c->spoke) == NHRP_NHS_UP);
}

static void send_to(struct fake_kernel *k, unsigned int how,
		    const uint8_t *data, size_t len)
{
	struct nbma from = { .addr = fake_addr("6.6.6.6") };
	const struct fake_session *s = fake_session_find(k, &from);
	uint8_t *packet = packet_copy(data, len, how & MEND);
	struct nhrp_frame frame = {
		.ifindex = FAKE_DMVPN,
		.remote = from,
		.session = s && !(how & IN_CLEAR) ? s->handle : 0,
		.data = packet,
		.len = len,
	};

	nhrp_frame(k->nhrp, k->net->now, &frame);
	free(packet);
}

/* Returns how many bytes it took. */
static size_t one(struct cloud *c, const uint8_t *data, size_t len)
{
	struct fake_kernel *k = data[0] & TO_SPOKE ? &c->spoke : &c->hub;
	size_t size = (size_t)data[1] << 8 | data[2];

	if (size > len - 3)
		size = len - 3;
	send_to(k, data[0], data + 3, size);
	fake_net_run(&c->net, times_ms[TIME(data[0])]);
	unit_flush(&c->hub);
	unit_flush(&c->spoke);
	fake_forget(&c->hub);
	fake_forget(&c->spoke);
	check(c);
	return 3 + size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct cloud *c = fake_make(sizeof(*c));
	size_t at = 0;

	cloud_start(c);
	check(c);
	while (len - at >= 3)
		at += one(c, data + at, len - at);
	cloud_end(c);
	free(c);
	return 0;
}
