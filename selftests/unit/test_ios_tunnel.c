// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl import: tunnel interfaces, their addresses, routes and servers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "imported.h"

#define NHRPD	"DIR/nhrpd.conf"
#define DEVICE	"DIR/dmvpn/dmvpn0.conf"

#define TUNNEL	"interface Tunnel0\n tunnel mode gre multipoint\n"

/* ---- the first phase ---- */

static void test_phase1(void **state)
{
	(void)state;
	imported("interface Tunnel0\n ip address 10.0.0.6 255.255.255.0\n"
		 " ip nhrp map 10.0.0.1 1.1.1.1\n ip nhrp network-id 99\n"
		 " ip nhrp nhs 10.0.0.1\n ip nhrp shortcut\n"
		 " tunnel source 6.6.6.6\n tunnel destination 1.1.1.1\n"
		 " tunnel key 7\n keepalive 10 3\n");
	imported_is(1, IOS_CHANGED, "the address of its servers");
	imported_is(3, IOS_TAKEN, NULL);
	imported_is(6, IOS_LOST, "line 1 says otherwise");
	imported_is(8, IOS_TAKEN, NULL);
	imported_is(10, IOS_LOST, "probe-interval");
	imported_has(NHRPD, "shortcut = false\n");
	imported_has(NHRPD, "nhs 10.0.0.1 {\n\t\tnbma = 1.1.1.1\n"
		     "\t\tmulticast = true\n");
	imported_has(DEVICE, "type dmvpn local 6.6.6.6 key 7\n");
	imported_end();
	/* Without a map, and over IPv6. */
	imported("interface Tunnel0\n tunnel source Gi0\n"
		 " tunnel mode gre ipv6\n tunnel destination 2001:db8::1\n"
		 " ip nhrp nhs 10.0.0.1\ninterface Gi0\n"
		 " ip address 6.6.6.6 255.255.255.0\n"
		 " ipv6 address 2001:DB8::6/64\n");
	imported_has(NHRPD, "nbma = 2001:db8::1\n");
	imported_has(DEVICE, "local 2001:db8::6\n");
	imported_end();
}

static void test_no_phase1(void **state)
{
	(void)state;
	imported("interface Tunnel0\n tunnel destination 1.1.1.1\n");
	imported_is(1, IOS_LOST, "has no server of NHRP");
	assert_null(import.files);
	imported_end();
	imported("interface Tunnel0\n tunnel destination 1.1.1.1\n"
		 " tunnel mode ipsec ipv4\n ip nhrp nhs 10.0.0.1\n");
	imported_is(1, IOS_LOST, "its mode is another");
	assert_null(import.files);
	imported_end();
}

/* ---- addresses and routes ---- */

/* IOS shows secondary ones first. */
static void test_secondary(void **state)
{
	(void)state;
	imported(TUNNEL " tunnel source Loopback0\n"
		 " ip address 10.0.0.2 255.255.255.0 secondary\n"
		 " ip address 10.0.0.1 255.255.255.0\n"
		 "interface Loopback0\n"
		 " ip address 1.1.1.2 255.255.255.255 secondary\n"
		 " ip address 1.1.1.1 255.255.255.255\n");
	imported_has(DEVICE, "local 1.1.1.1\n");
	imported_has(DEVICE, "address add 10.0.0.1/24 dev dmvpn0\n"
		     "address add 10.0.0.2/24 dev dmvpn0\n");
	imported_end();
}

/* The device's file is read at boot, and a device without local stays down. */
static void test_dynamic(void **state)
{
	(void)state;
	imported(TUNNEL " tunnel source Gi0\n"
		 " ip address 10.0.0.6 255.255.255.0\n"
		 "interface Gi0\n ip address dhcp hostname R6\n"
		 "ip route 172.16.0.0 255.255.0.0 10.0.0.9\n");
	imported_is(3, IOS_CHANGED, "ip link set dmvpn0 type dmvpn local ADDRESS");
	imported_is(6, IOS_CHANGED, "the host asks for it");
	imported_is(7, IOS_LOST, "ip route add 172.16.0.0/16 via 10.0.0.9 dev dmvpn0");
	imported_has(DEVICE, "link add dmvpn0 type dmvpn\n"
		     "address add 10.0.0.6/24 dev dmvpn0\n");
	imported_lacks(DEVICE, " up\n");
	imported_lacks(DEVICE, "route");
	imported_end();
	imported("interface Tunnel0\n tunnel mode gre multipoint ipv6\n"
		 " tunnel source Dialer1\ninterface Dialer1\n"
		 " ip address negotiated\n ipv6 address autoconfig default\n");
	imported_is(3, IOS_CHANGED, "ip link set dmvpn0 up");
	imported_is(6, IOS_CHANGED, "the host asks for it");
	imported_end();
	/* Its own is another matter. */
	imported(TUNNEL " tunnel source 1.1.1.1\n ip address dhcp\n");
	imported_is(4, IOS_LOST, "give the device one");
	imported_has(DEVICE, "link set dmvpn0 up\n");
	imported_end();
}

static void test_shutdown(void **state)
{
	(void)state;
	imported(TUNNEL " tunnel source 1.1.1.1\n shutdown\n"
		 " ip address 10.0.0.6 255.255.255.0\n"
		 "ip route 172.16.0.0 255.255.0.0 10.0.0.9\n");
	imported_is(6, IOS_LOST, "once the device is up: ip route add");
	imported_has(DEVICE, "address add 10.0.0.6/24 dev dmvpn0\n");
	imported_lacks(DEVICE, " up\n");
	imported_end();
}

