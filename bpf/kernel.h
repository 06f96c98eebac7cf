/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's types, as far as the programs touch them. CO-RE relocates each
 * access to the running kernel's layout, so order and gaps do not matter.
 */
#ifndef WIRESPAN_BPF_KERNEL_H
#define WIRESPAN_BPF_KERNEL_H

#include <linux/types.h>
#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6
#define IPPROTO_MPTCP 262

#define MSG_OOB 0x1
#define MSG_PEEK 0x2
#define MSG_TRUNC 0x20
#define MSG_DONTWAIT 0x40
#define O_NONBLOCK 04000
#define MSG_ERRQUEUE 0x2000

#define S_IFMT 00170000
#define S_IFSOCK 0140000

#define ECONNRESET 104
#define EPIPE 32
#define ENOSYS 38
#define ETIMEDOUT 110

/* include/net/tcp_states.h */
enum {
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT,
	TCP_SYN_RECV,
	TCP_FIN_WAIT1,
	TCP_FIN_WAIT2,
	TCP_TIME_WAIT,
	TCP_CLOSE,
	TCP_CLOSE_WAIT,
	TCP_LAST_ACK,
	TCP_LISTEN,
	TCP_CLOSING,
};

/* include/net/sock.h, enum sock_flags: set once no file is the socket's; once the peer's FIN has arrived. */
#define SOCK_DEAD_BIT 0
#define SOCK_DONE_BIT 1

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	int counter;
} atomic_t;

struct in6_addr {
	__u8 s6_addr[16];
};

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	unsigned long skc_flags;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	struct {
		long long counter;
	} skc_cookie;
};

struct bpf_local_storage;

struct sock {
	struct sock_common __sk_common;
	struct bpf_local_storage *sk_bpf_storage;
	__u16 sk_protocol;
	int sk_err;
};

struct inet_sock {
	__be16 inet_sport;
};

struct tcp_ulp_ops;

struct inet_connection_ack {
	__u32 lrcvtime; /* jiffies */
};

struct inet_connection_sock {
	const struct tcp_ulp_ops *icsk_ulp_ops;
	struct inet_connection_ack icsk_ack;
};

struct tcp_sock {
	struct inet_connection_sock inet_conn;
	__u32 write_seq;
	__u32 copied_seq;
	__u32 rcv_nxt;
	__u32 snd_una;
	__u32 snd_wl1;    /* where the segment began that last said how much may be sent */
	__u32 lsndtime;   /* jiffies */
	__u32 rcv_tstamp; /* jiffies: the last acknowledgement */
	__u32 total_retrans;
	__u64 bytes_received;
	__u64 bytes_acked;
};

/* MPTCP: the socket that its owner sees; sequence numbers are the data's. */
struct mptcp_sock {
	__u64 remote_key; /* 0: the peer speaks plain TCP */
	__u64 write_seq;
	__u64 ack_seq;
	__u64 bytes_received;
	__u64 bytes_consumed;
	__u64 bytes_acked;
	__u64 snd_una;
	__u64 rcv_data_fin_seq;
	struct sock *first; /* the TCP connection that it began with */
};

struct socket {
	struct sock *sk;
};

struct inode {
	unsigned short i_mode;
};

struct file {
	unsigned int f_flags;
	struct inode *f_inode;
	void *private_data;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct kernfs_node {
	struct kernfs_node *parent; /* until 6.14 */
	const char *name;
};

/* 633488947ef6 ("kernfs: Use RCU to access kernfs_node::parent.") */
struct kernfs_node___6_15 {
	struct kernfs_node___6_15 *__parent;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct signal_struct {
	atomic_t live;
};

struct mm_struct {
	unsigned long arg_start, arg_end, env_start, env_end;
};

struct task_struct {
	int pid;
	int tgid;
	int exit_code;
	__u64 start_boottime;
	struct task_struct *real_parent;
	struct mm_struct *mm;
	struct files_struct *files;
	struct signal_struct *signal;
	struct css_set *cgroups;
};

struct linux_binprm {
	const char *filename;
	const char *interp;
};

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long bx, cx, dx, si, di, r10, ax, cs, orig_ax;
};
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
	__u64 regs[31];
	__u64 pstate;
	__u64 orig_x0;
	__s32 syscallno;
};
#else
#error "no register names for this architecture"
#endif

#pragma clang attribute pop

#endif
