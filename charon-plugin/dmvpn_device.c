/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "dmvpn_attrs.h"
#include "dmvpn_device.h"

/**
 * What is expected of the attributes of a device
 */
static struct nla_policy policy[DMVPN_A_DEVICE_MAX + 1] = {
	[DMVPN_A_DEVICE_NAME] = { .type = NLA_STRING, },
	[DMVPN_A_DEVICE_PROFILE] = { .type = NLA_STRING, },
	[DMVPN_A_DEVICE_LOCAL] = { .type = NLA_UNSPEC, .minlen = 4, },
	[DMVPN_A_DEVICE_LOCAL6] = { .type = NLA_UNSPEC, .minlen = 16, },
};

/**
 * Described in header
 */
dmvpn_device_t *dmvpn_device_read(struct genlmsghdr *hdr)
{
	struct nlattr *tb[DMVPN_A_DEVICE_MAX + 1];
	dmvpn_device_t *device;

	if (nla_parse(tb, DMVPN_A_DEVICE_MAX, genlmsg_attrdata(hdr, 0),
				  genlmsg_attrlen(hdr, 0), policy) < 0 ||
		!tb[DMVPN_A_DEVICE_NAME])
	{
		return NULL;
	}
	INIT(device,
		.name = dmvpn_attrs_get_string(tb[DMVPN_A_DEVICE_NAME]),
		.profile = dmvpn_attrs_get_string(tb[DMVPN_A_DEVICE_PROFILE]),
		.local = dmvpn_attrs_get_host(tb[DMVPN_A_DEVICE_LOCAL], NULL),
		.local6 = dmvpn_attrs_get_host(tb[DMVPN_A_DEVICE_LOCAL6], NULL),
	);
	return device;
}

/**
 * Described in header
 */
void dmvpn_device_destroy(dmvpn_device_t *device)
{
	free(device->name);
	free(device->profile);
	DESTROY_IF(device->local);
	DESTROY_IF(device->local6);
	free(device);
}

/**
 * Find a device by its name
 */
static dmvpn_device_t *find(linked_list_t *devices, const char *name)
{
	enumerator_t *enumerator;
	dmvpn_device_t *device, *found = NULL;

	enumerator = devices->create_enumerator(devices);
	while (!found && enumerator->enumerate(enumerator, &device))
	{
		if (streq(device->name, name))
		{
			found = device;
		}
	}
	enumerator->destroy(enumerator);
	return found;
}

/**
 * Is a device a protected one with that address?
 */
static bool is_at(dmvpn_device_t *device, host_t *local)
{
	return device->profile &&
		   ((device->local && local->ip_equals(local, device->local)) ||
			(device->local6 && local->ip_equals(local, device->local6)));
}

/**
 * Described in header
 */
bool dmvpn_device_serves(linked_list_t *devices, const char *name,
						 host_t *local)
{
	dmvpn_device_t *named = find(devices, name), *device;
	enumerator_t *enumerator;
	bool serves = named != NULL;

	enumerator = devices->create_enumerator(devices);
	while (serves && local && enumerator->enumerate(enumerator, &device))
	{	/* those with one address have one profile */
		serves = !is_at(device, local) ||
				 streq(device->profile, named->profile);
	}
	enumerator->destroy(enumerator);
	return serves;
}
