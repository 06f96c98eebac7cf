/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Eight bytes looked at as one number. Includes nothing: the kernel programs use it, too. */
#ifndef WIRESPAN_BASE_WORD_H
#define WIRESPAN_BASE_WORD_H

/* Each byte is `value`. */
#define EVERY_BYTE(value) (0x0101010101010101ull * (value))

#endif
