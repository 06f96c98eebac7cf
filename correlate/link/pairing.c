// SPDX-License-Identifier: Apache-2.0
#include "correlate/link/pairing.h"

#include <errno.h>
#include <stdlib.h>

#include "correlate/connection/connection.h"
#include "correlate/limits.h"

/* Candidates looked at: chance makes no longer chains, and a hostile peer shall not. */
#define CHAIN_MAX 64

int pairing_init(struct pairing *pairing, uint64_t seed)
{
	list_init(&pairing->linger);
	pairing->linger_count = 0;
	pairing->seed = seed | 1;
	pairing->buckets = malloc(PAIRING_BUCKETS * sizeof(struct list));
	if (!pairing->buckets)
		return -ENOMEM;
	for (size_t i = 0; i < PAIRING_BUCKETS; i++)
		list_init(&pairing->buckets[i]);
	return 0;
}

void pairing_done(struct pairing *pairing)
{
	free(pairing->buckets);
	pairing->buckets = NULL;
}

static struct list *bucket_of(const struct pairing *pairing, const struct exchange *exchange)
{
	uint64_t hash = ((exchange->request_at & UINT32_MAX) + 1) * pairing->seed;

	hash ^= hash >> 29;
	hash *= UINT64_C(0xbf58476d1ce4e5b9);
	return &pairing->buckets[hash >> 32 & (PAIRING_BUCKETS - 1)];
}

static uint64_t peer_cookie(const struct exchange *exchange)
{
	return exchange->connection ? exchange->connection->peer_cookie : exchange->peer_cookie;
}

/* What either end knows of the other must agree; *ret_known: they are known to be each other's. */
static bool peers_agree(const struct exchange *a, const struct exchange *b, bool *ret_known)
{
	uint64_t peer_of_a = peer_cookie(a), peer_of_b = peer_cookie(b);

	*ret_known = peer_of_a || peer_of_b;
	return (!peer_of_a || peer_of_a == b->cookie) && (!peer_of_b || peer_of_b == a->cookie);
}

static bool same_request(const struct exchange *a, const struct exchange *b)
{
	const struct exchange *client = a->kind == SPAN_KIND_CLIENT ? a : b;
	const struct exchange *server = a->kind == SPAN_KIND_CLIENT ? b : a;
	bool known;

	if (a->kind == b->kind || a->cookie == b->cookie || (uint32_t)a->request_at != (uint32_t)b->request_at)
		return false;
	if (a->endpoints.family != b->endpoints.family || (server->start < client->start && !client->began_before))
		return false;
	if (!peers_agree(a, b, &known))
		return false;
	return known || (uint32_t)a->response_at == (uint32_t)b->response_at;
}

static bool mirrored(const struct record_connection *a, const struct record_connection *b)
{
	return a->local_port == b->remote_port && a->remote_port == b->local_port &&
	       !memcmp(a->local_address, b->remote_address, sizeof(a->local_address)) &&
	       !memcmp(a->remote_address, b->local_address, sizeof(a->remote_address));
}

struct exchange *pairing_match(struct pairing *pairing, struct exchange *exchange)
{
	struct list *bucket = bucket_of(pairing, exchange);
	struct exchange *translated = NULL;
	unsigned int others = 0, looked_at = 0;

	for (struct list *link = bucket->previous; link != bucket && looked_at < CHAIN_MAX; link = link->previous) {
		struct exchange *candidate = LIST_ITEM(link, struct exchange, bucket);

		looked_at++;
		if (!same_request(exchange, candidate))
			continue;
		if (mirrored(&exchange->endpoints, &candidate->endpoints)) {
			list_remove(&candidate->bucket);
			return candidate;
		}
		translated = candidate;
		others++;
	}
	/* With translated addresses the positions are the whole proof: it must be the only one. */
	if (others == 1 && looked_at < CHAIN_MAX) {
		list_remove(&translated->bucket);
		return translated;
	}
	list_add(bucket, &exchange->bucket);
	return NULL;
}

void pairing_remove(struct exchange *exchange)
{
	list_remove(&exchange->bucket);
}

void pairing_linger(struct pairing *pairing, struct exchange *exchange, uint64_t until)
{
	exchange->linger_until = until;
	list_add(&pairing->linger, &exchange->linger);
	pairing->linger_count++;
}

struct exchange *pairing_expire(struct pairing *pairing, uint64_t now)
{
	struct exchange *exchange;

	if (list_empty(&pairing->linger))
		return NULL;
	exchange = LIST_ITEM(pairing->linger.next, struct exchange, linger);
	if (exchange->linger_until > now && pairing->linger_count <= PAIRING_LINGER_MAX)
		return NULL;
	list_remove(&exchange->linger);
	list_remove(&exchange->bucket);
	pairing->linger_count--;
	return exchange;
}
