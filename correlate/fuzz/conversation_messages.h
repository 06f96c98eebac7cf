/* SPDX-License-Identifier: Apache-2.0 */
/* The messages of a conversation, appended to its pipes. */
#ifndef WIRESPAN_CORRELATE_FUZZ_CONVERSATION_MESSAGES_H
#define WIRESPAN_CORRELATE_FUZZ_CONVERSATION_MESSAGES_H

#include "correlate/fuzz/conversation.h"

#define MESSAGE_MAX 512 /* no message is longer */

/* Forms of requests, and the one whose client waits for 100 (Continue) before it sends the body. */
enum { REQUEST_WAITS = 8, REQUEST_FORMS };

/* `form` chooses method, fields and framing. Sets what is true of the request. */
void message_request(struct pipe *pipe, struct ask *ask, unsigned int number, unsigned int form);
/* The final response. Sets what is true of it. */
void message_answer(struct pipe *pipe, struct ask *ask, unsigned int number, unsigned int form);
/* The body that such a request announced. */
void message_awaited_body(struct pipe *pipe, struct ask *ask, unsigned int form);
void message_interim(struct pipe *pipe, unsigned int form);
/* What follows an upgrade, and looks like HTTP. */
void message_tunnel(struct pipe *pipe);

#endif
