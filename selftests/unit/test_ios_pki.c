// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl import: certificates, and whose are let in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "imported.h"

#define SWANCTL	"DIR/swanctl/swanctl.conf"
#define CERT	"DIR/swanctl/x509/TP.pem"
#define CA	"DIR/swanctl/x509ca/TP.ca.pem"

/* Lines 1 to 10. */
#define TUNNEL \
	IMPORTED_TUNNEL \
	" set ikev2-profile I\n" \
	"!\n"
/* Lines 11 to 13. */
#define SIGNED	TUNNEL \
	"crypto ikev2 profile I\n" \
	" authentication local rsa-sig\n" \
	" authentication remote rsa-sig\n"
#define TRUST	"crypto pki trustpoint TP\n revocation-check none\n"
#define CHAIN \
	"crypto pki certificate chain TP\n" \
	" certificate 0A\n" \
	"  30030201 05\n" \
	"  \tquit\n" \
	" certificate ca 01\n" \
	"  3004 04020102\n" \
	"  \tquit\n"

static void test_trustpoint(void **state)
{
	(void)state;
	imported(SIGNED " pki trustpoint TP\n" TRUST
		 " enrollment url http://10.0.0.1:80\n fqdn r6.example\n"
		 " password 7 0822455D0A16\n rsakeypair TP 2048\n");
	imported_is(14, IOS_TAKEN, NULL);
	imported_is(15, IOS_CHANGED, "/etc/swanctl/private/TP.pem");
	imported_is(15, IOS_CHANGED, "/etc/swanctl/x509/TP.pem");
	imported_is(15, IOS_CHANGED, "/etc/swanctl/x509ca/TP.ca.pem");
	imported_is(16, IOS_TAKEN, NULL);
	imported_is(17, IOS_LOST, "charon does not enrol");
	imported_is(18, IOS_TAKEN, NULL);
	imported_has(SWANCTL, "local {\n\t\t\tauth = pubkey\n"
		     "\t\t\tcerts = TP.pem\n");
	imported_has(SWANCTL, "remote {\n\t\t\tauth = pubkey\n"
		     "\t\t\tcacerts = TP.ca.pem\n\t\t}");
	imported_end();
}

static void test_sign_and_verify(void **state)
{
	(void)state;
	imported(SIGNED " identity local fqdn r6.example\n");
	imported_is(14, IOS_CHANGED, "if the certificate has it");
	imported_has(SWANCTL, "id = \"r6.example\"\n");
	imported_end();
	imported(SIGNED " pki trustpoint A sign\n pki trustpoint B verify\n"
		 " pki trustpoint C/1 verify\ncrypto pki trustpoint A\n");
	imported_has(SWANCTL, "certs = A.pem\n");
	imported_has(SWANCTL, "cacerts = B.ca.pem, C_1.ca.pem\n");
	imported_is(15, IOS_CHANGED, "x509ca/B.ca.pem");
	imported_is(17, IOS_CHANGED, "x509/A.pem");
	imported_end();
}

/* Nobody else's certificates, whatever else is in x509ca. */
static void test_unnamed(void **state)
{
	(void)state;
	imported(SIGNED TRUST "crypto pki trustpoint OTHER\n"
		 "crypto pki trustpoint TP-self-signed-1\n"
		 " enrollment selfsigned\n"
		 "crypto pki trustpoint SLA-TrustPoint\n enrollment pkcs12\n"
		 "crypto pki certificate chain SLA-TrustPoint\n"
		 " certificate ca 01 nvram:CiscoLicens#1CA.cer\n");
	imported_has(SWANCTL, "cacerts = TP.ca.pem, OTHER.ca.pem\n");
	imported_is(17, IOS_FOREIGN, NULL);
	imported_is(18, IOS_FOREIGN, NULL);
	imported_is(20, IOS_FOREIGN, NULL);
	imported_is(22, IOS_FOREIGN, NULL);
	imported_end();
	imported(SIGNED);
	imported_is(7, IOS_CHANGED, "there is no crypto pki trustpoint");
	imported_lacks(SWANCTL, "certs");
	imported_end();
}

static void test_revocation(void **state)
{
	(void)state;
	imported(SIGNED "crypto pki trustpoint TP\n revocation-check crl\n");
	imported_is(15, IOS_CHANGED, "revocation = strict");
	imported_has(SWANCTL, "\t\t\trevocation = strict\n\t\t}");
	imported_end();
	/* What IOS does unless told. */
	imported(SIGNED "crypto pki trustpoint TP\n");
	imported_is(14, IOS_CHANGED, "revocation = strict");
	imported_end();
	imported(SIGNED "crypto pki trustpoint TP\n"
		 " revocation-check crl none\n");
	imported_is(15, IOS_TAKEN, NULL);
	imported_lacks(SWANCTL, "revocation");
	imported_end();
}

/* IKEv1, where policies say how peers authenticate. */
static void test_isakmp(void **state)
{
	(void)state;
	imported("interface Tunnel0\n tunnel mode gre multipoint\n"
		 " tunnel protection ipsec profile P\n"
		 "crypto ipsec profile P\n"
		 "crypto isakmp policy 1\n encr aes\n group 14\n" TRUST);
	imported_has(SWANCTL, "version = 1\n");
	imported_has(SWANCTL, "auth = pubkey\n\t\t\tcerts = TP.pem\n");
	imported_has(SWANCTL, "auth = pubkey\n\t\t\tcacerts = TP.ca.pem\n");
	imported_end();
}

