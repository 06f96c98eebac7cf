/* SPDX-License-Identifier: Apache-2.0 */
/* Random trace and span ids: xoshiro256**, seeded once. Never all zero. */
#ifndef WIRESPAN_CORRELATE_LINK_IDS_H
#define WIRESPAN_CORRELATE_LINK_IDS_H

#include <stdint.h>

struct ids {
	uint64_t state[4];
};

void ids_init(struct ids *ids, uint64_t seed);
void ids_draw_trace(struct ids *ids, uint8_t ret_id[16]);
void ids_draw_span(struct ids *ids, uint8_t ret_id[8]);

#endif
