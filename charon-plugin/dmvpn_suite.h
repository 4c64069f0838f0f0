/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_suite dmvpn_suite
 * @{ @ingroup dmvpn
 */

#ifndef DMVPN_SUITE_H_
#define DMVPN_SUITE_H_

#include "dmvpn_types.h"

#include <kernel/kernel_ipsec.h>

/**
 * Fill in the kernel's names of an SA's cipher and integrity algorithm, and the
 * length of its ICV.
 *
 * @param data		SA as charon describes it
 * @param sa		gets them
 * @return			FALSE if the module does not have them, which is logged
 */
bool dmvpn_suite_get(kernel_ipsec_add_sa_t *data, dmvpn_sa_t *sa);

#endif /** DMVPN_SUITE_H_ @}*/
