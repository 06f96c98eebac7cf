// SPDX-License-Identifier: GPL-2.0
#include "bpf/trace/source.h"

/* The same of 32-bit code. */
static __always_inline bool vectors_fetch_compat(struct scratch *scratch, const struct vector_reading *reading)
{
	__u32 size = (reading->count - reading->index) * sizeof(struct compat_iovec);

	if (reading->count - reading->index > VECTORS_READ)
		size = sizeof(scratch->compat_vectors);
	barrier_var(size);
	if (size > sizeof(scratch->compat_vectors) ||
	    bpf_probe_read_user(scratch->compat_vectors, size,
				(void *)(reading->address + reading->index * sizeof(struct compat_iovec))))
		return false;
	for (__u32 i = 0; i < VECTORS_READ; i++) {
		scratch->vectors[i].base = scratch->compat_vectors[i].base;
		scratch->vectors[i].length = scratch->compat_vectors[i].length;
	}
	return true;
}

/* Has the buffers from the next one on in scratch->vectors, as many as fit. */
static __always_inline bool vectors_fetch(struct scratch *scratch, const struct vector_reading *reading)
{
	__u32 size = (reading->count - reading->index) * sizeof(struct user_iovec);

	if (scratch->source.compat)
		return vectors_fetch_compat(scratch, reading);
	if (reading->count - reading->index > VECTORS_READ)
		size = sizeof(scratch->vectors);
	barrier_var(size);
	if (size > sizeof(scratch->vectors))
		return false;
	return !bpf_probe_read_user(scratch->vectors, size,
				    (void *)(reading->address + reading->index * sizeof(struct user_iovec)));
}

/* Whether the prefix is a response's head that ends at `end`. */
static __always_inline bool response_head_ends_at(struct scratch *scratch, __u64 end)
{
	if (end < FRAGMENT_HEADER + sizeof("HTTP/1.1") || end > COPY_HEAD)
		return false;
	return walk_response_ends(&scratch->bytes[FRAGMENT_HEADER], &scratch->bytes[end - 4]);
}

/* Reads what is wanted of the next buffer; 0 when the reading is over. */
__noinline int vector_step(void)
{
	struct scratch *scratch = scratch_get();
	struct vector_reading *reading;
	struct user_iovec *vector;
	__u64 part, to;

	if (!scratch)
		return 0;
	reading = &scratch->reading;
	if (reading->index >= reading->count || !reading->left)
		return 0;
	if (reading->step % VECTORS_READ == 0 && !vectors_fetch(scratch, reading))
		return 0;
	vector = &scratch->vectors[reading->step % VECTORS_READ];
	reading->step++;
	reading->index++;
	if (vector->length <= reading->skip) {
		reading->skip -= vector->length;
		scratch->vector_offset += vector->length;
		scratch->vector_index = reading->index;
		return 1;
	}
	part = reading->left;
	to = reading->at;
	if (part > vector->length - reading->skip)
		part = vector->length - reading->skip;
	barrier_var(part);
	barrier_var(to);
	if (to > SCRATCH_BYTES_MAX || part > COPY_HEAD_LONG ||
	    bpf_probe_read_user(&scratch->bytes[to], part, (void *)(vector->base + reading->skip)))
		return 0;
	if (part == vector->length - reading->skip) {
		scratch->vector_offset += vector->length;
		scratch->vector_index = reading->index;
	}
	reading->skip = 0;
	reading->at += part;
	reading->left -= part;
	return !scratch->head_alone || !response_head_ends_at(scratch, to + part);
}

/*
 * The same from a vector of `count` buffers at `address`. The first `from` of them are passed over,
 * and not counted in `offset`, either. Inlined: no more than eight calls may be under way.
 */
static __always_inline __u32 vector_read(struct scratch *scratch, __u32 at, __u32 offset, __u32 size, __u64 address,
					 __u32 count, __u32 from)
{
	struct vector_reading *reading = &scratch->reading;

	reading->address = address;
	reading->skip = offset;
	reading->index = from;
	reading->count = count;
	reading->step = 0;
	reading->at = at;
	reading->left = size;
	for (__u32 i = 0; i < VECTOR_MAX; i++) {
		if (!vector_step())
			break;
	}
	return size - reading->left;
}

/* Has message `index` in scratch->messages: where its vector is, and its length. 0: it can't be read. */
__noinline int messages_fetch(__u32 index)
{
	struct scratch *scratch = scratch_get();
	struct compat_messages *narrow;
	struct user_messages *messages;
	__u64 address;

	if (!scratch)
		return 0;
	narrow = &scratch->compat_messages;
	messages = &scratch->messages;
	address = scratch->source.address;
	if (!scratch->source.compat)
		return !bpf_probe_read_user(messages, sizeof(*messages), (void *)(address + index * sizeof(*messages)));
	if (bpf_probe_read_user(narrow, sizeof(*narrow), (void *)(address + index * sizeof(*narrow))))
		return 0;
	messages->message.iov = narrow->message.iov;
	messages->message.iov_count = narrow->message.iov_count;
	messages->length = narrow->length;
	return 1;
}

/* The same from the messages of sendmmsg or recvmmsg, as if they were one. */
__noinline __u32 messages_read(__u32 at, __u32 offset, __u32 size)
{
	struct scratch *scratch = scratch_get();
	struct user_messages *messages;
	__u32 done = 0;

	if (!scratch)
		return 0;
	messages = &scratch->messages;
	for (__u32 i = 0; i < MESSAGES_MAX; i++) {
		__u32 part = size - done, got;

		if (i >= scratch->source.count || done >= size)
			break;
		if (!messages_fetch(i))
			break;
		if (messages->length <= offset) {
			offset -= messages->length;
			continue;
		}
		if (part > messages->length - offset)
			part = messages->length - offset;
		got = vector_read(scratch, at + done, offset, part, messages->message.iov,
				  messages->message.iov_count, 0);
		done += got;
		if (got < part)
			break;
		offset = 0;
	}
	return done;
}

__u32 messages_length(void)
{
	struct scratch *scratch = scratch_get();
	__u32 length = 0;

	if (!scratch)
		return 0;
	for (__u32 i = 0; i < MESSAGES_MAX; i++) {
		if (i >= scratch->source.count || !messages_fetch(i))
			break;
		length += scratch->messages.length;
	}
	return length;
}

__u32 source_read(__u32 at, __u32 offset, __u32 size)
{
	struct scratch *scratch = scratch_get();

	if (!scratch || at > SCRATCH_BYTES_MAX || size > COPY_HEAD_LONG)
		return 0;
	switch (scratch->source.kind) {
	case SOURCE_BUFFER:
		return bpf_probe_read_user(&scratch->bytes[at], size, (void *)(scratch->source.address + offset))
			       ? 0
			       : size;
	case SOURCE_VECTOR:
		if (offset < scratch->vector_offset)
			scratch->vector_index = scratch->vector_offset = 0;
		return vector_read(scratch, at, offset - scratch->vector_offset, size, scratch->source.address,
				   scratch->source.count, scratch->vector_index);
	case SOURCE_MESSAGES:
		return messages_read(at, offset, size);
	default:
		return 0;
	}
}