static void test_vrf_routes(void **state)
{
	(void)state;
	imported(TUNNEL " vrf forwarding RED\n"
		 " ip address 10.0.0.1 255.255.255.0\n"
		 "ip route 172.16.0.0 255.255.0.0 10.0.0.9\n"
		 "ip route vrf BLUE 172.17.0.0 255.255.0.0 10.0.0.9\n"
		 "ip route vrf RED 172.18.0.0 255.255.0.0 10.0.0.9\n"
		 "ip route 172.19.0.0 255.255.0.0 Tunnel0 10.0.0.9\n");
	imported_is(5, IOS_FOREIGN, NULL);
	imported_is(6, IOS_FOREIGN, NULL);
	imported_has(DEVICE, "route add 172.18.0.0/16 via 10.0.0.9 dev dmvpn0 vrf RED\n");
	imported_has(DEVICE, "route add 172.19.0.0/16 via 10.0.0.9 dev dmvpn0\n");
	imported_lacks(DEVICE, "172.16");
	imported_lacks(DEVICE, "172.17");
	imported_end();
}

/* ---- lines ---- */

static void test_lines(void **state)
{
	(void)state;
	imported(TUNNEL " ip mtu 1400\n ipv6 mtu 1380\n"
		 " crypto ipsec df-bit clear\n mpls ip\n cts sgt inline\n"
		 " ip unnumbered Loopback0\n tunnel bandwidth transmit 1000\n"
		 " tunnel path-mtu-discovery age-timer 30\n"
		 " ip tcp adjust-mss 1340\n no bfd echo\n");
	imported_is(4, IOS_CHANGED, "the smaller one");
	imported_has(DEVICE, "mtu 1380\n");
	imported_is(5, IOS_TAKEN, NULL);
	imported_has(DEVICE, "type dmvpn df clear\n");
	imported_is(6, IOS_LOST, "MPLS");
	imported_is(7, IOS_LOST, "security group tags");
	imported_is(8, IOS_LOST, "give the device an address");
	imported_is(9, IOS_LOST, "nothing here needs it");
	imported_is(10, IOS_CHANGED, "the kernel's");
	imported_is(11, IOS_LOST, "maxseg size set 1340");
	imported_is(12, IOS_LOST, "routing daemon");
	imported_end();
}

/* ---- NHRP, in each of its spellings ---- */

static void test_spellings(void **state)
{
	static const char *const words[] = { "ip nhrp", "ipv6 nhrp", "nhrp" };
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		snprintf(text, sizeof(text),
			 TUNNEL " %s network-id 5\n %s holdtime 300\n"
			 " no %s shortcut\n no %s route-watch\n %s record\n"
			 " %s multicast batch-size 10\n",
			 words[i], words[i], words[i], words[i], words[i],
			 words[i]);
		imported(text);
		imported_is(3, IOS_TAKEN, NULL);
		imported_is(4, IOS_TAKEN, NULL);
		imported_is(5, IOS_TAKEN, NULL);
		imported_is(6, IOS_TAKEN, NULL);
		imported_is(7, IOS_TAKEN, NULL);
		imported_is(8, IOS_LOST, "mcast-rate");
		imported_has(NHRPD, "network-id = 5\n\tholdtime = 300\n"
			     "\tshortcut = false\n\trecord = true\n");
		imported_end();
	}
}

/* nhrpd takes an empty list for all. */
static void test_interest(void **state)
{
	(void)state;
	imported(TUNNEL " ip nhrp interest 10\n"
		 "access-list 10 permit 10.0.0.0 0.255.255.255\n"
		 "access-list 10 deny any\n");
	imported_is(3, IOS_CHANGED, "without what the list denies");
	imported_has(NHRPD, "interest = { \"10.0.0.0/8\" }\n");
	imported_end();
	imported(TUNNEL " ip nhrp interest 10\naccess-list 10 deny any\n");
	imported_is(3, IOS_LOST, "it permits no destination");
	imported_lacks(NHRPD, "interest");
	imported_end();
	imported(TUNNEL " ip nhrp interest 110\n"
		 "access-list 110 permit ip any 10.0.0.0 0.255.255.255\n"
		 "access-list 110 permit ip any any\n");
	imported_is(3, IOS_TAKEN, NULL);
	imported_lacks(NHRPD, "interest");
	imported_end();
}

static void test_again(void **state)
{
	(void)state;
	imported(TUNNEL " ip nhrp nhs dynamic nbma 1.1.1.1 multicast priority 1\n"
		 " ip nhrp nhs dynamic nbma 2.2.2.2 multicast priority 2\n"
		 " ip nhrp nhs dynamic nbma 3.3.3.3 multicast priority 1\n"
		 " ip nhrp map 10.0.0.9 9.9.9.9\n"
		 " ip nhrp map 10.0.0.9 8.8.8.8\n");
	imported_is(3, IOS_TAKEN, NULL);
	imported_is(4, IOS_CHANGED, "are those of line 3");
	imported_is(5, IOS_TAKEN, NULL);
	imported_is(6, IOS_TAKEN, NULL);
	imported_is(7, IOS_LOST, "line 6 has it");
	imported_has(NHRPD, "nbma = { 1.1.1.1, 2.2.2.2, 3.3.3.3 }\n");
	imported_end();
	/* One whose address is not in the file does not stand in its way. */
	imported(TUNNEL " ip nhrp nhs dynamic\n"
		 " ip nhrp nhs dynamic nbma 1.1.1.1\n");
	imported_is(3, IOS_LOST, NULL);
	imported_has(NHRPD, "nbma = { 1.1.1.1 }\n");
	imported_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phase1),
		cmocka_unit_test(test_no_phase1),
		cmocka_unit_test(test_secondary),
		cmocka_unit_test(test_dynamic),
		cmocka_unit_test(test_shutdown),
		cmocka_unit_test(test_vrf_routes),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_interest),
		cmocka_unit_test(test_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
