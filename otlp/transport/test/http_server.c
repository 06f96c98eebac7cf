// SPDX-License-Identifier: Apache-2.0
#include "otlp/transport/test/http_server.h"

#include <arpa/inet.h>
#include <assert.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buffer.h"

#define REQUEST_SIZE_MAX (16u << 20)

struct http_server {
	struct http_server_options options;
	int listener;
	uint16_t port;
	pthread_t thread;
	SSL_CTX *tls;

	pthread_mutex_t mutex; /* guards what follows */
	bool stopping;
	int connection; /* -1: none */
	unsigned int connections, requests;
	struct buffer received[HTTP_SERVER_REQUESTS_MAX];
	size_t head_lengths[HTTP_SERVER_REQUESTS_MAX];
};

struct connection {
	struct http_server *server;
	int fd;
	SSL *tls; /* NULL: plain */
};

static ssize_t connection_read(struct connection *connection, char *data, size_t size)
{
	if (connection->tls)
		return SSL_read(connection->tls, data, (int)size);
	return recv(connection->fd, data, size, 0);
}

static void connection_write(struct connection *connection, struct slice data)
{
	while (data.length) {
		ssize_t written;

		if (connection->tls)
			written = SSL_write(connection->tls, data.data, (int)data.length);
		else
			written = send(connection->fd, data.data, data.length, MSG_NOSIGNAL);
		if (written <= 0)
			return;
		data = slice_from(data, (size_t)written);
	}
}

/* The length of the head with its empty line; 0: it is not there yet. */
static size_t head_length(struct slice received)
{
	const char *end = received.length ? memmem(received.data, received.length, "\r\n\r\n", 4) : NULL;

	return end ? (size_t)(end - received.data) + 4 : 0;
}

static uint64_t content_length(struct slice head)
{
	static const struct slice name = SLICE_LITERAL("Content-Length:");
	uint64_t length = 0;

	while (head.length) {
		struct slice line = slice_head(head, slice_find(head, '\n'));

		if (slice_equal_ignoring_case(slice_head(line, name.length), name))
			assert(slice_to_u64(
				slice_trim(slice_head(slice_from(line, name.length), line.length - name.length - 1)),
				&length));
		head = slice_from(head, line.length + 1);
	}
	return length;
}

/* False when the client left before. */
static bool request_read(struct connection *connection, struct buffer *request, size_t *ret_head)
{
	char data[65536];

	*ret_head = 0;
	for (;;) {
		ssize_t size = connection_read(connection, data, sizeof(data));

		if (size <= 0)
			return false;
		assert(buffer_append(request, data, (size_t)size) == 0);
		*ret_head = head_length(buffer_slice(request));
		if (*ret_head &&
		    request->length >= *ret_head + content_length(slice_head(buffer_slice(request), *ret_head)))
			return true;
	}
}

/* Keeps the request; returns its number. */
static unsigned int request_keep(struct http_server *server, struct buffer request, size_t head)
{
	unsigned int number;

	pthread_mutex_lock(&server->mutex);
	number = server->requests++;
	assert(number < HTTP_SERVER_REQUESTS_MAX);
	server->received[number] = request;
	server->head_lengths[number] = head;
	pthread_mutex_unlock(&server->mutex);
	return number;
}

/* Closed before, unread bytes would make a reset of it, which may overtake what was sent. */
static void await_leaving(struct connection *connection)
{
	char data[256];

	while (connection_read(connection, data, sizeof(data)) > 0)
		;
}

