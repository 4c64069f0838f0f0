// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl import: what IOS says about IKE and IPsec. What cannot be said here
 * lets in nobody, and leaves no device without protection.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "imported.h"

#define SWANCTL	"DIR/swanctl/swanctl.conf"
#define DEVICE	"DIR/dmvpn/dmvpn0.conf"

/* The first 11 lines of each configuration: a tunnel, and what protects it. */
#define IKE1	IMPORTED_TUNNEL " set isakmp-profile I\ncrypto isakmp profile I\n!\n"
#define IKE2	IMPORTED_TUNNEL " set ikev2-profile I\ncrypto ikev2 profile I\n!\n"
#define PSK \
	" authentication local pre-share\n" \
	" authentication remote pre-share\n"

/* ---- who is let in ---- */

static void test_nobody(void **state)
{
	(void)state;
	imported(IKE2 PSK " match identity remote bogus X\n");
	imported_is(14, IOS_LOST, "nobody is let in by this line");
	imported_has(SWANCTL, "auth = psk\n\t\t\tid = \"nobody.invalid\"");
	imported_end();
	imported(IKE2 " match certificate M\n");
	imported_is(12, IOS_LOST, "nobody is let in by this line");
	imported_has(SWANCTL, "id = \"nobody.invalid\"");
	imported_end();
	/* The others are still who they were. */
	imported(IKE2 PSK " match identity remote bogus X\n"
		 " match identity remote fqdn hub.example\n");
	imported_has(SWANCTL, "id = \"hub.example\"");
	imported_end();
}

static void test_remote(void **state)
{
	(void)state;
	imported(IKE1 " match identity address 0.0.0.0 0.0.0.0 FVRF\n");
	imported_is(12, IOS_CHANGED, "in any VRF of the underlay");
	imported_lacks(SWANCTL, "id = ");
	imported_end();
	imported(IKE1 " match identity group SPOKES\n");
	imported_is(12, IOS_TAKEN, NULL);
	imported_has(SWANCTL, "id = \"keyid:SPOKES\"");
	imported_end();
	imported(IKE1 " match identity host domain example.net\n");
	imported_has(SWANCTL, "id = \"*.example.net\"");
	imported_end();
	imported(IKE1 " match identity user domain example.net\n");
	imported_has(SWANCTL, "id = \"*@example.net\"");
	imported_end();
}

#define MANY	IKE2 PSK \
	" match identity remote fqdn r1.spokes.example.net\n" \
	" match identity remote fqdn hub.example.net\n"

/* A connection has one identity of peers. */
static void test_remotes(void **state)
{
	(void)state;
	imported(MANY);
	imported_is(14, IOS_CHANGED, "all that are *.example.net are let in");
	imported_is(15, IOS_CHANGED, "all that are *.example.net are let in");
	imported_has(SWANCTL, "id = \"*.example.net\"");
	imported_end();
	/* One that lets in the others, too, is it. */
	imported(MANY " match identity remote fqdn domain example.net\n");
	imported_is(14, IOS_TAKEN, NULL);
	imported_is(16, IOS_TAKEN, NULL);
	imported_has(SWANCTL, "id = \"*.example.net\"");
	imported_end();
	imported(MANY " match identity remote any\n");
	imported_is(15, IOS_TAKEN, NULL);
	imported_lacks(SWANCTL, "remote {\n\t\t\tauth = psk\n\t\t\tid");
	imported_end();
	imported(IKE1 " match identity user a@example.net\n"
		 " match identity user domain example.net\n");
	imported_is(12, IOS_TAKEN, NULL);
	imported_has(SWANCTL, "id = \"*@example.net\"");
	imported_end();
}

static void test_unlike_remotes(void **state)
{
	(void)state;
	/* Not the whole of .net, and users are no hosts. */
	imported(IKE2 PSK " match identity remote fqdn a.b.net\n"
		 " match identity remote fqdn c.net\n");
	imported_is(14, IOS_CHANGED, "any that has a key");
	imported_is(15, IOS_CHANGED, "any that has a key");
	imported_end();
	imported(IKE2 PSK " match identity remote fqdn domain b.net\n"
		 " match identity remote email a@x.b.net\n"
		 " match identity remote key-id y.b.net\n");
	imported_is(15, IOS_CHANGED, "any that has a key");
	imported_is(16, IOS_CHANGED, "any that has a key");
	imported_end();
	/* Another's certificate is not to do. */
	imported(IKE2 " authentication local rsa-sig\n"
		 " authentication remote rsa-sig\n"
		 " match identity remote address 2.2.2.2\n"
		 " match identity remote address 3.3.3.3\n");
	imported_is(14, IOS_LOST, "nobody is let in");
	imported_is(15, IOS_LOST, "nobody is let in");
	imported_has(SWANCTL, "remote {\n\t\t\tauth = pubkey\n"
		     "\t\t\tid = \"nobody.invalid\"");
	imported_end();
}

