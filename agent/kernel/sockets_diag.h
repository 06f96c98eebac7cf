/* SPDX-License-Identifier: Apache-2.0 */
/* The sockets that exist already, where the kernel has no iterator over open files: by sock_diag(7) and /proc. */
#ifndef WIRESPAN_AGENT_KERNEL_SOCKETS_DIAG_H
#define WIRESPAN_AGENT_KERNEL_SOCKETS_DIAG_H

#include "agent/kernel/selection.h"
#include "agent/source/source.h"

/*
 * Gives `sink` a RECORD_SOCKET for each process and each of its TCP sockets that
 * listens or is connected, on the selected ports, as capture_find_sockets does
 * with the iterator. Looks into every network namespace that a process lives
 * in; the caller stays in its own. 0; negative errno of the first namespace or
 * process that could not be looked into: the others were.
 */
int sockets_diag_find(const struct selection *selection, const struct record_sink *sink);

#endif
