// SPDX-License-Identifier: GPL-2.0-or-later
#include "dmvpnctl/json.h"
#include "dmvpnctl/names.h"

void json_doctor(FILE *f, const struct finding *v, size_t n)
{
	json_t *o, *list = json_array();
	size_t i;

	for (i = 0; i < n; i++) {
		o = json_object();
		json_set_text(o, "check", v[i].check);
		json_set_text(o, "level", finding_level_name(v[i].level));
		json_set_text(o, "text", v[i].text);
		json_set_text(o, "advice", v[i].advice);
		json_array_append_new(list, o);
	}
	json_print_list(f, "findings", list);
}
