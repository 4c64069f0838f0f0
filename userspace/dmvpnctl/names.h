/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words for the kernel's numbers, as Documentation/netlink/specs/dmvpn.yaml
 * has them, and times as operators read them.
 */
#ifndef DMVPNCTL_NAMES_H
#define DMVPNCTL_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dmvpnctl/model.h"

#define TIME_TEXT	32
#define TRANSFORM_TEXT	128
#define FLAGS_TEXT	64

/**
 * struct flag_names - words for the bits of a mask
 * @name: of bit 0, 1 ...
 * @n: their number
 */
struct flag_names {
	const char *const *name;
	size_t n;
};

extern const struct flag_names session_flag_names;
extern const struct flag_names peer_flag_names;
extern const struct flag_names nexthop_flag_names;

/* Words with blanks between them, "" for none. Returns @buf. */
const char *flags_format(const struct flag_names *names, uint32_t flags,
			 char buf[static FLAGS_TEXT]);
/* The bit of a word, 0 for an unknown one. */
uint32_t flag_parse(const struct flag_names *names, const char *word);

/* "unknown" for a number that is none of the enum. */
const char *session_state_name(uint32_t state);
const char *sa_dir_name(uint32_t dir);
const char *sa_mode_name(uint32_t mode);
const char *nexthop_state_name(uint32_t state);
const char *nexthop_kind_name(uint32_t kind);
/* Of a notification without its "-ntf", as "session-del"; NULL for none. */
const char *event_name(uint32_t cmd);
/* Of DMVPN_A_DROPS_*; NULL for none. */
const char *drop_name(unsigned int attr);

/* Of RTN_*. */
const char *route_type_name(unsigned int type);
/* Of RTPROT_*, or the number. Returns @buf. */
const char *route_protocol_name(unsigned int protocol,
				char buf[static WORD_LEN]);
/* Of enum finding_level. */
const char *finding_level_name(unsigned int level);

/* "00:01:40", "2d03h", "5w1d", "never". Returns @buf. */
const char *time_format(uint64_t ms, char buf[static TIME_TEXT]);
/* "esp-aes esp-sha-hmac". Returns @buf. */
const char *transform_format(const struct sa *sa,
			     char buf[static TRANSFORM_TEXT]);
/* Bytes of the IV. */
unsigned int iv_size(const struct sa *sa);
/* What is left of a lifetime that has an end. */
uint64_t sa_kilobytes_left(const struct sa *sa);
uint64_t sa_seconds_left(const struct sa *sa);
/*
 * Bytes in the underlay of an inner packet of @inner bytes, with a GRE key or
 * without. 0 without an SA, or if @inner is 0.
 */
unsigned int sa_packet_size(const struct sa *sa, unsigned int inner,
			    bool has_key);

#endif
