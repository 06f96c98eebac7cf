// SPDX-License-Identifier: GPL-2.0
#include "bpf/trace/maps.h"

struct ring_map ring SEC(".maps");
struct counters_map counters SEC(".maps");
struct processes_map processes SEC(".maps");
struct ports_map ports SEC(".maps");
struct scratch_map scratches SEC(".maps");
struct socket_connections_map socket_connections SEC(".maps");
struct address_connections_map address_connections SEC(".maps");
struct send_begins_map send_begins SEC(".maps");
struct messages_map message_calls SEC(".maps");

const volatile struct capture_config config = {};
const volatile struct connection no_connection = {};
__u32 agent_sleeps;
__u32 verdicts_round;
__u32 records_lost;

/* Some of the helpers are for GPL programs only. */
char LICENSE[] SEC("license") = "GPL";
