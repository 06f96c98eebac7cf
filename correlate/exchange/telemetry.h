/* SPDX-License-Identifier: Apache-2.0 */
/* What a request has to do with telemetry; each protocol tells its own (http/telemetry.h). */
#ifndef WIRESPAN_CORRELATE_EXCHANGE_TELEMETRY_H
#define WIRESPAN_CORRELATE_EXCHANGE_TELEMETRY_H

enum telemetry {
	TELEMETRY_NONE,
	TELEMETRY_OTHER,      /* metrics, logs, profiles, what is said about them */
	TELEMETRY_SPANS,      /* spans that may be somebody else's */
	TELEMETRY_OTLP_SPANS, /* spans over OTLP, and no collector or proxy that passes them on says so of itself */
};

#endif
