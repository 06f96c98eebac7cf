/* SPDX-License-Identifier: Apache-2.0 */
/* Writing to a terminal without waiting for it. */
#ifndef WIRESPAN_BASE_TERMINAL_H
#define WIRESPAN_BASE_TERMINAL_H

/*
 * The terminal that is open as `fd`, opened once more for writing and as one that never blocks: a terminal that
 * poll calls writable may still block, for as long as nobody reads, and the flags of `fd` itself are shared
 * with others. The caller's to close. -1: no terminal, or it cannot be opened.
 */
int terminal_open_own(int fd);

#endif
