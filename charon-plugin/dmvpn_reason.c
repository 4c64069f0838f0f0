/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "compat.h"
#include "dmvpn_reason.h"

/**
 * Alerts that are failures
 */
static struct {
	alert_t alert;
	const char *reason;
} alerts[] = {
	{ ALERT_LOCAL_AUTH_FAILED,
		"the peer does not accept our identity or secret" },
	{ ALERT_PEER_AUTH_FAILED,
		"the peer's identity or secret is wrong" },
	{ ALERT_HALF_OPEN_TIMEOUT,
		"the peer did not complete IKE in time" },
	{ ALERT_PARSE_ERROR_BODY,
		"the peer's IKE message cannot be read, do the secrets match?" },
	{ ALERT_PROPOSAL_MISMATCH_IKE,
		"no IKE proposal in common, compare proposals" },
	{ ALERT_PROPOSAL_MISMATCH_CHILD,
		"no ESP proposal in common, compare esp_proposals" },
	{ ALERT_TS_MISMATCH,
		"no traffic selectors in common, compare local_ts and remote_ts" },
	{ ALERT_INSTALL_CHILD_SA_FAILED,
		"the kernel refused the SAs, see charon's log" },
	{ ALERT_UNIQUE_KEEP,
		"the peer is already connected, set unique = never" },
	{ ALERT_AUTHORIZATION_FAILED,
		"the peer is not authorized" },
	{ ALERT_CERT_EXPIRED,
		"the peer's certificate has expired" },
	{ ALERT_CERT_REVOKED,
		"the peer's certificate is revoked" },
	{ ALERT_CERT_VALIDATION_FAILED,
		"cannot tell if the peer's certificate is revoked" },
	{ ALERT_CERT_NO_ISSUER,
		"the CA of the peer's certificate is not known" },
	{ ALERT_CERT_UNTRUSTED_ROOT,
		"the CA of the peer's certificate is not trusted" },
	{ ALERT_CERT_EXCEEDED_PATH_LEN,
		"the chain of the peer's certificate is too long" },
	{ ALERT_CERT_POLICY_VIOLATION,
		"the peer's certificate violates a policy" },
};

/**
 * Errors that peers notify
 */
static struct {
	notify_type_t type;
	const char *reason;
} notifies[] = {
	{ NO_PROPOSAL_CHOSEN,
		"the peer takes none of our proposals" },
	{ PAYLOAD_MALFORMED,
		"the peer cannot read our messages, do the secrets match?" },
	{ INVALID_ID_INFORMATION,
		"the peer does not accept our traffic selectors or identity" },
	{ AUTHENTICATION_FAILED,
		"the peer does not accept our identity or secret" },
	{ TS_UNACCEPTABLE,
		"the peer does not accept our traffic selectors" },
};

/**
 * Described in header
 */
const char *dmvpn_reason_of_alert(alert_t alert)
{
	int i;

	for (i = 0; i < countof(alerts); i++)
	{
		if (alerts[i].alert == alert)
		{
			return alerts[i].reason;
		}
	}
	return NULL;
}

/**
 * Described in header
 */
bool dmvpn_reason_is_identity(alert_t alert)
{
	switch (alert)
	{
		case ALERT_PEER_AUTH_FAILED:
		case ALERT_AUTHORIZATION_FAILED:
		case ALERT_CERT_EXPIRED:
		case ALERT_CERT_REVOKED:
		case ALERT_CERT_VALIDATION_FAILED:
		case ALERT_CERT_NO_ISSUER:
		case ALERT_CERT_UNTRUSTED_ROOT:
		case ALERT_CERT_EXCEEDED_PATH_LEN:
		case ALERT_CERT_POLICY_VIOLATION:
			return TRUE;
		default:
			return FALSE;
	}
}

/**
 * Described in header
 */
const char *dmvpn_reason_of_notify(notify_type_t type)
{
	int i;

	for (i = 0; i < countof(notifies); i++)
	{
		if (notifies[i].type == type)
		{
			return notifies[i].reason;
		}
	}
	return NULL;
}

/**
 * Described in header
 */
const char *dmvpn_reason_of_silence(ike_sa_t *ike_sa)
{
	ike_sa_id_t *id = ike_sa->get_id(ike_sa);

	if (!id->get_responder_spi(id))
	{
		return "no answer to IKE, is the peer up and UDP port 500 open?";
	}
	/* in IKEv1 a wrong secret is met with silence */
	return "the peer stopped answering IKE, do identities and secrets match?";
}
