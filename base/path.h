/* SPDX-License-Identifier: Apache-2.0 */
/* Names of files, as text. */
#ifndef WIRESPAN_BASE_PATH_H
#define WIRESPAN_BASE_PATH_H

#include "base/slice.h"

/* What is behind the last slash, or all of it. */
struct slice path_last(struct slice path);

/* A program's name without the version that distributions put at its end: "python3.11" is "python". */
struct slice path_without_version(struct slice name);

#endif
