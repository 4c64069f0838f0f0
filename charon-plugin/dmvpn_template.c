/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <net/if.h>

#include "compat.h"
#include "dmvpn_template.h"

/**
 * Get the interfaces that the children of an IKE_SA's connection name
 *
 * The connection is locked while its children are looked at, for all that use
 * it, so the kernel is asked afterwards.
 *
 * @param ike_sa		IKE_SA, or NULL
 * @return				allocated names (char*)
 */
static linked_list_t *get_interfaces(ike_sa_t *ike_sa)
{
	peer_cfg_t *peer_cfg = ike_sa ? ike_sa->get_peer_cfg(ike_sa) : NULL;
	linked_list_t *names = linked_list_create();
	enumerator_t *enumerator;
	child_cfg_t *child;
	char *name;

	if (!peer_cfg)
	{
		return names;
	}
	enumerator = peer_cfg->create_child_cfg_enumerator(peer_cfg);
	while (enumerator->enumerate(enumerator, &child))
	{
		name = child->get_interface(child);
		if (name)
		{
			names->insert_last(names, strdup(name));
		}
	}
	enumerator->destroy(enumerator);
	return names;
}

/**
 * Described in header
 */
bool dmvpn_template_owns(dmvpn_genl_t *genl, ike_sa_t *ike_sa)
{
	return dmvpn_template_serves(genl, ike_sa, NULL);
}

/**
 * Described in header
 */
bool dmvpn_template_serves(dmvpn_genl_t *genl, ike_sa_t *ike_sa, host_t *local)
{
	linked_list_t *names = get_interfaces(ike_sa);
	bool ours = FALSE;
	char *name;

	while (names->remove_first(names, (void**)&name) == SUCCESS)
	{
		ours = ours || genl->has_device(genl, name, local);
		free(name);
	}
	names->destroy(names);
	return ours;
}

/**
 * Described in header
 */
bool dmvpn_template_is_known(dmvpn_genl_t *genl, ike_sa_t *ike_sa)
{
	linked_list_t *names = get_interfaces(ike_sa);
	bool ours = FALSE;
	char *name;

	while (names->remove_first(names, (void**)&name) == SUCCESS)
	{
		ours = ours || genl->knows_device(genl, name);
		free(name);
	}
	names->destroy(names);
	return ours;
}

/**
 * Described in header
 */
char *dmvpn_template_lacks_device(ike_sa_t *ike_sa)
{
	peer_cfg_t *peer_cfg = ike_sa ? ike_sa->get_peer_cfg(ike_sa) : NULL;
	enumerator_t *enumerator;
	child_cfg_t *child;
	char *interface, *missing = NULL;

	if (!peer_cfg)
	{
		return NULL;
	}
	enumerator = peer_cfg->create_child_cfg_enumerator(peer_cfg);
	while (!missing && enumerator->enumerate(enumerator, &child))
	{
		interface = child->get_interface(child);
		if (interface && child->has_option(child, OPT_NO_POLICIES) &&
			!if_nametoindex(interface))
		{
			/* the connection may be loaded anew meanwhile */
			missing = strdup(interface);
		}
	}
	enumerator->destroy(enumerator);
	return missing;
}

/**
 * Get the first child of a connection that has an interface
 */
static child_cfg_t *get_child(peer_cfg_t *peer_cfg)
{
	enumerator_t *enumerator;
	child_cfg_t *child, *found = NULL;

	enumerator = peer_cfg->create_child_cfg_enumerator(peer_cfg);
	while (!found && enumerator->enumerate(enumerator, &child))
	{
		if (child->get_interface(child))
		{
			found = child->get_ref(child);
		}
	}
	enumerator->destroy(enumerator);
	return found;
}

/**
 * Described in header
 */
peer_cfg_t *dmvpn_template_find(const char *name, child_cfg_t **child)
{
	enumerator_t *enumerator;
	peer_cfg_t *peer_cfg, *found = NULL;

	enumerator = charon->backends->create_peer_cfg_enumerator(charon->backends,
											NULL, NULL, NULL, NULL, IKE_ANY);
	while (!found && enumerator->enumerate(enumerator, &peer_cfg))
	{
		if (streq(peer_cfg->get_name(peer_cfg), name))
		{
			*child = get_child(peer_cfg);
			found = peer_cfg->get_ref(peer_cfg);
		}
	}
	enumerator->destroy(enumerator);
	return found;
}
