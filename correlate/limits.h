/* SPDX-License-Identifier: Apache-2.0 */
/* Every bound of the engine, with its reason. What a bound costs is counted (loss.h). */
#ifndef WIRESPAN_CORRELATE_LIMITS_H
#define WIRESPAN_CORRELATE_LIMITS_H

#include <stdint.h>

#include "base/clock.h"

/*
 * Records of one connection that wait for missing ones. Calls of several
 * threads on one socket swap places within microseconds, so a few suffice; a
 * record that is lost must not keep what follows it for long.
 */
#define HELD_RECORDS_MAX 16
#define HELD_BYTES_MAX (64u << 10)
#define HELD_NS (100 * NSEC_PER_MSEC)

/* Requests of one connection without an answer: no pipelining client sends more. */
#define PIPELINE_MAX 256

/* Of the engine's memory, for requests that are kept; the rest is for heads that are still coming. */
#define REQUEST_MEMORY(memory) ((memory) - (memory) / 4)
/* While they take more than so much, requests whose heads were lost are kept no more: their threads are distrusted. */
#define GHOST_MEMORY(memory) ((memory) / 4)

/*
 * A finished exchange waits this long for what the other end of its connection
 * says, and for news of lost records; the agent drains far more often.
 */
#define HOLD_NS (50 * NSEC_PER_MSEC)
/* Finished exchanges that wait: 50 ms of more than a million a second. */
#define HOLD_MAX 65536

/* A delivered client exchange can still be recognised as a parent for this long, and so many of them. */
#define PAIRING_LINGER_NS NSEC_PER_SEC
#define PAIRING_LINGER_MAX 16384
#define PAIRING_BUCKETS 16384

/* A connection that is over may still be read from, or be told of late, for this long. */
#define CONNECTION_LINGER_NS (100 * NSEC_PER_MSEC)
/* Sockets of an exited process are closed within this time, or the record of it was lost. */
#define PROCESS_LINGER_NS NSEC_PER_SEC
/* How long an exited process is remembered; its last records have long been read then. */
#define PROCESS_KEEP_NS (3 * NSEC_PER_SEC)
/* Default of the kernel's pid_max on small machines; an entry holds at most 5 KiB. */
#define PROCESSES_MAX 32768

/* Threads with inbound requests; those idle for THREAD_IDLE_NS are forgotten. */
#define THREADS_MAX 65536
#define THREAD_IDLE_NS (60 * NSEC_PER_SEC)
/*
 * After a loss, threads that serve several requests at once are not believed for so long; after the agent's start,
 * no thread of a process with older connections that are still silent.
 */
#define THREAD_DISTRUST_NS (10 * NSEC_PER_SEC)
/* A request that was lost sight of blocks links of its thread for at most so long. */
#define GHOST_NS (60 * NSEC_PER_SEC)

/* FastCGI requests open at a time, each a worker's. Of more, what their workers call is no loss. */
#define UNREAD_REQUESTS_MAX 16384

/*
 * Bytes of routes known, of all services, and services that have any: names may hold the number
 * of a job that never comes back. Past either, the service that was idle for longest
 * is forgotten; if it does come back, it claims its routes anew.
 */
#define ROUTES_MEMORY_MAX (8u << 20)
#define ROUTE_SERVICES_MAX 1024
/* Longer names count as one where they begin alike. */
#define ROUTE_SERVICE_NAME_MAX 256

#endif
