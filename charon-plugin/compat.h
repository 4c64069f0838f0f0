/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_compat compat
 * @{ @ingroup dmvpn
 *
 * Differences between the strongSwan releases the plugin is built for.
 * SS_VERNUM is major * 10000 + minor * 100 + patch, set by the Makefile.
 */

#ifndef DMVPN_COMPAT_H_
#define DMVPN_COMPAT_H_

#include <daemon.h>
#include <plugins/plugin.h>

#ifndef SS_VERNUM
#error "SS_VERNUM is not defined, build with the Makefile of this folder"
#endif

/* since 6.0.3 the loader compares a version symbol, which this macro defines */
#ifndef PLUGIN_DEFINE
#define PLUGIN_DEFINE(name) plugin_t *name##_plugin_create(void)
#endif

/**
 * Arguments of ike_sa_t.initiate() for a CHILD_SA that no packet triggered.
 */
#if SS_VERNUM >= 60002
#define COMPAT_CHILD_INIT_ARGS { .cpu = CPU_ID_MAX }
#else
#define COMPAT_CHILD_INIT_ARGS {}
#endif

/**
 * Feature of a backend that tells when SAs were used, which is not asked for in
 * releases before it was there.
 */
#if SS_VERNUM >= 60000
#define COMPAT_SA_USE_TIME KERNEL_SA_USE_TIME
#else
#define COMPAT_SA_USE_TIME 0
#endif

#endif /** DMVPN_COMPAT_H_ @}*/
