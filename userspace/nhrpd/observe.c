// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>

#include "nhrpd/observe.h"

#define LINE_MAX_LEN 512

void observe_line(struct nhrp *n, enum nhrp_event_type type,
		  enum nhrp_event_level level, struct subject subject,
		  const char *format, ...)
{
	struct nhrp_event event = { .type = type, .level = level };
	char line[LINE_MAX_LEN];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	event.ifname = "";
	if (subject.ifc)
		event.ifname = subject.ifc->configured ?
			       subject.ifc->conf.name : subject.ifc->dev.name;
	if (subject.proto)
		event.proto = *subject.proto;
	if (subject.nbma)
		event.nbma = *subject.nbma;
	event.text = line;
	n->observer(n->ctx, &event);
}

struct text addr_text(const struct addr *a)
{
	struct text text;

	addr_format(a, text.t);
	return text;
}

struct text prefix_text(const struct prefix *p)
{
	struct text text;

	prefix_format(p, text.t);
	return text;
}

struct text nbma_text(const struct nbma *n)
{
	struct text text;

	nbma_format(n, text.t);
	return text;
}

const char *nhrp_event_name(enum nhrp_event_type type)
{
	switch (type) {
	case NHRP_EVENT_INTERFACE:
		return "interface";
	case NHRP_EVENT_NHS:
	case NHRP_EVENT_NHS_UP:
	case NHRP_EVENT_NHS_DOWN:
		return "nhs";
	case NHRP_EVENT_REGISTERED:
	case NHRP_EVENT_RENEWED:
		return "registered";
	case NHRP_EVENT_UNREGISTERED:
		return "unregistered";
	case NHRP_EVENT_REFUSED:
		return "refused";
	case NHRP_EVENT_PEER:
	case NHRP_EVENT_PEER_UP:
	case NHRP_EVENT_PEER_DOWN:
		return "peer";
	case NHRP_EVENT_CACHE:
		return "cache";
	case NHRP_EVENT_SHORTCUT:
	case NHRP_EVENT_SHORTCUT_UP:
	case NHRP_EVENT_SHORTCUT_DOWN:
		return "shortcut";
	case NHRP_EVENT_REDIRECT:
		return "redirect";
	case NHRP_EVENT_PURGE:
		return "purge";
	case NHRP_EVENT_ERROR:
		return "error";
	case NHRP_EVENT_ADOPT:
		return "adopt";
	case NHRP_EVENT_GROUP:
		return "group";
	case __NHRP_EVENT_MAX:
		break;
	}
	return "unknown";
}
