/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a request reaches a collector: HTTP today, gRPC one day. One request at a
 * time. Nothing here blocks but transport_wait. All calls from one thread,
 * except transport_wake.
 */
#ifndef WIRESPAN_OTLP_TRANSPORT_TRANSPORT_H
#define WIRESPAN_OTLP_TRANSPORT_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "otlp/config/config.h"
#include "otlp/signal.h"

struct transport;

struct transport_request {
	enum otlp_signal signal;
	enum otlp_encoding encoding;
	bool gzip;         /* how `body` is compressed already */
	struct slice body; /* lives until the answer, or transport_cancel */
};

/* OTLP specification, "OTLP/HTTP Response" and "Failures". */
enum transport_verdict {
	TRANSPORT_DELIVERED, /* also a partial success: `rejected` and `message` */
	TRANSPORT_RETRY,     /* 429, 502, 503, 504, or no answer */
	TRANSPORT_TOO_LARGE, /* 413: may be split */
	TRANSPORT_REFUSED,   /* anything else: never again */
};

#define TRANSPORT_TEXT_MAX 256

struct transport_answer {
	enum transport_verdict verdict;
	uint64_t retry_after; /* ns from now that the collector asks for; 0: it asks for nothing */
	int64_t rejected;     /* items, of a partial success */
	/*
	 * What happened, the same text for the same cause ("HTTP 503", "cannot connect: Connection
	 * refused", "time-out after 10 s", "TLS: ..."), and what the collector said of it. Ended by NUL,
	 * safe for a terminal.
	 */
	char cause[TRANSPORT_TEXT_MAX];
	char message[TRANSPORT_TEXT_MAX];
	uint64_t duration; /* ns since transport_send */
};

struct transport_operations {
	int (*send)(struct transport *transport, const struct transport_request *request, uint64_t now);
	bool (*poll)(struct transport *transport, uint64_t now, struct transport_answer *ret_answer);
	void (*cancel)(struct transport *transport);
	void (*wait)(struct transport *transport, uint64_t timeout);
	void (*wake)(struct transport *transport);
	void (*free)(struct transport *transport);
};

/* The first member of every implementation. */
struct transport {
	const struct transport_operations *operations;
};

/* Begins to send; only when nothing is under way. 0; -ENOMEM; -EINVAL: no endpoint. `now`: CLOCK_MONOTONIC ns. */
int transport_send(struct transport *transport, const struct transport_request *request, uint64_t now);
/* Moves on what is under way; true when it has been answered (also by failing). */
bool transport_poll(struct transport *transport, uint64_t now, struct transport_answer *ret_answer);
/* Forgets what is under way. */
void transport_cancel(struct transport *transport);
/* Until a socket moves, `timeout` ns are over or transport_wake is called (also before). */
void transport_wait(struct transport *transport, uint64_t timeout);
/* From any thread. */
void transport_wake(struct transport *transport);
/* Accepts NULL. */
void transport_free(struct transport *transport);

/*
 * OTLP/HTTP by libcurl: keep-alive, one connection per signal's endpoint, HTTP/2 where TLS
 * negotiates it, proxies as curl's environment gives them. Names are resolved by curl's own
 * thread (or c-ares): what transport_cancel or a time-out leaves behind there ends by itself.
 *
 * No answer is a TRANSPORT_RETRY, also where TLS failed: certificates are repaired while an
 * agent runs; the cause names reason and file. So is an answer that is not HTTP. A redirect is
 * not followed but TRANSPORT_REFUSED; so is an answer above OTLP_RESPONSE_SIZE_MAX. Once an
 * answer's head is there, its status decides, whatever becomes of its body. Header values and, of an
 * endpoint, the password (or a user without one) and the values in its query are never part of cause or message,
 * unless they are shorter than 8 bytes.
 *
 * `config`, as config_read makes it, is copied. `version`: for User-Agent, which a configured
 * header replaces. Raises no SIGPIPE. 0; -ENOMEM; -EINVAL for what config_read lets pass but curl
 * does not; -EOPNOTSUPP: this libcurl lacks TLS, Unix sockets or a resolver that does not block.
 */
int transport_http_new(const struct otlp_config *config, const char *version, struct transport **ret_transport);

#endif
