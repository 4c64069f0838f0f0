/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Access lists and class maps into the flat lines of a policy's class.
 */
#ifndef NHRPD_COMPILE_H
#define NHRPD_COMPILE_H

#include "nhrpd/acl.h"
#include "nhrpd/policy.h"

/* Room for a class's lines in a netlink attribute, which ends at 64 KB. */
#define COMPILE_BYTES 65000

/**
 * struct access_list - an access list
 * @name: of it
 * @lines: of it, with @deny as acl_parse has it
 */
struct access_list {
	char name[POLICY_NAME];
	struct policy_lines lines;
};

/**
 * struct class_map - a class map
 * @name: of it
 * @match_all: all statements have to match, not any
 * @match: statements as they are written
 * @lines: flat: @deny as the kernel has it
 */
struct class_map {
	char name[POLICY_NAME];
	bool match_all;
	struct policy_texts match;
	struct policy_lines lines;
};

/**
 * struct class_maps - what has been defined so far
 * @list: array of @n_list
 * @n_list: access lists
 * @map: array of @n_map
 * @n_map: class maps
 */
struct class_maps {
	struct access_list *list;
	size_t n_list;
	struct class_map *map;
	size_t n_map;
};

/* Zeroed ones at the end of the arrays; NULL without memory. */
struct access_list *class_maps_add_list(struct class_maps *cm,
					const char *name);
struct class_map *class_maps_add_map(struct class_maps *cm, const char *name);
const struct access_list *class_maps_find_list(const struct class_maps *cm,
					       const char *name);
const struct class_map *class_maps_find_map(const struct class_maps *cm,
					    const char *name);
void class_maps_free(struct class_maps *cm);

/*
 * Lines of a match statement: a header is of the statement if the first that it
 * has all of permits. The last one matches all. 0, or -1 with the reason.
 */
int compile_statement(const struct class_maps *cm, const char *text,
		      struct policy_lines *lines,
		      char error[static ACL_ERROR]);
/* Fill @map->lines. 0, or -1 with the reason. */
int compile_class_map(const struct class_maps *cm, struct class_map *map,
		      char error[static ACL_ERROR]);

#endif
