// SPDX-License-Identifier: Apache-2.0
/*
 * 32-bit code that asks itself, or another: `calls32 serve PORT`, `calls32 ask PORT`. An exchange for each way in
 * which its bytes pass a socket, on a connection of its own. Without any library: gcc -m32 -nostdlib -static.
 */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PIECES 6 /* buffers of a vector */

typedef unsigned short u16;
typedef unsigned int u32;

/* arch/x86/entry/syscalls/syscall_32.tbl */
enum {
	EXIT = 1,
	READ = 3,
	WRITE = 4,
	CLOSE = 6,
	SOCKETCALL = 102,
	READV = 145,
	WRITEV = 146,
	RECVMMSG = 337,
	SENDMMSG = 345,
	SENDTO = 369,
	SENDMSG = 370,
	RECVFROM = 371,
	RECVMSG = 372,
};

/* include/uapi/linux/net.h: what socketcall is to do */
enum {
	DO_SOCKET = 1,
	DO_BIND = 2,
	DO_CONNECT = 3,
	DO_LISTEN = 4,
	DO_ACCEPT = 5,
	DO_SEND = 9,
	DO_RECV = 10,
	DO_SENDTO = 11,
	DO_RECVFROM = 12,
	DO_SETSOCKOPT = 14,
	DO_SENDMSG = 16,
	DO_RECVMSG = 17,
};

struct vector {
	char *base;
	u32 length;
};

struct message {
	void *name;
	u32 name_length;
	struct vector *vectors;
	u32 vector_count;
	void *control;
	u32 control_length;
	u32 flags;
	u32 moved; /* struct mmsghdr's */
};

struct way {
	int number;
	int socketcall; /* instead */
	enum { BUFFER, VECTOR, MESSAGE, MESSAGES } has;
};

static const struct way senders[] = {
	{ WRITE, 0, BUFFER },
	{ WRITEV, 0, VECTOR },
	{ SENDTO, 0, BUFFER },
	{ SENDMSG, 0, MESSAGE },
	{ SENDMMSG, 0, MESSAGES },
	{ SOCKETCALL, DO_SEND, BUFFER },
	{ SOCKETCALL, DO_SENDTO, BUFFER },
	{ SOCKETCALL, DO_SENDMSG, MESSAGE },
};
static const struct way receivers[] = {
	{ READ, 0, BUFFER },
	{ READV, 0, VECTOR },
	{ RECVFROM, 0, BUFFER },
	{ RECVMSG, 0, MESSAGE },
	{ RECVMMSG, 0, MESSAGES },
	{ SOCKETCALL, DO_RECV, BUFFER },
	{ SOCKETCALL, DO_RECVFROM, BUFFER },
	{ SOCKETCALL, DO_RECVMSG, MESSAGE },
};

static char request[] = "GET /way/0 HTTP/1.1\r\nHost: narrow\r\n\r\n";
static char response[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
static char buffer[4096];

static long call(long number, long a, long b, long c, long d, long e)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory");
	return result;
}

static long socket_call(long number, long a, long b, long c, long d, long e)
{
	long arguments[] = { a, b, c, d, e, 0 };

	return call(SOCKETCALL, number, (long)arguments, 0, 0, 0);
}

static long checked(long result)
{
	if (result < 0)
		call(EXIT, -result, 0, 0, 0, 0);
	return result;
}

/* One call with all of it; how many bytes passed. */
static long move(const struct way *way, int fd, char *bytes, u32 length)
{
	struct vector vectors[PIECES];
	struct message message;
	u32 piece = length / PIECES;
	long (*made)(long, long, long, long, long, long) = way->socketcall ? socket_call : call;
	long number = way->socketcall ? way->socketcall : way->number;

	for (u32 i = 0; i < PIECES; i++) {
		vectors[i].base = bytes + i * piece;
		vectors[i].length = i < PIECES - 1 ? piece : length - i * piece;
	}
	message.name = message.control = 0;
	message.name_length = message.control_length = message.flags = message.moved = 0;
	message.vectors = vectors;
	message.vector_count = PIECES;
	switch (way->has) {
	case BUFFER:
		return checked(made(number, fd, (long)bytes, length, 0, 0));
	case VECTOR:
		return checked(made(number, fd, (long)vectors, PIECES, 0, 0));
	case MESSAGE:
		return checked(made(number, fd, (long)&message, 0, 0, 0));
	default:
		checked(made(number, fd, (long)&message, 1, 0, 0));
		return message.moved;
	}
}

static int new_socket(int port, int bound, u16 address[8])
{
	int one = 1, fd = checked(socket_call(DO_SOCKET, 2, 1, 0, 0, 0));

	address[0] = 2;
	address[1] = (u16)(port << 8 | port >> 8);
	address[2] = 127;
	address[3] = 1 << 8;
	if (bound) {
		socket_call(DO_SETSOCKOPT, fd, 1, 2, (long)&one, sizeof(one));
		checked(socket_call(DO_BIND, fd, (long)address, 16, 0, 0));
		checked(socket_call(DO_LISTEN, fd, 16, 0, 0, 0));
	} else {
		checked(socket_call(DO_CONNECT, fd, (long)address, 16, 0, 0));
	}
	return fd;
}

static void serve(int port)
{
	u16 address[8];
	int listener = new_socket(port, 1, address);

	for (;;) {
		int fd = checked(socket_call(DO_ACCEPT, listener, 0, 0, 0, 0));
		long got = move(&receivers[0], fd, buffer, 10); /* as far as the way's number */
		u32 way = got == 10 ? (u32)(buffer[9] - '0') : COUNT(senders);

		if (way < COUNT(senders)) {
			move(&receivers[way], fd, buffer, sizeof(request) - 1 - 10);
			move(&senders[way], fd, response, sizeof(response) - 1);
		}
		call(CLOSE, fd, 0, 0, 0, 0);
	}
}

static void ask(int port)
{
	u16 address[8];

	for (u32 way = 0; way < COUNT(senders); way++) {
		int fd = new_socket(port, 0, address);

		request[9] = (char)('0' + way);
		move(&senders[way], fd, request, sizeof(request) - 1);
		move(&receivers[way], fd, buffer, sizeof(response) - 1);
		call(CLOSE, fd, 0, 0, 0, 0);
	}
	call(EXIT, 0, 0, 0, 0, 0);
}

__asm__(".globl _start\n_start: mov %esp, %eax\npush %eax\ncall begin\nhlt");

void begin(long *stack);

/* argc, then argv */
void begin(long *stack)
{
	const char *what = (const char *)stack[2];
	int port = 0;

	for (const char *digit = (const char *)stack[3]; *digit; digit++)
		port = port * 10 + *digit - '0';
	if (*what == 's')
		serve(port);
	ask(port);
}
