/* SPDX-License-Identifier: GPL-2.0 */
/* ESP: RFC 4303. */
#ifndef _DMVPN_ESP_H
#define _DMVPN_ESP_H

#include <linux/skbuff.h>

struct dmvpn_sa;

unsigned int dmvpn_esp_trailer(const struct dmvpn_sa *sa, unsigned int len);
int dmvpn_esp_encrypt(struct dmvpn_sa *sa, struct sk_buff *skb);
void dmvpn_esp_decrypt(struct dmvpn_sa *sa, struct sk_buff *skb);
void dmvpn_esp_exit(void);

#endif /* _DMVPN_ESP_H */
