/* SPDX-License-Identifier: Apache-2.0 */
/* Which inbound requests each thread has open: the contexts of `thread` links. */
#ifndef WIRESPAN_CORRELATE_LINK_THREAD_H
#define WIRESPAN_CORRELATE_LINK_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hashmap.h"
#include "correlate/exchange/exchange.h"

/* A process that serves: what its threads have open together. */
struct serving {
	uint32_t tgid;
	uint32_t threads;       /* of its, that are remembered */
	struct list open;       /* inbound requests that are being worked on, but for those that are left out */
	uint64_t lost_sight_at; /* when one was last lost sight of while open; 0 never */
};

struct thread {
	uint64_t key;       /* tgid and tid */
	struct serving *serving;
	struct list served; /* open inbound requests, and ghosts: those lost sight of, which may still be open */
	bool multiplexes;   /* has had several open at once */
	uint64_t forgot_at; /* when the last of its requests that were forgotten while open was; 0 none */
	uint64_t last_use;
};

struct threads {
	struct hashmap *map;
	struct hashmap *servings; /* by tgid */
	uint64_t swept;
};

/* 0 or -ENOMEM. */
int threads_init(struct threads *threads);
void threads_done(struct threads *threads);

/* The thread (tgid, tid) has read the whole head of `server`. 0, -ENOSPC (THREADS_MAX) or -ENOMEM. */
int thread_serve(struct threads *threads, struct exchange *server, uint64_t now);
/* Its response has ended, or whatever it was is known to be over. */
void thread_leave(struct exchange *server);
/* Nobody can tell any more whether it is over: it contradicts other contexts until GHOST_NS later. */
void thread_lose_sight(struct exchange *server, uint64_t now);
/* It is left out on purpose: whoever else calls meanwhile does not do so for it. */
void thread_leave_out(struct exchange *server);
/* It is forgotten while it may be open: as if it were lost sight of, for all of its thread. */
void thread_forget(struct exchange *server, uint64_t now);

/*
 * The one inbound request that (tgid, tid) has open, begun before `begin`; NULL
 * where there is none or several, or others may be: *ret_refused is then true.
 */
struct exchange *thread_context(const struct threads *threads, uint32_t tgid, uint32_t tid, uint64_t begin,
				bool *ret_refused);

/* What the process has open; NULL where it has not served for a while. */
const struct serving *threads_serving(const struct threads *threads, uint32_t tgid);

/* Whether it has been seen with several open requests. */
bool thread_multiplexes(const struct threads *threads, uint32_t tgid, uint32_t tid);

/* Forgets threads that have been idle for THREAD_IDLE_NS. */
void threads_expire(struct threads *threads, uint64_t now);

#endif
