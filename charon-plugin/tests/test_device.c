/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <netlink/netlink.h>
#include <netlink/genl/genl.h>

#include <linux/dmvpn.h>

#include <test_suite.h>

#include "dmvpn_device.h"

static linked_list_t *devices;

/**
 * Add a device as the kernel tells of it
 *
 * @param local		last octet of its address, 0 if it has none
 */
static void add(char *name, char *profile, uint8_t local)
{
	uint8_t addr[] = { 10, 0, 0, local };
	dmvpn_device_t *device;
	struct nl_msg *msg;

	msg = nlmsg_alloc();
	genlmsg_put(msg, 0, 0, 0x20, 0, 0, DMVPN_CMD_DEVICE_GET, 1);
	nla_put_string(msg, DMVPN_A_DEVICE_NAME, name);
	nla_put_string(msg, DMVPN_A_DEVICE_PROFILE, profile);
	if (local)
	{
		nla_put(msg, DMVPN_A_DEVICE_LOCAL, sizeof(addr), addr);
	}
	device = dmvpn_device_read(genlmsg_hdr(nlmsg_hdr(msg)));
	ck_assert(device != NULL);
	devices->insert_last(devices, device);
	nlmsg_free(msg);
}

START_SETUP(setup)
{
	devices = linked_list_create();
	add("first", "A", 1);
	add("second", "B", 2);
	add("shared", "A", 3);
	add("clear", "", 4);
	add("fresh", "A", 0);
}
END_SETUP

START_TEARDOWN(teardown)
{
	devices->destroy_function(devices, (void*)dmvpn_device_destroy);
}
END_TEARDOWN

/**
 * May a connection that names a device have SAs at an address?
 */
static bool serves(char *name, char *address)
{
	host_t *local = host_create_from_string(address, 4500);
	bool yes = dmvpn_device_serves(devices, name, local);

	local->destroy(local);
	return yes;
}

START_TEST(test_names)
{
	ck_assert(dmvpn_device_serves(devices, "first", NULL));
	ck_assert(dmvpn_device_serves(devices, "clear", NULL));
	ck_assert(!dmvpn_device_serves(devices, "third", NULL));
}
END_TEST

START_TEST(test_addresses)
{
	ck_assert(serves("first", "10.0.0.1"));
	ck_assert(!serves("first", "10.0.0.2"));
	ck_assert(!serves("second", "10.0.0.1"));
	ck_assert(!serves("third", "10.0.0.1"));
	/* one name is enough for all devices with a profile */
	ck_assert(serves("first", "10.0.0.3"));
	ck_assert(serves("fresh", "10.0.0.3"));
	/* nobody's yet, as MOBIKE comes before the device is told */
	ck_assert(serves("first", "10.0.0.9"));
	ck_assert(serves("first", "fd00::1"));
	/* who sends there need not have been let in */
	ck_assert(serves("first", "10.0.0.4"));
	ck_assert(!serves("clear", "10.0.0.1"));
}
END_TEST

Suite *dmvpn_device_suite_create(void)
{
	Suite *s;
	TCase *tc;

	s = suite_create("dmvpn device");

	tc = tcase_create("serves");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_names);
	tcase_add_test(tc, test_addresses);
	suite_add_tcase(s, tc);

	return s;
}
