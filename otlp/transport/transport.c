// SPDX-License-Identifier: Apache-2.0
#include "otlp/transport/transport.h"

int transport_send(struct transport *transport, const struct transport_request *request, uint64_t now)
{
	return transport->operations->send(transport, request, now);
}

bool transport_poll(struct transport *transport, uint64_t now, struct transport_answer *ret_answer)
{
	return transport->operations->poll(transport, now, ret_answer);
}

void transport_cancel(struct transport *transport)
{
	transport->operations->cancel(transport);
}

void transport_wait(struct transport *transport, uint64_t timeout)
{
	transport->operations->wait(transport, timeout);
}

void transport_wake(struct transport *transport)
{
	transport->operations->wake(transport);
}

void transport_free(struct transport *transport)
{
	if (transport)
		transport->operations->free(transport);
}
