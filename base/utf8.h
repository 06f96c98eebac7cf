/* SPDX-License-Identifier: Apache-2.0 */
/* Text from outside is bytes until proven UTF-8. */
#ifndef WIRESPAN_BASE_UTF8_H
#define WIRESPAN_BASE_UTF8_H

#include "base/slice.h"

#define UTF8_REPLACEMENT 0xfffd

/*
 * The code point at the front of `text` (not empty) and the bytes it takes. Of
 * bytes that are not UTF-8 (overlong forms, surrogates and values past U+10FFFF
 * are not) the maximal subpart of a sequence counts as one UTF8_REPLACEMENT, as
 * the Unicode standard recommends (chapter 3.9); *ret_valid is then false.
 */
uint32_t utf8_decode(struct slice text, size_t *ret_length, bool *ret_valid);

/* True when the text is UTF-8 and has no NUL. */
bool utf8_clean(struct slice text);

#endif
