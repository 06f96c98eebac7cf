/* SPDX-License-Identifier: Apache-2.0 */
/* --verbose: tells why a connection was given up, a request dropped, a span left without parent. */
#ifndef WIRESPAN_AGENT_OBSERVE_EXPLAIN_LOG_H
#define WIRESPAN_AGENT_OBSERVE_EXPLAIN_LOG_H

#include "correlate/explain.h"

/* The sink for engine_options.explain: the log at level debug, or nobody where that is not written. */
struct explain_sink explain_log(void);

#endif
