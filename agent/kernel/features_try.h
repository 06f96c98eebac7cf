/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The attempts behind features.h. Each makes the smallest map or program that
 * has the feature, and removes it at once: 0 where the kernel accepted it, else
 * the negative errno with which it (or libbpf) refused. `vmlinux` is the
 * kernel's BTF; where it is NULL, what needs it answers -ENODATA.
 */
#ifndef WIRESPAN_AGENT_KERNEL_FEATURES_TRY_H
#define WIRESPAN_AGENT_KERNEL_FEATURES_TRY_H

struct btf;

int try_ring_buffer(const struct btf *vmlinux, const char *argument);
int try_hash(const struct btf *vmlinux, const char *argument);
int try_lru_hash(const struct btf *vmlinux, const char *argument);
int try_socket_storage(const struct btf *vmlinux, const char *argument);
/* `argument`: the tracepoint. */
int try_tracepoint(const struct btf *vmlinux, const char *argument);
int try_task_file_iterator(const struct btf *vmlinux, const char *argument);
int try_sock_from_file(const struct btf *vmlinux, const char *argument);
int try_socket_cookie(const struct btf *vmlinux, const char *argument);
int try_task_pt_regs(const struct btf *vmlinux, const char *argument);
int try_preempt_disable(const struct btf *vmlinux, const char *argument);

#endif
