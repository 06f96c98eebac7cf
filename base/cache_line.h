/* SPDX-License-Identifier: Apache-2.0 */
/* What processors fetch and share of memory at once. */
#ifndef WIRESPAN_BASE_CACHE_LINE_H
#define WIRESPAN_BASE_CACHE_LINE_H

#define CACHE_LINE 64 /* bytes */

#endif
