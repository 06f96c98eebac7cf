/* SPDX-License-Identifier: GPL-2.0 */
/* Who has the connections that are not read. */
#ifndef WIRESPAN_BPF_TRACE_IGNORED_H
#define WIRESPAN_BPF_TRACE_IGNORED_H

#include "bpf/trace/maps.h"

/*
 * Tells that the connection of the movement in this CPU's scratch is reported no more, as it speaks
 * `recognised`. A global function. Always 0.
 */
int ignored_report(__u32 recognised);

#endif
