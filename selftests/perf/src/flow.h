/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A flow between two namespaces. */
#ifndef PERF_FLOW_H
#define PERF_FLOW_H

#include <netinet/in.h>

/**
 * struct flow - what flows where
 * @from: namespace of the sender
 * @to: namespace of the receiver
 * @src: its address, any port
 * @dst: where to
 * @size: UDP: bytes of one datagram; TCP: bytes of all
 * @count: datagrams
 * @spread: destinations; the sender picks one of so many addresses from @dst on
 *	for each datagram. Of two senders the second one's lies so far beyond
 * @blind: device of @to behind which nothing arrives, or NULL
 */
struct flow {
	const char *from;
	const char *to;
	struct sockaddr_in src;
	struct sockaddr_in dst;
	unsigned long size;
	unsigned long count;
	unsigned long spread;
	const char *blind;
};

/* A socket in a namespace, bound to an address. */
int flow_socket(const char *ns, const struct sockaddr_in *addr, int type);
/* Memory that a child shares, zeroed. */
void *flow_share(size_t size);

void flow_sweep(const struct flow *f);
void flow_batches(const struct flow *f);
void flow_stream(const struct flow *f);
void flow_tcp(const struct flow *f);
void flow_sender(const struct flow *f);
void flow_senders(const struct flow *f);

#endif
