/* SPDX-License-Identifier: Apache-2.0 */
/* Who has the connections that are not read, for people. */
#ifndef WIRESPAN_AGENT_OBSERVE_UNREAD_TEXT_H
#define WIRESPAN_AGENT_OBSERVE_UNREAD_TEXT_H

#include <stddef.h>

#include "correlate/connection/unread.h"

#define UNREAD_TEXT_MAX 512

/* The rows with the most connections first, those with as many by age; how many there are. */
size_t unread_sort(const struct unread *unread, const struct unread_row *ret_rows[UNREAD_ROWS_MAX]);

/*
 * "tls 12: web (nginx, pid 812 and others) on port 443", safe for a terminal; "tls 12 (+2): …" where 2 have been
 * `added` of late.
 */
void unread_row_format(const struct unread_row *row, uint64_t added, char text[UNREAD_TEXT_MAX]);

/* "tls on port 443". */
void unread_kind_format(const struct unread_row *row, char text[UNREAD_TEXT_MAX]);

/* "server", "client" or "unknown"; static. */
const char *unread_role_name(unsigned int role);

#endif