static void test_local(void **state)
{
	(void)state;
	imported(IKE1 " self-identity fqdn\nhostname R6\n"
		 "ip domain name example.net\n");
	imported_is(12, IOS_TAKEN, NULL);
	imported_has(SWANCTL, "id = \"R6.example.net\"");
	imported_end();
	imported(IKE1 " self-identity address\n");
	imported_is(12, IOS_TAKEN, NULL);
	imported_lacks(SWANCTL, "id = ");
	imported_end();
}

/* ---- how ---- */

/* There is no EAP: a key must not do in its place. */
static void test_eap(void **state)
{
	(void)state;
	imported(IKE2 " authentication local rsa-sig\n"
		 " authentication remote eap query-identity\n");
	imported_is(13, IOS_LOST, "a key or a certificate");
	imported_is(7, IOS_LOST, NULL);
	imported_lacks(SWANCTL, "\tP {");
	imported_has(DEVICE, "protection P\n");
	imported_end();
	imported(IKE2 PSK " authentication remote rsa-sig\n");
	imported_is(14, IOS_CHANGED, "with certificates alone");
	imported_has(SWANCTL, "remote {\n\t\t\tauth = pubkey");
	imported_end();
}

/* A policy that cannot be used says nothing of how others authenticate. */
static void test_policies(void **state)
{
	(void)state;
	imported(IMPORTED_TUNNEL "crypto isakmp policy 1\n authentication rsa-encr\n"
		 "crypto isakmp policy 2\n encr aes 256\n hash sha256\n"
		 " authentication pre-share\n group 14\n lifetime 3600\n"
		 "crypto isakmp policy 3\n encr aes rot13\n");
	imported_is(9, IOS_LOST, NULL);
	imported_is(10, IOS_LOST, NULL);
	imported_has(SWANCTL, "proposals = aes256-sha256-modp2048\n");
	imported_has(SWANCTL, "auth = psk");
	imported_has(SWANCTL, "rekey_time = 3450s");
	imported_is(17, IOS_LOST, NULL);
	imported_end();
}

/* ---- keys ---- */

static void test_keyrings(void **state)
{
	(void)state;
	/* IKEv2 does not use those of IKEv1. */
	imported(IKE2 PSK "crypto isakmp key old address 0.0.0.0\n");
	imported_is(14, IOS_FOREIGN, NULL);
	imported_lacks(SWANCTL, "secret = ");
	imported_end();
	imported(IKE2 PSK " keyring local NONE\n");
	imported_is(14, IOS_LOST, "there is no key in a keyring of that name");
	imported_end();
	imported(IKE2 PSK " keyring aaa LIST name-mangler M\n");
	imported_is(14, IOS_LOST, "none are asked for elsewhere");
	imported_end();
	imported(IKE1 " keyring default\ncrypto isakmp key k1 address 2.2.2.2\n");
	imported_is(12, IOS_TAKEN, NULL);
	imported_has(SWANCTL, "id = \"2.2.2.2\"\n\t\tsecret = \"k1\"");
	imported_end();
}

