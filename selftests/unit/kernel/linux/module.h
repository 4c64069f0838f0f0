/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNIT_KERNEL_MODULE_H
#define UNIT_KERNEL_MODULE_H

#define module_param(name, type, mode)	struct unit_unused
#define MODULE_PARM_DESC(name, text)	struct unit_unused

#endif
