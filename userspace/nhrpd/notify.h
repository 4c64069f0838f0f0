/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a service manager wants to know, as sd_notify(3) has it. It may use
 * READY=1 as "the control socket answers".
 */
#ifndef NHRPD_NOTIFY_H
#define NHRPD_NOTIFY_H

#define NOTIFY_READY		"READY=1"
#define NOTIFY_RELOADING	"RELOADING=1"
#define NOTIFY_STOPPING		"STOPPING=1"

/**
 * notify() - tell the service manager, if there is one
 * @state: one of the above, or several lines of NAME=VALUE
 *
 * Return: 1 if it was told, 0 if nobody asked, -1 with errno
 */
int notify(const char *state);

#endif
