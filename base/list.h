/* SPDX-License-Identifier: Apache-2.0 */
/* A circular doubly linked list whose links live in the items. */
#ifndef WIRESPAN_BASE_LIST_H
#define WIRESPAN_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *next, *previous;
};

#define LIST_ITEM(link, type, member) ((type *)(void *)((char *)(link) - offsetof(type, member)))

static inline void list_init(struct list *list)
{
	list->next = list->previous = list;
}

static inline bool list_empty(const struct list *list)
{
	return list->next == list;
}

/* Adds at the end of `list`. */
static inline void list_add(struct list *list, struct list *item)
{
	item->previous = list->previous;
	item->next = list;
	list->previous->next = item;
	list->previous = item;
}

/* Takes the item out; it may be taken out again. */
static inline void list_remove(struct list *item)
{
	item->previous->next = item->next;
	item->next->previous = item->previous;
	list_init(item);
}

/* Makes the item, of this list or of none, its last. Often it is that already. */
static inline void list_move_to_end(struct list *list, struct list *item)
{
	if (list->previous == item)
		return;
	list_remove(item);
	list_add(list, item);
}

#endif
