/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "compat.h"
#include "dmvpn_reports.h"
#include "dmvpn_queue.h"

typedef struct private_dmvpn_reports_t private_dmvpn_reports_t;

/**
 * Private data of a dmvpn_reports_t object.
 */
struct private_dmvpn_reports_t {

	/**
	 * Public dmvpn_reports_t interface.
	 */
	dmvpn_reports_t public;

	/**
	 * Kernel
	 */
	dmvpn_genl_t *genl;

	/**
	 * What is to be told, dmvpn_session_t
	 */
	dmvpn_queue_t *queue;
};

CALLBACK(run_report, void,
	private_dmvpn_reports_t *this, void *item)
{
	this->genl->set_session(this->genl, item);
}

METHOD(dmvpn_reports_t, add, void,
	private_dmvpn_reports_t *this, dmvpn_session_t *session)
{
	this->queue->add(this->queue, 0, session, 0);
}

METHOD(dmvpn_reports_t, destroy, void,
	private_dmvpn_reports_t *this)
{
	this->queue->finish(this->queue);
	this->queue->destroy(this->queue);
	free(this);
}

/**
 * Described in header
 */
dmvpn_reports_t *dmvpn_reports_create(dmvpn_genl_t *genl)
{
	private_dmvpn_reports_t *this;

	INIT(this,
		.public = {
			.add = _add,
			.destroy = _destroy,
		},
		.genl = genl,
	);
	this->queue = dmvpn_queue_create(run_report,
									 (void*)dmvpn_session_destroy, this);

	return &this->public;
}