/* IKEv1 may have several, and peers by name. */
static void test_isakmp_keyrings(void **state)
{
	(void)state;
	imported(IKE1 " keyring A\n keyring B\ncrypto keyring A\n"
		 "  description of all\n  local-address 1.1.1.1\n"
		 "  pre-shared-key address ipv6 2001:DB8::2/128 key k1\n"
		 "  pre-shared-key hostname r2 key k2\n"
		 "  pre-shared-key address 0.0.0.0 0.0.0.0 key k3\n"
		 "  pre-shared-key key k4\n"
		 "crypto keyring B\n  pre-shared-key address 3.3.3.3 key k5\n");
	imported_is(12, IOS_TAKEN, NULL);
	imported_is(15, IOS_TAKEN, NULL);
	imported_is(16, IOS_LOST, "all addresses of the router");
	imported_has(SWANCTL, "id = \"2001:db8::2\"\n\t\tsecret = \"k1\"");
	imported_is(18, IOS_CHANGED, "main mode finds keys by address");
	imported_is(19, IOS_CHANGED, "any peer may use it");
	imported_is(20, IOS_LOST, "whose key it is");
	imported_lacks(SWANCTL, "k4");
	imported_has(SWANCTL, "id = \"3.3.3.3\"\n\t\tsecret = \"k5\"");
	imported_end();
	/* What does not say whose key it is is nobody's. */
	imported(IMPORTED_TUNNEL "crypto isakmp key k1\n");
	imported_is(9, IOS_LOST, "whose key it is");
	imported_lacks(SWANCTL, "k1");
	imported_end();
}

static void test_inline_keys(void **state)
{
	(void)state;
	imported(IKE2 " authentication local pre-share key 7 02050D480809\n"
		 " authentication remote pre-share key cisco\n");
	imported_is(12, IOS_CHANGED, "any peer may use it");
	imported_has(SWANCTL, "ike-1 {\n\t\tsecret = \"cisco\"");
	imported_lacks(SWANCTL, "ike-2");
	imported_end();
	imported(IKE2 " authentication local pre-share key one\n"
		 " authentication remote pre-share key two\n");
	imported_is(13, IOS_LOST, "one key for both directions");
	imported_end();
}

#define RING	IKE2 PSK " keyring local R\ncrypto ikev2 keyring R\n"

static void test_peers(void **state)
{
	(void)state;
	/* A key above its address is for that address alone. */
	imported(RING " peer A\n  pre-shared-key k1\n  address 2.2.2.2\n");
	imported_is(18, IOS_TAKEN, NULL);
	imported_has(SWANCTL, "id = \"2.2.2.2\"\n\t\tsecret = \"k1\"");
	imported_end();
	/* One without an address is for nobody. */
	imported(RING " peer A\n  pre-shared-key k1\n");
	imported_is(17, IOS_LOST, "whose key it is");
	imported_lacks(SWANCTL, "k1");
	imported_end();
	imported(RING " peer A\n  address 10.0.0.0 255.0.0.0\n"
		 "  identity fqdn a.example\n  pre-shared-key k1\n");
	imported_is(17, IOS_CHANGED, "by the peer's identity");
	imported_has(SWANCTL, "id = \"a.example\"\n\t\tsecret = \"k1\"");
	imported_end();
	imported(RING " peer A\n  address 10.0.0.0 255.0.0.0\n"
		 "  pre-shared-key k1\n");
	imported_is(18, IOS_CHANGED, "that has to be 10.0.0.0/8");
	imported_end();
}

/* It is written without quotes. */
static void test_hex_keys(void **state)
{
	(void)state;
	imported(RING " peer A\n  address 2.2.2.2\n"
		 "  pre-shared-key hex 0xa1B2\n");
	imported_has(SWANCTL, "secret = 0xa1B2\n");
	imported_end();
	imported(RING " peer A\n  address 2.2.2.2\n"
		 "  pre-shared-key hex 0xa1}secrets{\n");
	imported_is(18, IOS_LOST, "no hexadecimal digits");
	imported_lacks(SWANCTL, "a1}");
	imported_end();
}

/* charon does not tell keyrings apart. */
static void test_two_keys(void **state)
{
	(void)state;
	imported(IMPORTED_TUNNEL "crypto isakmp key k1 address 0.0.0.0\n"
		 "crypto isakmp key k2 address 0.0.0.0 0.0.0.0\n"
		 "crypto isakmp key k1 address 0.0.0.0 0.0.0.0\n"
		 "crypto isakmp key k3 address 3.3.3.3\n");
	imported_is(10, IOS_LOST, "line 9 has another key");
	imported_is(11, IOS_CHANGED, NULL);
	imported_has(SWANCTL, "\"k1\"");
	imported_lacks(SWANCTL, "\"k2\"");
	imported_has(SWANCTL, "\"k3\"");
	imported_end();
}

/* ---- protection ---- */

#define OPEN	"interface Tunnel0\n tunnel mode gre multipoint\n"

