/* SPDX-License-Identifier: Apache-2.0 */
/* What libbpf, and the kernel's verifier by its mouth, have to say. */
#ifndef WIRESPAN_AGENT_KERNEL_LIBBPF_LOG_H
#define WIRESPAN_AGENT_KERNEL_LIBBPF_LOG_H

#include <stdarg.h>

#include <bpf/libbpf.h>

/* Of a longer message, only so many lines are logged, the last ones: the verifier's verdict is at the end. */
#define LIBBPF_LOG_LINES_MAX 100

/*
 * For libbpf_set_print(). Its messages become debug messages, a line each (what
 * matters of them, we say ourselves), its own debug messages none. Always 0.
 */
int libbpf_log(enum libbpf_print_level level, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

#endif
