/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As much of the kernel's lists as its files want that are tested here. */
#ifndef UNIT_KERNEL_LIST_H
#define UNIT_KERNEL_LIST_H

struct list_head {
	struct list_head *next;
	struct list_head *prev;
};

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline void list_add_tail(struct list_head *entry,
				 struct list_head *list)
{
	entry->next = list;
	entry->prev = list->prev;
	list->prev->next = entry;
	list->prev = entry;
}

static inline void list_del(struct list_head *entry)
{
	entry->next->prev = entry->prev;
	entry->prev->next = entry->next;
}

#define list_first_entry_or_null(list, type, member) \
	((list)->next == (list) ? NULL : \
	 container_of((list)->next, type, member))

#endif
