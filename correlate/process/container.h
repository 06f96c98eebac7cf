/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRESPAN_CORRELATE_PROCESS_CONTAINER_H
#define WIRESPAN_CORRELATE_PROCESS_CONTAINER_H

#include "base/slice.h"

/*
 * The container id in a cgroup path, as Docker, containerd, CRI-O, Podman and
 * ECS write it; the innermost one where containers are nested. A view into
 * `cgroup`; empty where there is none.
 */
struct slice container_id_from_cgroup(struct slice cgroup);

#endif
