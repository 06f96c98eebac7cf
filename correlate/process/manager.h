/* SPDX-License-Identifier: Apache-2.0 */
/* What a manager of services calls the process that it runs. */
#ifndef WIRESPAN_CORRELATE_PROCESS_MANAGER_H
#define WIRESPAN_CORRELATE_PROCESS_MANAGER_H

#include "correlate/process/info.h"

/* Longer ones are cut: what a unit's name may have. */
#define MANAGED_NAME_MAX 256

/*
 * The name of the program for supervisord, else of the systemd unit that the cgroup tells: "shop" for
 * shop.service and shop@1.service, "shop@blue" for shop@blue.service. Empty where there is none: for
 * sessions and other scopes, in containers, and for units that run what others ask them to. A view into
 * `info` or `buffer`.
 */
struct slice process_manager_name(const struct process_info *info, char buffer[MANAGED_NAME_MAX]);

#endif
