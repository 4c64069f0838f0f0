// SPDX-License-Identifier: GPL-2.0-or-later
#include "dmvpnctl/names.h"
#include "dmvpnctl/text.h"

void text_doctor(FILE *f, const struct finding *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		fprintf(f, "%-4s  %-12s  %s%s%s\n",
			finding_level_name(v[i].level), v[i].check, v[i].text,
			v[i].advice[0] ? " -> " : "", v[i].advice);
}