/* What close() then sends is an RST. */
static void reset_at_close(int fd)
{
	struct linger linger = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

/* Whether the connection goes on. */
static bool request_serve(struct connection *connection)
{
	const struct http_server_options *options = &connection->server->options;
	const struct http_server_answer *answer;
	struct buffer request;
	unsigned int number;
	size_t head;

	buffer_init(&request, REQUEST_SIZE_MAX);
	if (!request_read(connection, &request, &head)) {
		buffer_done(&request);
		return false;
	}
	number = request_keep(connection->server, request, head);
	answer = &options->answers[number < options->answer_count ? number : options->answer_count - 1];
	connection_write(connection, answer->bytes);
	if (answer->then == HTTP_SERVER_RESET)
		reset_at_close(connection->fd);
	if (answer->then == HTTP_SERVER_HANG)
		await_leaving(connection);
	return answer->then == HTTP_SERVER_KEEP;
}

static void connection_serve(struct http_server *server, int fd)
{
	struct connection connection = { .server = server, .fd = fd };
	bool open = true;

	if (server->tls) {
		connection.tls = SSL_new(server->tls);
		assert(connection.tls && SSL_set_fd(connection.tls, fd) == 1);
		open = SSL_accept(connection.tls) == 1;
	}
	if (!open)
		await_leaving(&(struct connection){ .fd = fd });
	while (open)
		open = request_serve(&connection);
	/* Without a goodbye: a collector that dies says none. */
	SSL_free(connection.tls);
}

static void *serve(void *context)
{
	struct http_server *server = context;
	int fd;

	while ((fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		bool stopping;

		pthread_mutex_lock(&server->mutex);
		stopping = server->stopping;
		server->connection = fd;
		server->connections++;
		pthread_mutex_unlock(&server->mutex);
		if (!stopping)
			connection_serve(server, fd);
		pthread_mutex_lock(&server->mutex);
		server->connection = -1;
		close(fd);
		pthread_mutex_unlock(&server->mutex);
	}
	return NULL;
}

static void listen_on_loopback(struct http_server *server)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);

	server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert(server->listener >= 0);
	assert(bind(server->listener, (struct sockaddr *)&address, length) == 0);
	assert(getsockname(server->listener, (struct sockaddr *)&address, &length) == 0);
	server->port = ntohs(address.sin_port);
}

static void listen_on_path(struct http_server *server)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	assert(strlen(server->options.unix_path) < sizeof(address.sun_path));
	strcpy(address.sun_path, server->options.unix_path);
	server->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert(server->listener >= 0);
	assert(bind(server->listener, (struct sockaddr *)&address, sizeof(address)) == 0);
}

static void tls_init(struct http_server *server)
{
	const struct http_server_options *options = &server->options;

	server->tls = SSL_CTX_new(TLS_server_method());
	assert(server->tls);
	assert(SSL_CTX_use_certificate_chain_file(server->tls, options->certificate_file) == 1);
	assert(SSL_CTX_use_PrivateKey_file(server->tls, options->key_file, SSL_FILETYPE_PEM) == 1);
	if (options->client_ca_file) {
		assert(SSL_CTX_load_verify_locations(server->tls, options->client_ca_file, NULL) == 1);
		SSL_CTX_set_verify(server->tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	}
}

struct http_server *http_server_start(const struct http_server_options *options)
{
	struct http_server *server = calloc(1, sizeof(*server));
	sigset_t all, before;

	assert(server && options->answer_count > 0);
	server->options = *options;
	server->connection = -1;
	pthread_mutex_init(&server->mutex, NULL);
	if (options->unix_path)
		listen_on_path(server);
	else
		listen_on_loopback(server);
	assert(listen(server->listener, 16) == 0);
	if (options->certificate_file)
		tls_init(server);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	assert(pthread_create(&server->thread, NULL, serve, server) == 0);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return server;
}

void http_server_stop(struct http_server *server)
{
	/* Ends accept and recv where the thread waits in them. */
	pthread_mutex_lock(&server->mutex);
	server->stopping = true;
	shutdown(server->listener, SHUT_RDWR);
	if (server->connection >= 0) {
		reset_at_close(server->connection);
		shutdown(server->connection, SHUT_RDWR);
	}
	pthread_mutex_unlock(&server->mutex);
	pthread_join(server->thread, NULL);
	close(server->listener);
	if (server->options.unix_path)
		unlink(server->options.unix_path);
	for (size_t i = 0; i < HTTP_SERVER_REQUESTS_MAX; i++) {
		if (i < server->requests)
			buffer_done(&server->received[i]);
	}
	SSL_CTX_free(server->tls);
	pthread_mutex_destroy(&server->mutex);
	free(server);
}

uint16_t http_server_port(const struct http_server *server)
{
	return server->port;
}

static unsigned int read_count(struct http_server *server, const unsigned int *counter)
{
	unsigned int value;

	pthread_mutex_lock(&server->mutex);
	value = *counter;
	pthread_mutex_unlock(&server->mutex);
	return value;
}

unsigned int http_server_connections(struct http_server *server)
{
	return read_count(server, &server->connections);
}

unsigned int http_server_requests(struct http_server *server)
{
	return read_count(server, &server->requests);
}

struct http_server_request http_server_request(struct http_server *server, unsigned int index)
{
	struct http_server_request request;

	assert(index < http_server_requests(server));
	pthread_mutex_lock(&server->mutex);
	request.head = slice_head(buffer_slice(&server->received[index]), server->head_lengths[index]);
	request.body = slice_from(buffer_slice(&server->received[index]), server->head_lengths[index]);
	pthread_mutex_unlock(&server->mutex);
	return request;
}
