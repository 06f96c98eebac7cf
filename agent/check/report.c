// SPDX-License-Identifier: Apache-2.0
#include "agent/check/report.h"

#include <stdarg.h>

void check_report_add(struct check_report *report, const char *group, const char *what, enum check_state state,
		      const char *consequence, const char *remedy, const char *detail, ...)
{
	struct check_item *item;
	va_list arguments;

	if (report->count == CHECK_ITEMS_MAX) {
		report->dropped++;
		return;
	}
	item = &report->items[report->count++];
	item->group = group;
	item->what = what;
	item->state = state;
	item->consequence = state == CHECK_WORKS ? NULL : consequence;
	item->remedy = state == CHECK_WORKS ? NULL : remedy;
	va_start(arguments, detail);
	vsnprintf(item->detail, sizeof(item->detail), detail, arguments);
	va_end(arguments);
}

const char *check_state_name(enum check_state state)
{
	static const char *const names[] = {
		[CHECK_WORKS] = "works",
		[CHECK_PARTLY] = "partly",
		[CHECK_MISSING] = "missing",
		[CHECK_UNTRIED] = "not tried",
	};

	return names[state];
}
