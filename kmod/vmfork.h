/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _DMVPN_VMFORK_H
#define _DMVPN_VMFORK_H

int dmvpn_vmfork_init(void);
void dmvpn_vmfork_exit(void);

#endif /* _DMVPN_VMFORK_H */
