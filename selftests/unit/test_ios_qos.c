// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl import: shares, shapers and policers of policy maps. nhrpd has to
 * take whatever becomes of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "imported.h"
#include "nhrpd/config.h"

#define NHRPD	"DIR/nhrpd.conf"

/* Lines 1 to 6. */
#define CLASSES \
	"class-map match-any A\n match dscp ef\n" \
	"class-map match-any B\n match dscp af31\n" \
	"class-map match-any C\n match dscp af21\n"
/* Lines 7 to 9. */
#define GROUP \
	"interface Tunnel0\n tunnel mode gre multipoint\n" \
	" nhrp map group G service-policy output TOP\n"
/* Lines 10 to 13, and CHILD from 14 on. */
#define TOP(rate) \
	"policy-map TOP\n class class-default\n" \
	"  shape average " rate "\n  service-policy CHILD\n" \
	"policy-map CHILD\n"

static void print_line(const char *line)
{
	print_message("%s\n", line);
}

/* What is there now can be read. */
static void check_read(void)
{
	char dir[] = "/tmp/test_ios_qos.XXXXXX", command[64];
	struct import_file *file = import.files;
	struct conf conf;
	int err;

	assert_non_null(mkdtemp(dir));
	file->path = ios_format(&ios, "%s/nhrpd.conf", dir);
	file = file->next;
	import.files->next = NULL;
	assert_int_equal(import_files_write(import.files), 0);
	err = config_read(import.files->temp, &conf, print_line);
	if (!err)
		conf_free(&conf);
	import_files_end(import.files);
	import.files = file;
	snprintf(command, sizeof(command), "rmdir %s", dir);
	assert_int_equal(system(command), 0);
	assert_int_equal(err, 0);
}

static void end(void)
{
	check_read();
	imported_end();
}

/* ---- shares ---- */

static void test_ratio(void **state)
{
	(void)state;
	imported(CLASSES GROUP TOP("10000000")
		 " class A\n  priority percent 20\n"
		 " class B\n  bandwidth remaining ratio 5\n"
		 " class C\n  bandwidth remaining ratio 2\n"
		 " class class-default\n");
	imported_is(18, IOS_CHANGED, "as bandwidth-percent = 50");
	imported_is(20, IOS_CHANGED, "as bandwidth-percent = 20");
	end();
	/* class-default is there without being told. */
	imported(CLASSES GROUP TOP("10000000")
		 " class A\n  bandwidth remaining ratio 1\n");
	imported_is(16, IOS_CHANGED, "as bandwidth-percent = 50");
	end();
	imported(CLASSES GROUP TOP("10000000")
		 " class A\n  bandwidth remaining ratio 1\n"
		 " class B\n  bandwidth remaining ratio 2\n");
	imported_is(16, IOS_CHANGED, "as bandwidth-percent = 25");
	imported_is(18, IOS_CHANGED, "as bandwidth-percent = 50");
	end();
}

/* Between peers there are none. */
static void test_ratio_of_peers(void **state)
{
	(void)state;
	imported(CLASSES GROUP "policy-map TOP\n class class-default\n"
		 "  bandwidth remaining ratio 10\n  shape average 10m\n");
	imported_is(12, IOS_LOST, "peers take turns");
	imported_has(NHRPD, "shape = \"10000000 bit\"\n");
	imported_lacks(NHRPD, "bandwidth");
	end();
}

static void test_priority(void **state)
{
	(void)state;
	imported(CLASSES GROUP TOP("10000000")
		 " class A\n  priority level 1 percent 10\n"
		 " class B\n  priority level 2 512 64000\n"
		 " class C\n  priority level 2\n  police cir percent 15\n");
	imported_is(16, IOS_CHANGED, "there is one level");
	imported_has(NHRPD, "priority-percent = 10\n");
	imported_has(NHRPD, "priority = \"512000 bit\"\n"
		     "\t\tpriority-burst = 64000\n");
	imported_is(20, IOS_CHANGED, "at the rate of its policer");
	imported_has(NHRPD, "priority-percent = 15\n");
	imported_lacks(NHRPD, "police");
	end();
}

/* ---- rates ---- */

static void test_percent(void **state)
{
	(void)state;
	imported(CLASSES GROUP TOP("10000000")
		 " class A\n  police cir percent 5 bc 300 ms\n"
		 "   conform-action transmit\n   exceed-action drop\n"
		 " class B\n  shape average percent 40\n  service-policy IN\n"
		 "policy-map IN\n class C\n  police rate percent 50\n"
		 " class class-default\n");
	imported_is(16, IOS_CHANGED, "as police = \"500000 bit\"");
	imported_is(17, IOS_TAKEN, NULL);
	imported_is(20, IOS_CHANGED, "as shape = \"4000000 bit\"");
	imported_is(24, IOS_CHANGED, "as police = \"2000000 bit\"");
	imported_has(NHRPD, "police = \"2000000 bit\"\n");
	end();
}

