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

static inline bool list_empty(const struct list_head *list)
{
	return list->next == list;
}

static inline void list_del(struct list_head *entry)
{
	entry->next->prev = entry->prev;
	entry->prev->next = entry->next;
}

static inline void list_del_init(struct list_head *entry)
{
	list_del(entry);
	INIT_LIST_HEAD(entry);
}

static inline void list_move_tail(struct list_head *entry,
				  struct list_head *list)
{
	list_del(entry);
	list_add_tail(entry, list);
}

#define list_first_entry(list, type, member) \
	container_of((list)->next, type, member)

#define list_for_each_entry(pos, list, member) \
	for (pos = container_of((list)->next, __typeof__(*pos), member); \
	     &pos->member != (list); \
	     pos = container_of(pos->member.next, __typeof__(*pos), member))

#define list_first_entry_or_null(list, type, member) \
	((list)->next == (list) ? NULL : \
	 container_of((list)->next, type, member))

#endif
