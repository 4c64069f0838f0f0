/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sessions as kernels have them, each its own half, and an IKE between them.
 */
#ifndef UNIT_FAKE_SESSION_H
#define UNIT_FAKE_SESSION_H

#include "fake_net.h"

/**
 * struct fake_session - one end of a session
 * @node: in the net's table, by handle
 * @remote_node: in the kernel's table, by NBMA address
 * @k: kernel that has it
 * @remote: other end
 * @handle: its number
 * @state: enum dmvpn_session_state
 * @peers: that take part
 * @identity: of the other end, NULL while IKE has not told
 * @other: half at the other end, NULL while there is none
 * @backoff: ms until it is asked for again
 * @timer: end of IKE's attempt, next one, or end of the session
 */
struct fake_session {
	struct hash_node node;
	struct hash_node remote_node;
	struct fake_kernel *k;
	struct nbma remote;
	uint32_t handle;
	uint32_t state;
	unsigned int peers;
	const char *identity;
	struct fake_session *other;
	uint32_t backoff;
	struct timer timer;
};

/* Port 0 finds the one with that address, whatever its port. */
struct fake_session *fake_session_find(const struct fake_kernel *k,
				       const struct nbma *remote);
struct fake_session *fake_session_by_handle(const struct fake_net *net,
					    uint32_t handle);
/* Made if there is none. */
struct fake_session *fake_session_get(struct fake_kernel *k,
				      const struct nbma *remote);
/* A peer takes part, or no longer does. */
void fake_session_attach(struct fake_session *s);
void fake_session_detach(struct fake_session *s);
/* A packet, or a peer, wants it. */
void fake_session_acquire(struct fake_session *s);
/* By order of the daemon: IKE tells the other end. */
void fake_session_delete(struct fake_session *s);
/* The two ends part without a word, and see it later. */
void fake_session_lose(struct fake_session *s);
/* Packets that go in come out at the other end. */
bool fake_session_carries(const struct fake_session *s);
/* The session with @remote changes its state by itself, at both ends. */
void fake_session_state(struct fake_kernel *k, const char *remote,
			uint32_t state);
/* The one at @remote is @identity, as IKE tells now. */
void fake_session_identity(struct fake_kernel *k, const char *remote,
			   const char *identity);
/* It was deleted and made anew, and has another number. */
void fake_session_renew(struct fake_session *s);
/* A NAT gave the node another port: its peers see it there. */
void fake_session_rebind(struct fake_kernel *k, const struct nbma *outside);
/* Forget all, without a word to the other ends: it has lost its memory. */
void fake_session_forget(struct fake_kernel *k);
/* What was to be told to the daemon goes with it. */
void fake_session_silence(struct fake_kernel *k);

#endif
