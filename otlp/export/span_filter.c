// SPDX-License-Identifier: Apache-2.0
#include "otlp/export/span_filter.h"

#include <math.h>
#include <stdlib.h>

#include "otlp/export/trace_state.h"

#define FLAG_SAMPLED 0x01u

/* What becomes of a span. */
struct verdict {
	bool kept;
	uint32_t flags;
	struct slice trace_state;
	char text[TRACE_STATE_MAX]; /* trace_state may point into it */
};

/* Hexadecimal digits, all zero or all f, at the front of a share's threshold. */
static int plain_digits(double share)
{
	int exponent;

	frexp(share, &exponent);
	return exponent < 0 ? -exponent / 4 : 0;
}

uint64_t sampling_threshold(double ratio)
{
	int kept = plain_digits(ratio), left_out = plain_digits(1 - ratio);
	int digits = 4 + (kept > left_out ? kept : left_out);
	int shift = digits < 14 ? 4 * (14 - digits) : 0;
	uint64_t share = (uint64_t)round(ratio * (double)TRACE_THRESHOLD_MAX);
	uint64_t threshold = TRACE_THRESHOLD_MAX - share;

	if (!shift || !share)
		return threshold;
	return (threshold + (UINT64_C(1) << (shift - 1))) >> shift << shift;
}

void span_filter_init(struct span_filter *filter, const struct otlp_config *config, const struct span_choice *choice,
		      const struct span_sink *next)
{
	*filter = (struct span_filter){
		.parent_based = config->sampler_parent_based,
		.choice = choice,
		.limits = { config->attribute_count_limit, config->attribute_value_length_limit },
		.next = *next,
	};
	if (config->sampler == SAMPLER_TRACE_ID_RATIO)
		filter->threshold = sampling_threshold(config->sampler_ratio);
	else
		filter->threshold = config->sampler == SAMPLER_ALWAYS_ON ? 0 : TRACE_THRESHOLD_MAX;
}

/* Of the trace: what its first participant drew, else the low 56 bits of its id. */
static uint64_t randomness(const struct span *span, const struct trace_probability *probability)
{
	uint64_t bits = 0;

	if (probability->has_randomness)
		return probability->randomness;
	for (size_t i = sizeof(span->trace_id) - 7; i < sizeof(span->trace_id); i++)
		bits = bits << 8 | span->trace_id[i];
	return bits;
}

/* `threshold` NULL: none. What does not fit stays as it was. */
static void set_threshold(struct verdict *verdict, const uint64_t *threshold)
{
	trace_state_set_threshold(verdict->trace_state, threshold, verdict->text, &verdict->trace_state);
}

/* Whoever began the trace has decided; but a threshold that cannot have led to that is taken back. */
static void follow_parent(const struct span *span, struct verdict *verdict)
{
	struct trace_probability probability;

	verdict->kept = span->flags & FLAG_SAMPLED;
	if (!verdict->kept || !span->trace_state.length)
		return;
	probability = trace_state_probability(span->trace_state);
	if (probability.has_threshold && randomness(span, &probability) < probability.threshold)
		set_threshold(verdict, NULL);
}

static void decide(const struct span_filter *filter, const struct span *span, struct verdict *verdict)
{
	struct trace_probability probability;

	probability = trace_state_probability(span->trace_state);
	verdict->kept = randomness(span, &probability) >= filter->threshold;
	verdict->flags |= FLAG_SAMPLED;
	if (verdict->kept && (filter->threshold || probability.has_threshold))
		set_threshold(verdict, &filter->threshold);
}

static void judge(const struct span_filter *filter, const struct span *span, struct verdict *verdict)
{
	verdict->flags = span->flags;
	verdict->trace_state = span->trace_state;
	/* A trace that began here and lacks the flag was not begun by the rules: it is left out like another's. */
	if (filter->parent_based && (span->trace_is_remote || !(span->flags & FLAG_SAMPLED)))
		follow_parent(span, verdict);
	else
		decide(filter, span, verdict);
}

/* Passes a changed copy on. */
static void pass_changed(struct span_filter *filter, const struct span *span, const struct verdict *verdict)
{
	struct span changed;
	char *text = NULL;

	memcpy((void *)&changed, span,
	       offsetof(struct span, attributes) + span->attribute_count * sizeof(span->attributes[0]));
	changed.flags = verdict->flags;
	changed.trace_state = verdict->trace_state;
	if (span_limits_touch(&filter->limits, span))
		text = span_limits_apply(&filter->limits, &changed);
	filter->next.accept(filter->next.context, &changed);
	free(text);
}

static bool is_chosen(struct span_filter *filter, const struct span *span)
{
	enum span_reason reason = filter->choice ? span_choice_judge(filter->choice, span) : SPAN_REASONS;

	if (reason == SPAN_REASONS)
		return true;
	filter->left_out[reason]++;
	return false;
}

void span_filter_accept(void *context, const struct span *span)
{
	struct span_filter *filter = context;
	struct verdict verdict;

	judge(filter, span, &verdict);
	if (!verdict.kept) {
		filter->sampled_out++;
		return;
	}
	if (!is_chosen(filter, span))
		return;
	if (verdict.flags != span->flags || verdict.trace_state.data != span->trace_state.data ||
		 span_limits_touch(&filter->limits, span))
		pass_changed(filter, span, &verdict);
	else
		filter->next.accept(filter->next.context, span);
}
