/* SPDX-License-Identifier: Apache-2.0 */
/* What a process has written over its arguments, for ps(1) to show. */
#ifndef WIRESPAN_CORRELATE_PROCESS_TITLE_H
#define WIRESPAN_CORRELATE_PROCESS_TITLE_H

#include "correlate/process/process.h"

/*
 * The program that a title begins with: "gunicorn" of "gunicorn: master [shop]", "puma" of
 * "puma 6.4 (tcp://0:3000) [shop]", "celeryd" of "[celeryd: worker]". Empty where the process has its
 * arguments still. A view into `info`.
 */
struct slice process_title_program(const struct process_info *info);

#endif
