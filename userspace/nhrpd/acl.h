/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of access lists, in the words of IOS's extended ones:
 *
 *   [NUMBER] permit|deny PROTOCOL FROM [PORTS] TO [PORTS | ICMP] [OPTION ...]
 *   [NUMBER] remark ...
 *
 * FROM and TO are any, host A, A WILDCARD or A/LENGTH; PORTS are eq P ..., neq,
 * lt, gt or range P P; ICMP is a name, or a type and a code; an OPTION is dscp
 * D, precedence P or fragments.
 */
#ifndef NHRPD_ACL_H
#define NHRPD_ACL_H

#include "nhrpd/policy.h"

#define ACL_ERROR 256

/*
 * Add to @lines what @text says: several lines if it has several ranges of
 * ports, none for a remark. @deny of a line is 1 for one that denies; where the
 * search goes on is compile.c's business. 0, or -1 with the reason in @error.
 */
int acl_parse(const char *text, struct policy_lines *lines,
	      char error[static ACL_ERROR]);

#endif