/* ---- certificates ---- */

static void test_chain(void **state)
{
	unsigned int i;

	(void)state;
	imported(SIGNED TRUST CHAIN);
	imported_has(CERT, "-----BEGIN CERTIFICATE-----\nMAMCAQU=\n"
		     "-----END CERTIFICATE-----\n");
	imported_has(CA, "\nMAQEAgEC\n");
	for (i = 16; i <= 22; i++)
		imported_is(i, IOS_TAKEN, NULL);
	imported_is(14, IOS_CHANGED, "put its private key");
	assert_null(strstr(imported_line(14)->why, "x509"));
	imported_end();
	/* Nobody asks for them. */
	imported(TUNNEL TRUST CHAIN);
	imported_is(13, IOS_FOREIGN, NULL);
	imported_is(16, IOS_FOREIGN, NULL);
	imported_end();
}

#define A16	"AAAAAAAAAAAAAAAA"
#define ZEROS	"  00000000 00000000 00000000 00000000\n"

/* Lines of 64 characters, and the length in a byte of its own. */
static void test_lines(void **state)
{
	(void)state;
	imported(SIGNED TRUST "crypto pki certificate chain TP\n"
		 " certificate 0A\n  30818304 8180\n" ZEROS ZEROS ZEROS ZEROS
		 ZEROS ZEROS ZEROS ZEROS "  quit\n");
	imported_has(CERT, "\nMIGDBIGAAAAAAAAA" A16 A16 A16 "\n"
		     A16 A16 A16 A16 "\n" A16 A16 A16 "AAA=\n-----END");
	imported_end();
}

static void test_broken_chain(void **state)
{
	(void)state;
	imported(SIGNED TRUST "crypto pki certificate chain TP\n"
		 " certificate 0A\n  3004 020105\n  \tquit\n"
		 " certificate 0B nvram:r.cer\n"
		 " certificate rollover 0C\n  3003 020105\n  quit\n"
		 " certificate ca 01\n  3003 02010x\n  quit\n"
		 " certificate ca 02\n  3003 020105\n");
	imported_is(17, IOS_LOST, "not in the file as a whole");
	imported_is(18, IOS_LOST, NULL);
	imported_is(20, IOS_LOST, "not in the file as a whole");
	imported_is(21, IOS_LOST, "it is not needed");
	imported_is(24, IOS_LOST, "not in the file as a whole");
	imported_has(CA, "MAMCAQU=");
	imported_is(14, IOS_CHANGED, "x509/TP.pem");
	imported_end();
}

/* ---- whose ---- */

#define MAP	SIGNED " match certificate M\n" \
		"crypto pki certificate map M 10\n"

static void test_map(void **state)
{
	(void)state;
	imported(MAP " subject-name eq cn=r6, o=example\n"
		 " issuer-name co cn = ca\n");
	imported_is(14, IOS_CHANGED, "has to be cn=r6, o=example");
	imported_is(16, IOS_TAKEN, NULL);
	imported_is(17, IOS_CHANGED, "cacerts");
	imported_has(SWANCTL, "id = \"cn=r6, o=example\"\n");
	imported_end();
	imported(MAP " subject-name co ou = spokes\n subject-name co o = ex\n");
	imported_is(16, IOS_CHANGED, "rdn_matching = relaxed");
	imported_has(SWANCTL, "id = \"ou = spokes, o = ex\"\n");
	imported_end();
	imported(MAP " alt-subject-name co example.net\n");
	imported_has(SWANCTL, "id = \"*.example.net\"\n");
	imported_end();
	imported(MAP " issuer-name co cn = ca\n" TRUST);
	imported_lacks(SWANCTL, "id = ");
	imported_has(SWANCTL, "cacerts = TP.ca.pem\n");
	imported_end();
}

static void test_no_map(void **state)
{
	(void)state;
	imported(MAP " subject-name co spokes\n");
	imported_is(16, IOS_LOST, "the map lets nobody in");
	imported_is(14, IOS_LOST, "nobody is let in by this line");
	imported_has(SWANCTL, "id = \"nobody.invalid\"\n");
	imported_end();
	imported(MAP " subject-name nc ou = others\n");
	imported_has(SWANCTL, "id = \"nobody.invalid\"\n");
	imported_end();
	imported(MAP " subject-name co ou = a\n alt-subject-name eq b\n");
	imported_has(SWANCTL, "id = \"nobody.invalid\"\n");
	imported_end();
	imported(MAP " subject-name co ou = a\n"
		 "crypto pki certificate map M 20\n subject-name co ou = b\n");
	imported_is(14, IOS_LOST, "the map has several");
	imported_has(SWANCTL, "id = \"nobody.invalid\"\n");
	imported_end();
	imported(SIGNED " match certificate M\n");
	imported_is(14, IOS_LOST, "there is no such map");
	imported_has(SWANCTL, "id = \"nobody.invalid\"\n");
	imported_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trustpoint),
		cmocka_unit_test(test_sign_and_verify),
		cmocka_unit_test(test_unnamed),
		cmocka_unit_test(test_revocation),
		cmocka_unit_test(test_isakmp),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_broken_chain),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_no_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