static void test_protection_unread(void **state)
{
	(void)state;
	imported(OPEN " tunnel protection ipsec policy ipv4 A\n");
	imported_is(3, IOS_LOST, "the device sends nothing");
	imported_has(DEVICE, "protection protection\n");
	imported_end();
	imported(OPEN " tunnel protection\n");
	imported_has(DEVICE, "protection protection\n");
	imported_end();
}

/* What a crypto map encrypted does not go in clear. */
static void test_crypto_map(void **state)
{
	(void)state;
	imported(OPEN " tunnel source Gi0\ninterface Gi0\n crypto map M.1\n");
	imported_is(1, IOS_CHANGED, "crypto map M.1 may encrypt");
	imported_has(DEVICE, "protection M_1\n");
	imported_end();
	imported(OPEN " tunnel source Loopback0\ninterface Loopback0\n"
		 "interface Gi0\n crypto map M\n");
	imported_has(DEVICE, "protection M\n");
	imported_end();
	imported(OPEN " crypto map M\n");
	imported_is(3, IOS_LOST, "tunnel protection");
	imported_has(DEVICE, "protection M\n");
	imported_end();
	/* It leaves by another interface. */
	imported(OPEN " tunnel source Gi1\ninterface Gi1\n"
		 "interface Gi0\n crypto map M\n");
	imported_lacks(DEVICE, "protection");
	imported_end();
}

static void test_defaults(void **state)
{
	(void)state;
	imported(OPEN " tunnel protection ipsec profile default\n"
		 "crypto ikev2 profile default\n" PSK " keyring local R\n"
		 "crypto ikev2 keyring R\n peer P\n  address 0.0.0.0 0.0.0.0\n"
		 "  pre-shared-key k1\n"
		 "crypto ikev2 proposal default\n encryption aes-cbc-256\n"
		 " integrity sha384\n group 20\n");
	imported_is(3, IOS_CHANGED, "AES-128 with HMAC-SHA1");
	imported_has(SWANCTL, "\tdefault {\n\t\tversion = 2\n");
	imported_has(SWANCTL, "proposals = aes256-sha384-ecp384\n");
	imported_has(SWANCTL, "esp_proposals = aes128-sha1\n");
	imported_has(SWANCTL, "mode = transport\n");
	imported_has(SWANCTL, "secret = \"k1\"");
	imported_has(DEVICE, "protection default\n");
	imported_end();
	imported(OPEN " tunnel protection ipsec profile P\n"
		 "crypto ipsec profile P\n set transform-set default\n");
	imported_is(5, IOS_CHANGED, "AES-128 with HMAC-SHA1");
	imported_end();
}

static void test_tunnels_profile(void **state)
{
	(void)state;
	imported(OPEN " tunnel protection ipsec profile P shared ikev2-profile I\n"
		 "crypto ipsec profile P\ncrypto ikev2 profile I\n dpd 7 2\n"
		 "interface Tunnel1\n tunnel mode gre multipoint\n"
		 " tunnel protection ipsec profile P isakmp-profile I\n");
	imported_has(SWANCTL, "version = 2\n");
	imported_has(SWANCTL, "dpd_delay = 7s\n");
	imported_is(9, IOS_LOST, "another tunnel");
	imported_end();
}

/* ---- several clouds ---- */

static void test_local_addresses(void **state)
{
	(void)state;
	imported(IMPORTED_TUNNEL);
	imported_has(SWANCTL, "local_addrs = %any\n");
	imported_end();
	imported(IMPORTED_TUNNEL "crypto ipsec profile Q\n set transform-set T\n"
		 "interface Tunnel1\n tunnel mode gre multipoint\n"
		 " tunnel source 1.1.1.11\n tunnel protection ipsec profile Q\n"
		 "interface Tunnel2\n tunnel mode gre multipoint\n"
		 " tunnel source 1.1.1.1\n tunnel key 2\n"
		 " tunnel protection ipsec profile Q\n"
		 "interface Tunnel3\n tunnel mode gre multipoint\n"
		 " tunnel source 1.1.1.1\n tunnel key 3\n"
		 " tunnel protection ipsec profile Q\n");
	imported_has(SWANCTL, "P {\n\t\tversion = 1\n"
		     "\t\tlocal_addrs = 1.1.1.1\n");
	imported_has(SWANCTL, "Q {\n\t\tversion = 1\n"
		     "\t\tlocal_addrs = 1.1.1.11, 1.1.1.1\n");
	imported_end();
}

