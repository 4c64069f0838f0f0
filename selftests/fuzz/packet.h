/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_PACKET_H
#define FUZZ_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A copy of a packet, to be freed; with @mend its length and checksum are right
 * if it has a header.
 */
uint8_t *packet_copy(const uint8_t *data, size_t len, bool mend);

#endif
