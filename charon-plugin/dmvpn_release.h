/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_release dmvpn_release
 * @{ @ingroup dmvpn
 */

#ifndef DMVPN_RELEASE_H_
#define DMVPN_RELEASE_H_

#include <library.h>

/**
 * May what was built from the headers of a release be run in this daemon?
 *
 * Objects are structs of function pointers that change from release to
 * release, so with others calls would end up in wrong functions. This uses
 * nothing of the daemon.
 *
 * @param release	SS_VERNUM of the headers
 * @return			FALSE if the daemon is of another release
 */
bool dmvpn_release_fits(u_int release);

#endif /** DMVPN_RELEASE_H_ @}*/
