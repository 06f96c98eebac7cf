// SPDX-License-Identifier: Apache-2.0
#include "correlate/link/thread.h"

#include <errno.h>
#include <stdlib.h>

#include "correlate/limits.h"

static uint64_t thread_key(uint32_t tgid, uint32_t tid)
{
	return (uint64_t)tgid << 32 | tid;
}

int threads_init(struct threads *threads)
{
	threads->swept = 0;
	threads->map = hashmap_new(THREADS_MAX);
	threads->servings = hashmap_new(THREADS_MAX);
	return threads->map && threads->servings ? 0 : -ENOMEM;
}

void threads_done(struct threads *threads)
{
	hashmap_free(threads->map, free);
	hashmap_free(threads->servings, free);
	threads->map = threads->servings = NULL;
}

static bool ghost_expired(uint64_t lost_sight_at, uint64_t now)
{
	return lost_sight_at && now > lost_sight_at && now - lost_sight_at > GHOST_NS;
}

static int serving_get(struct threads *threads, uint32_t tgid, struct serving **ret_serving)
{
	struct serving *serving = hashmap_get(threads->servings, &tgid, sizeof(tgid));
	int error;

	if (!serving) {
		serving = calloc(1, sizeof(*serving));
		if (!serving)
			return -ENOMEM;
		serving->tgid = tgid;
		list_init(&serving->open);
		error = hashmap_put(threads->servings, &tgid, sizeof(tgid), serving);
		if (error < 0) {
			free(serving);
			return error;
		}
	}
	serving->threads++;
	*ret_serving = serving;
	return 0;
}

static void thread_free(struct threads *threads, struct thread *thread)
{
	struct serving *serving = thread->serving;

	free(thread);
	if (!serving || --serving->threads)
		return;
	hashmap_remove(threads->servings, &serving->tgid, sizeof(serving->tgid));
	free(serving);
}

static int thread_get(struct threads *threads, uint64_t key, struct thread **ret_thread)
{
	struct thread *thread = hashmap_get(threads->map, &key, sizeof(key));
	int error;

	if (!thread) {
		thread = calloc(1, sizeof(*thread));
		if (!thread)
			return -ENOMEM;
		thread->key = key;
		list_init(&thread->served);
		error = serving_get(threads, key >> 32, &thread->serving);
		if (!error)
			error = hashmap_put(threads->map, &key, sizeof(key), thread);
		if (error < 0) {
			thread_free(threads, thread);
			return error;
		}
	}
	*ret_thread = thread;
	return 0;
}

int thread_serve(struct threads *threads, struct exchange *server, uint64_t now)
{
	struct thread *thread;
	int error = thread_get(threads, thread_key(server->tgid, server->tid), &thread);

	if (error < 0)
		return error;
	for (struct list *link = thread->served.next; !thread->multiplexes && link != &thread->served; link = link->next)
		if (!LIST_ITEM(link, struct exchange, served)->lost_sight_at)
			thread->multiplexes = true;
	server->thread = thread;
	list_add(&thread->serving->open, &server->opened);
	list_add(&thread->served, &server->served);
	thread->last_use = now;
	return 0;
}

void thread_leave(struct exchange *server)
{
	list_remove(&server->opened);
	list_remove(&server->served);
	server->thread = NULL;
}

void thread_lose_sight(struct exchange *server, uint64_t now)
{
	if (!server->thread || server->lost_sight_at)
		return;
	server->lost_sight_at = now ? now : 1;
	/* One that takes too long for us is open all the same. */
	if (server->timed_out)
		return;
	list_remove(&server->opened);
	server->thread->serving->lost_sight_at = server->lost_sight_at;
}

void thread_leave_out(struct exchange *server)
{
	list_remove(&server->opened);
}

void thread_forget(struct exchange *server, uint64_t now)
{
	if (server->thread)
		server->thread->forgot_at = server->thread->serving->lost_sight_at = now ? now : 1;
	thread_leave(server);
}

struct exchange *thread_context(const struct threads *threads, uint32_t tgid, uint32_t tid, uint64_t begin,
				bool *ret_refused)
{
	uint64_t key = thread_key(tgid, tid);
	struct thread *thread = hashmap_get(threads->map, &key, sizeof(key));
	struct exchange *only = NULL;
	struct list *link, *next;

	*ret_refused = false;
	if (!thread)
		return NULL;
	if (ghost_expired(thread->forgot_at, begin))
		thread->forgot_at = 0;
	for (link = thread->served.next; link != &thread->served; link = next) {
		struct exchange *server = LIST_ITEM(link, struct exchange, served);

		next = link->next;
		if (ghost_expired(server->lost_sight_at, begin)) {
			thread_leave(server);
			continue;
		}
		if (only || server->lost_sight_at || thread->forgot_at || server->start >= begin) {
			*ret_refused = true;
			return NULL;
		}
		only = server;
	}
	return only;
}

const struct serving *threads_serving(const struct threads *threads, uint32_t tgid)
{
	return hashmap_get(threads->servings, &tgid, sizeof(tgid));
}

bool thread_multiplexes(const struct threads *threads, uint32_t tgid, uint32_t tid)
{
	uint64_t key = thread_key(tgid, tid);
	const struct thread *thread = hashmap_get(threads->map, &key, sizeof(key));

	return thread && thread->multiplexes;
}

void threads_expire(struct threads *threads, uint64_t now)
{
	struct thread *thread;
	size_t cursor = 0;
	void *value;

	if (now < threads->swept || now - threads->swept < THREAD_IDLE_NS / 4)
		return;
	threads->swept = now;
	while (hashmap_next(threads->map, &cursor, NULL, &value)) {
		thread = value;
		if (!list_empty(&thread->served) || now < thread->last_use || now - thread->last_use < THREAD_IDLE_NS)
			continue;
		hashmap_remove(threads->map, &thread->key, sizeof(thread->key));
		thread_free(threads, thread);
	}
}
