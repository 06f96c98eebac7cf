/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel tells of a socket by sock_diag(7). */
#ifndef WIRESPAN_AGENT_KERNEL_DIAG_MESSAGE_H
#define WIRESPAN_AGENT_KERNEL_DIAG_MESSAGE_H

#include <linux/inet_diag.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/record.h"

/*
 * The message, of `size` bytes with its attributes, as a RECORD_SOCKET of a socket of that network
 * namespace; whose it is, and the time, are the caller's to fill in.
 */
struct record_socket diag_message_read(const struct inet_diag_msg *message, size_t size, uint64_t netns);

#endif
