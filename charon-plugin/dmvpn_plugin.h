/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn dmvpn
 * @ingroup cplugins
 *
 * @defgroup dmvpn_plugin dmvpn_plugin
 * @{ @ingroup dmvpn
 */

#ifndef DMVPN_PLUGIN_H_
#define DMVPN_PLUGIN_H_

#include <plugins/plugin.h>

typedef struct dmvpn_plugin_t dmvpn_plugin_t;

/**
 * IKE for the sessions of the dmvpn kernel module.
 */
struct dmvpn_plugin_t {

	/**
	 * Implements plugin interface.
	 */
	plugin_t plugin;
};

/**
 * Plugin constructor, called by the loader.
 *
 * @return			NULL if the daemon is of another release
 */
plugin_t *dmvpn_plugin_create(void);

#endif /** DMVPN_PLUGIN_H_ @}*/
