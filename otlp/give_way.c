// SPDX-License-Identifier: Apache-2.0
#include "otlp/give_way.h"

#include <sched.h>

static _Thread_local bool is_allowed;

void give_way_allow(bool allowed)
{
	is_allowed = allowed;
}

void give_way(void)
{
	if (is_allowed)
		sched_yield();
}