static void test_percent_of_nothing(void **state)
{
	(void)state;
	imported(CLASSES GROUP "policy-map TOP\n class A\n"
		 "  police cir percent 5\n class class-default\n"
		 "  shape average percent 40\n");
	imported_is(12, IOS_LOST, "no shaper around it");
	imported_is(14, IOS_LOST, "no shaper around it");
	imported_lacks(NHRPD, "police");
	imported_lacks(NHRPD, "shape");
	end();
	/* One policy within two that have different rates. */
	imported(CLASSES GROUP " nhrp map group H service-policy output TOP2\n"
		 TOP("10m") " class A\n  police cir percent 5\n"
		 "policy-map TOP2\n class class-default\n"
		 "  shape average 2m\n  service-policy CHILD\n");
	imported_is(17, IOS_LOST, "several rates");
	imported_lacks(NHRPD, "police");
	end();
	imported(CLASSES GROUP " nhrp map group H service-policy output TOP2\n"
		 TOP("10m") " class A\n  police cir percent 5\n"
		 "policy-map TOP2\n class class-default\n"
		 "  shape average 10000k\n  service-policy CHILD\n");
	imported_has(NHRPD, "police = \"500000 bit\"\n");
	end();
}

static void test_adaptive(void **state)
{
	(void)state;
	imported(CLASSES GROUP "policy-map TOP\n class class-default\n"
		 "  shape adaptive upper-bound 10000000 lower-bound 2000000\n");
	imported_is(12, IOS_TAKEN, NULL);
	imported_has(NHRPD, "shape = \"10000000 bit\"\n");
	imported_has(NHRPD, "service-policy = TOP\n"
		     "\t\tadaptive-lower-bound = \"2000000 bit\"\n");
	end();
	imported(CLASSES GROUP "policy-map TOP\n class class-default\n"
		 "  shape adaptive upper-bound 10m lower-bound percent 20\n");
	imported_has(NHRPD, "adaptive-lower-bound-percent = 20\n");
	end();
	imported(CLASSES GROUP "policy-map TOP\n class class-default\n"
		 "  shape adaptive upper-bound percent 50 lower-bound percent 20\n");
	imported_is(12, IOS_LOST, NULL);
	imported_lacks(NHRPD, "adaptive");
	end();
	imported(CLASSES GROUP "policy-map TOP\n class A\n"
		 "  shape adaptive upper-bound 1m lower-bound 500k\n"
		 " class class-default\n");
	imported_is(12, IOS_LOST, "class-default alone");
	imported_lacks(NHRPD, "adaptive");
	end();
}

/* ---- marks ---- */

/* Policies of groups queue; what they set is the tunnel's. */
static void test_marks_of_groups(void **state)
{
	(void)state;
	imported(CLASSES GROUP TOP("10m")
		 " class A\n  set dscp tunnel af41\n  priority percent 10\n");
	imported_is(9, IOS_CHANGED, "what the classes of CHILD set");
	imported_is(16, IOS_TAKEN, NULL);
	imported_has(NHRPD, "set-outer-dscp = af41\n\t\tpriority-percent = 10\n");
	imported_has(NHRPD, "\tservice-policy-output = CHILD\n");
	end();
	/* It has others already. */
	imported(CLASSES GROUP " service-policy output OWN\n" TOP("10m")
		 " class A\n  set dscp tunnel af41\n"
		 "policy-map OWN\n class A\n  set dscp af42\n");
	imported_is(17, IOS_LOST, "into the one policy of the tunnel");
	imported_has(NHRPD, "\tservice-policy-output = OWN\n");
	imported_lacks(NHRPD, "af41");
	end();
	/* Two that say different things. */
	imported(CLASSES GROUP " nhrp map group H service-policy output TOP2\n"
		 TOP("10m") " class A\n  set dscp tunnel af41\n"
		 "policy-map TOP2\n class A\n  set dscp tunnel af42\n");
	imported_is(17, IOS_LOST, "a queue sets no marks");
	imported_lacks(NHRPD, "service-policy-output");
	end();
}

/* ---- policers ---- */

/* Who drops what should be marked does worse than nothing. */
static void test_policer_that_marks(void **state)
{
	(void)state;
	imported(CLASSES GROUP TOP("10000000")
		 " class A\n  police cir 1000000 bc 8000\n"
		 "   conform-action transmit\n"
		 "   exceed-action set-dscp-transmit af11\n"
		 " class B\n"
		 "  police 1m conform-action transmit exceed-action transmit\n"
		 " class C\n  police rate 100 pps\n");
	imported_is(16, IOS_LOST, "without the policer");
	imported_is(18, IOS_LOST, "without the policer");
	imported_is(20, IOS_LOST, "without the policer");
	imported_is(22, IOS_LOST, "bits a second");
	imported_lacks(NHRPD, "police");
	end();
}

static void test_others(void **state)
{
	(void)state;
	imported(CLASSES GROUP TOP("10000000")
		 " class A\n  drop\n  set cos 5\n  netflow-sampler S\n");
	imported_is(16, IOS_LOST, "firewall");
	imported_is(17, IOS_LOST, "what can be set");
	imported_is(18, IOS_LOST, "flow exporter");
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ratio),
		cmocka_unit_test(test_ratio_of_peers),
		cmocka_unit_test(test_priority),
		cmocka_unit_test(test_percent),
		cmocka_unit_test(test_percent_of_nothing),
		cmocka_unit_test(test_adaptive),
		cmocka_unit_test(test_marks_of_groups),
		cmocka_unit_test(test_policer_that_marks),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
