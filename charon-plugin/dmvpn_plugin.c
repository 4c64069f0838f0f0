/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdlib.h>

#include "compat.h"
#include "dmvpn_plugin.h"
#include "dmvpn_attempts.h"
#include "dmvpn_genl.h"
#include "dmvpn_handler.h"
#include "dmvpn_index.h"
#include "dmvpn_initiate.h"
#include "dmvpn_ipsec.h"
#include "dmvpn_listener.h"
#include "dmvpn_release.h"
#include "dmvpn_reports.h"
#include "dmvpn_sad.h"
#include "dmvpn_takeover.h"

typedef struct private_dmvpn_plugin_t private_dmvpn_plugin_t;

/**
 * Private data of a dmvpn_plugin_t object.
 */
struct private_dmvpn_plugin_t {

	/**
	 * Public dmvpn_plugin_t interface.
	 */
	dmvpn_plugin_t public;

	/**
	 * Number of charon's life, kept with each SA
	 */
	uint32_t owner;

	/**
	 * Kernel
	 */
	dmvpn_genl_t *genl;

	/**
	 * SAs that charon has in the module
	 */
	dmvpn_sad_t *sad;

	/**
	 * IPsec backend, NULL while it is not in use
	 */
	dmvpn_ipsec_t *ipsec;

	/**
	 * IKE_SAs under way
	 */
	dmvpn_attempts_t *attempts;

	/**
	 * What the kernel is to be told
	 */
	dmvpn_reports_t *reports;

	/**
	 * All IKE_SAs
	 */
	dmvpn_index_t *index;

	/**
	 * Brings IKE_SAs up and down
	 */
	dmvpn_initiate_t *initiate;

	/**
	 * Tells the kernel what becomes of IKE_SAs
	 */
	dmvpn_listener_t *listener;

	/**
	 * Takes over what is in the kernel
	 */
	dmvpn_takeover_t *takeover;

	/**
	 * Does what the kernel's events ask for
	 */
	dmvpn_handler_t *handler;
};

/**
 * The plugin: the constructor of a backend has no arguments
 */
static private_dmvpn_plugin_t *plugin;

/**
 * Constructor of the IPsec backend
 */
static kernel_ipsec_t *create_ipsec(void)
{
	plugin->ipsec = dmvpn_ipsec_create(plugin->genl, plugin->sad,
									   plugin->owner);
	return &plugin->ipsec->interface;
}

/**
 * Start to serve the kernel
 */
static void start(private_dmvpn_plugin_t *this)
{
	this->attempts = dmvpn_attempts_create();
	this->reports = dmvpn_reports_create(this->genl);
	this->index = dmvpn_index_create();
	this->initiate = dmvpn_initiate_create(this->genl, this->attempts,
										   this->reports, this->index);
	this->ipsec->set_initiate(this->ipsec, this->initiate);
	this->listener = dmvpn_listener_create(this->genl, this->sad,
										   this->attempts, this->reports,
										   this->index, this->initiate);
	this->takeover = dmvpn_takeover_create(this->genl, this->initiate,
										   this->owner);
	this->handler = dmvpn_handler_create(this->genl, this->sad,
										 this->initiate, this->takeover);
	charon->bus->add_listener(charon->bus, &this->listener->listener);
	this->genl->set_handler(this->genl, &this->handler->interface);
	this->takeover->run(this->takeover);
}

/**
 * Stop to serve the kernel
 */
static void stop(private_dmvpn_plugin_t *this)
{
	this->genl->set_handler(this->genl, NULL);
	charon->bus->remove_listener(charon->bus, &this->listener->listener);
	this->handler->destroy(this->handler);
	this->takeover->destroy(this->takeover);
	this->listener->destroy(this->listener);
	this->ipsec->set_initiate(this->ipsec, NULL);
	this->initiate->destroy(this->initiate);
	this->index->destroy(this->index);
	this->reports->destroy(this->reports);
	this->attempts->destroy(this->attempts);
}

/**
 * Register or unregister the backend
 */
static bool register_ipsec(private_dmvpn_plugin_t *this,
						   plugin_feature_t *feature, bool reg, void *data)
{
	if (kernel_ipsec_register(&this->public.plugin, feature, reg,
							  create_ipsec))
	{
		return TRUE;
	}
	DBG1(DBG_KNL, "dmvpn: another IPsec backend was first, load dmvpn before "
		 "it");
	return FALSE;
}

/**
 * Start or stop what makes use of the backend
 */
static bool register_dmvpn(private_dmvpn_plugin_t *this,
						   plugin_feature_t *feature, bool reg, void *data)
{
	if (!reg)
	{
		stop(this);
		return TRUE;
	}
	if (!this->ipsec)
	{	/* CUSTOM:kernel-ipsec is somebody else's */
		return FALSE;
	}
	start(this);
	return TRUE;
}

METHOD(plugin_t, get_name, char*,
	private_dmvpn_plugin_t *this)
{
	return "dmvpn";
}

METHOD(plugin_t, get_features, int,
	private_dmvpn_plugin_t *this, plugin_feature_t *features[])
{
	static plugin_feature_t f[] = {
		PLUGIN_CALLBACK((plugin_feature_callback_t)register_ipsec, NULL),
			PLUGIN_PROVIDE(CUSTOM, "kernel-ipsec"),
		PLUGIN_CALLBACK((plugin_feature_callback_t)register_dmvpn, NULL),
			PLUGIN_PROVIDE(CUSTOM, "dmvpn"),
				PLUGIN_DEPENDS(CUSTOM, "kernel-ipsec"),
	};
	*features = f;
	return countof(f);
}

METHOD(plugin_t, destroy, void,
	private_dmvpn_plugin_t *this)
{
	this->genl->destroy(this->genl);
	this->sad->destroy(this->sad);
	plugin = NULL;
	free(this);
}

/**
 * Number of this life of charon, never 0
 */
static uint32_t get_owner(void)
{
	return 1 + random() % UINT32_MAX;
}

/**
 * Plugin constructor
 */
PLUGIN_DEFINE(dmvpn)
{
	private_dmvpn_plugin_t *this;
	dmvpn_genl_t *genl;

	if (!dmvpn_release_fits(SS_VERNUM))
	{
		/* not DBG1(), which uses the daemon's objects */
		dbg(DBG_DMN, 1, "plugin 'dmvpn' was built for strongSwan %s and this "
			"is another release, build it from the source of this one",
			VERSION);
		return NULL;
	}
	if (!lib->caps->keep(lib->caps, CAP_NET_ADMIN))
	{
		DBG1(DBG_KNL, "dmvpn: plugin requires CAP_NET_ADMIN capability");
		return NULL;
	}
	genl = dmvpn_genl_create();
	if (!genl)
	{
		return NULL;
	}
	INIT(this,
		.public = {
			.plugin = {
				.get_name = _get_name,
				.get_features = _get_features,
				.destroy = _destroy,
			},
		},
		.owner = get_owner(),
		.genl = genl,
		.sad = dmvpn_sad_create(),
	);
	plugin = this;

	return &this->public.plugin;
}
