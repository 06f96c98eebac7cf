// SPDX-License-Identifier: Apache-2.0
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/check/report.h"

/* "not tried" is the longest state. */
#define STATE_WIDTH 9

static int written(FILE *file)
{
	errno = 0;
	if (fflush(file) != 0 || ferror(file))
		return errno ? -errno : -EIO;
	return 0;
}

static int widest_what(const struct check_report *report)
{
	size_t widest = 0;

	for (size_t i = 0; i < report->count; i++) {
		size_t width = strlen(report->items[i].what);

		widest = width > widest ? width : widest;
	}
	return (int)widest;
}

static void write_item(const struct check_item *item, int width, FILE *file)
{
	int indent = 2 + width + 2 + STATE_WIDTH + 2;

	fprintf(file, "  %-*s  ", width, item->what);
	if (item->detail[0])
		fprintf(file, "%-*s  %s\n", STATE_WIDTH, check_state_name(item->state), item->detail);
	else
		fprintf(file, "%s\n", check_state_name(item->state));
	if (item->consequence)
		fprintf(file, "%*sconsequence: %s\n", indent, "", item->consequence);
	if (item->remedy)
		fprintf(file, "%*sremedy: %s\n", indent, "", item->remedy);
}

int check_report_write_text(const struct check_report *report, FILE *file)
{
	int width = widest_what(report);
	const char *group = "";

	for (size_t i = 0; i < report->count; i++) {
		const struct check_item *item = &report->items[i];

		if (strcmp(group, item->group) != 0)
			fprintf(file, "%s%s\n", i > 0 ? "\n" : "", item->group);
		group = item->group;
		write_item(item, width, file);
	}
	if (report->mode == CAPTURE_IMPOSSIBLE)
		fprintf(file, "\nVerdict: 'wirespan run' cannot capture here: see what does not work above.\n");
	else
		fprintf(file, "\nVerdict: 'wirespan run' will capture by %s.\n", capture_mode_name(report->mode));
	return written(file);
}

static bool add_text(cJSON *object, const char *name, const char *text)
{
	return text ? cJSON_AddStringToObject(object, name, text) : cJSON_AddNullToObject(object, name);
}

static bool add_item(cJSON *items, const struct check_item *item)
{
	cJSON *object = cJSON_CreateObject();

	if (!object || !cJSON_AddItemToArray(items, object)) {
		cJSON_Delete(object);
		return false;
	}
	return add_text(object, "group", item->group) && add_text(object, "what", item->what) &&
	       add_text(object, "state", check_state_name(item->state)) && add_text(object, "detail", item->detail) &&
	       add_text(object, "consequence", item->consequence) && add_text(object, "remedy", item->remedy);
}

/* NULL when out of memory. */
static cJSON *report_to_json(const struct check_report *report)
{
	cJSON *root = cJSON_CreateObject();
	bool possible = report->mode != CAPTURE_IMPOSSIBLE;
	cJSON *items = cJSON_AddArrayToObject(root, "items");
	bool added = items && add_text(root, "version", WIRESPAN_VERSION) &&
		     cJSON_AddBoolToObject(root, "can_run", possible) &&
		     add_text(root, "capture", possible ? capture_mode_name(report->mode) : NULL);

	for (size_t i = 0; added && i < report->count; i++)
		added = add_item(items, &report->items[i]);
	if (!added) {
		cJSON_Delete(root);
		return NULL;
	}
	return root;
}

int check_report_write_json(const struct check_report *report, FILE *file)
{
	cJSON *root = report_to_json(report);
	char *text = root ? cJSON_Print(root) : NULL;

	cJSON_Delete(root);
	if (!text)
		return -ENOMEM;
	fprintf(file, "%s\n", text);
	cJSON_free(text);
	return written(file);
}