/* ---- SAs ---- */

static void test_sas(void **state)
{
	(void)state;
	imported(IMPORTED_TUNNEL " set security-association lifetime kilobytes disable\n"
		 " set security-association lifetime days 2\n"
		 " set security-association replay disable\n set pfs\n"
		 "crypto ipsec security-association lifetime kilobytes 1000\n"
		 "crypto ipsec security-association replay window-size 256\n");
	imported_is(9, IOS_TAKEN, NULL);
	imported_lacks(SWANCTL, "life_bytes");
	imported_has(SWANCTL, "life_time = 172800s\n");
	imported_is(11, IOS_LOST, "the window stays");
	imported_has(SWANCTL, "replay_window = 256\n");
	imported_is(12, IOS_LOST, "without PFS");
	imported_end();
	imported(IMPORTED_TUNNEL " set pfs group99\n"
		 " set security-association idle-time 60\n");
	imported_is(9, IOS_LOST, "without PFS");
	imported_is(10, IOS_LOST, "as long as its peer");
	imported_end();
}

static void test_esn(void **state)
{
	(void)state;
	imported(IKE2 PSK "crypto ipsec transform-set S esp-gcm 256\n esn\n"
		 " mode transport\ncrypto ipsec profile P2\n"
		 " set transform-set S\n set pfs group19\n"
		 " set ikev2-profile I\ninterface Tunnel1\n"
		 " tunnel mode gre multipoint\n"
		 " tunnel protection ipsec profile P2\n");
	imported_is(15, IOS_TAKEN, NULL);
	imported_has(SWANCTL, "esp_proposals = aes256gcm16-ecp256-esn-noesn\n");
	imported_end();
	imported(OPEN " tunnel protection ipsec profile P\n"
		 "crypto ipsec profile P\n set transform-set T\n"
		 "crypto ipsec transform-set T esp-gcm\n esn\n");
	imported_is(7, IOS_LOST, "both sides have to want it");
	imported_has(SWANCTL, "esp_proposals = aes128gcm16\n");
	imported_end();
}

/* ---- the router ---- */

static void test_router(void **state)
{
	(void)state;
	imported(IMPORTED_TUNNEL "crypto ipsec df-bit clear\n"
		 "crypto isakmp identity hostname\nhostname R1\n"
		 "crypto isakmp client configuration group G\n key secret\n"
		 "crypto ikev2 limit max-in-negotation-sa 40\n"
		 "crypto ipsec fragmentation after-encryption\n"
		 "no crypto ikev2 proposal default\n"
		 "no crypto ipsec frob\ncrypto ikev2 dpd 33 5 periodic\n"
		 "crypto isakmp identity dn\n");
	imported_is(9, IOS_TAKEN, NULL);
	imported_has(DEVICE, " df clear protection P\n");
	imported_has(SWANCTL, "id = \"R1\"");
	imported_is(12, IOS_LOST, "Easy VPN");
	imported_is(13, IOS_LOST, "Easy VPN");
	imported_is(14, IOS_LOST, "init_limit_half_open");
	imported_is(15, IOS_LOST, "df clear");
	imported_is(16, IOS_TAKEN, NULL);
	imported_is(17, IOS_LOST, "it is not understood");
	imported_is(18, IOS_CHANGED, "dpd_delay");
	imported_has(SWANCTL, "dpd_delay = 33s\n");
	imported_is(19, IOS_TAKEN, NULL);
	imported_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_remote),
		cmocka_unit_test(test_remotes),
		cmocka_unit_test(test_unlike_remotes),
		cmocka_unit_test(test_local),
		cmocka_unit_test(test_eap),
		cmocka_unit_test(test_policies),
		cmocka_unit_test(test_keyrings),
		cmocka_unit_test(test_isakmp_keyrings),
		cmocka_unit_test(test_inline_keys),
		cmocka_unit_test(test_peers),
		cmocka_unit_test(test_hex_keys),
		cmocka_unit_test(test_two_keys),
		cmocka_unit_test(test_protection_unread),
		cmocka_unit_test(test_crypto_map),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_tunnels_profile),
		cmocka_unit_test(test_local_addresses),
		cmocka_unit_test(test_sas),
		cmocka_unit_test(test_esn),
		cmocka_unit_test(test_router),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
