/* SPDX-License-Identifier: Apache-2.0 */
/* What to call a service that does not say its name: docs/spans.md has the rules. */
#ifndef WIRESPAN_CORRELATE_PROCESS_SERVICE_NAME_H
#define WIRESPAN_CORRELATE_PROCESS_SERVICE_NAME_H

#include "correlate/process/info.h"

#define SERVICE_GUESS_MAX 320 /* for the result where it is no view into `info` */

/* Empty where nothing is known. */
struct slice service_name_guess(const struct process_info *info, char buffer[SERVICE_GUESS_MAX]);

/* Whether the arguments are a title that names the service: more than those that it was started with may have. */
bool service_name_in_title(const struct process_info *info);

#endif
