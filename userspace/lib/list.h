/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intrusive doubly linked lists: a ring through its head.
 */
#ifndef DMVPN_LIB_LIST_H
#define DMVPN_LIB_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* The structure that @member, to which @ptr points, is part of. */
#define container_of(ptr, type, member) \
	((type *)(void *)((char *)(ptr) - offsetof(type, member)))

/**
 * struct list - the head of a list, or a link in a member of one
 * @next: following link
 * @prev: preceding link
 */
struct list {
	struct list *next;
	struct list *prev;
};

static inline void list_init(struct list *l)
{
	l->next = l;
	l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
	return l->next == l;
}

/* Append to the list with head @head. */
static inline void list_add(struct list *head, struct list *link)
{
	link->prev = head->prev;
	link->next = head;
	head->prev->next = link;
	head->prev = link;
}

/* Take out; a link that is in no list (after list_init) may be given. */
static inline void list_del(struct list *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	list_init(link);
}

#define list_entry(link, type, member) container_of(link, type, member)

/* Over all members, as type *@pos. The list must not change meanwhile. */
#define list_for_each(pos, head, type, member) \
	for (pos = list_entry((head)->next, type, member); \
	     &pos->member != (head); \
	     pos = list_entry(pos->member.next, type, member))

/* The same; the member at @pos may be taken out. */
#define list_for_each_safe(pos, tmp, head, type, member) \
	for (pos = list_entry((head)->next, type, member), \
	     tmp = list_entry(pos->member.next, type, member); \
	     &pos->member != (head); \
	     pos = tmp, tmp = list_entry(tmp->member.next, type, member))

#endif
