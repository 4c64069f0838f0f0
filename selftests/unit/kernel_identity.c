// SPDX-License-Identifier: GPL-2.0-or-later
/* The module's identity.c. nhrpd has one of its own. */
#include "../../kmod/identity.c"
