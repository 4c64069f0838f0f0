// SPDX-License-Identifier: GPL-2.0-or-later
#include "nhrpd/counters.h"

const char *nhrp_type_name(unsigned int type)
{
	static const char *const name[NHRP_TYPE_MAX + 1] = {
		[NHRP_RESOLUTION_REQUEST] = "resolution-request",
		[NHRP_RESOLUTION_REPLY] = "resolution-reply",
		[NHRP_REGISTRATION_REQUEST] = "registration-request",
		[NHRP_REGISTRATION_REPLY] = "registration-reply",
		[NHRP_PURGE_REQUEST] = "purge-request",
		[NHRP_PURGE_REPLY] = "purge-reply",
		[NHRP_ERROR_INDICATION] = "error-indication",
		[NHRP_TRAFFIC_INDICATION] = "traffic-indication",
	};

	if (type > NHRP_TYPE_MAX || !name[type])
		return "unknown";
	return name[type];
}

const char *nhrp_drop_name(enum nhrp_drop drop)
{
	switch (drop) {
	case NHRP_DROP_MALFORMED:
		return "malformed";
	case NHRP_DROP_CHECKSUM:
		return "checksum";
	case NHRP_DROP_UNSUPPORTED:
		return "unsupported";
	case NHRP_DROP_AUTH:
		return "authentication";
	case NHRP_DROP_NO_INTERFACE:
		return "no-interface";
	case NHRP_DROP_SOURCE:
		return "source";
	case NHRP_DROP_NOT_FOR_US:
		return "not-for-us";
	case NHRP_DROP_NO_REQUEST:
		return "no-request";
	case NHRP_DROP_LOOP:
		return "loop";
	case NHRP_DROP_HOPS:
		return "hops";
	case NHRP_DROP_NO_PATH:
		return "no-path";
	case NHRP_DROP_EXTENSION:
		return "extension";
	case NHRP_DROP_NOT_ALLOWED:
		return "not-allowed";
	case NHRP_DROP_RATE:
		return "rate";
	case NHRP_DROP_LIMIT:
		return "limit";
	case NHRP_DROP_TOO_LONG:
		return "too-long";
	case NHRP_DROP_SEND:
		return "send";
	case NHRP_DROP_STALE:
		return "stale";
	case NHRP_DROP_USE:
		return "use";
	case NHRP_DROP_POLICY:
		return "policy";
	case NHRP_DROP_IDENTITY:
		return "identity";
	case NHRP_DROP_UNAUTHORIZED:
		return "unauthorized";
	case NHRP_DROP_AUTH_SPI:
		return "authentication-spi";
	case NHRP_DROP_AUTH_HASH:
		return "authentication-hash";
	case __NHRP_DROP_MAX:
		break;
	}
	return "unknown";
}

const char *nhrp_qos_name(enum nhrp_qos qos)
{
	switch (qos) {
	case NHRP_QOS_APPLIED:
		return "applied";
	case NHRP_QOS_REMOVED:
		return "removed";
	case NHRP_QOS_ERROR:
		return "errors";
	case NHRP_QOS_UNKNOWN_GROUP:
		return "unknown-group";
	case NHRP_QOS_BAD_GROUP:
		return "bad-group";
	case __NHRP_QOS_MAX:
		break;
	}
	return "unknown";
}

const char *nhrp_change_name(enum nhrp_change change)
{
	switch (change) {
	case NHRP_CHANGE_UP:
		return "up";
	case NHRP_CHANGE_DOWN:
		return "down";
	case NHRP_CHANGE_DELETED:
		return "deleted";
	case NHRP_CHANGE_PEER_ADDED:
		return "peers-added";
	case NHRP_CHANGE_PEER_REMOVED:
		return "peers-removed";
	case NHRP_CHANGE_PEER_ERROR:
		return "peer-errors";
	case NHRP_CHANGE_SESSION_UP:
		return "sessions-up";
	case NHRP_CHANGE_SESSION_DOWN:
		return "sessions-down";
	case NHRP_CHANGE_ROUTE_ADDED:
		return "routes-added";
	case NHRP_CHANGE_ROUTE_REMOVED:
		return "routes-removed";
	case NHRP_CHANGE_ROUTE_ERROR:
		return "route-errors";
	case NHRP_CHANGE_OVERRIDE_ADDED:
		return "overrides-added";
	case NHRP_CHANGE_OVERRIDE_REMOVED:
		return "overrides-removed";
	case NHRP_CHANGE_REDIRECT_SUPPRESSED:
		return "redirects-suppressed";
	case __NHRP_CHANGE_MAX:
		break;
	}
	return "unknown";
}
