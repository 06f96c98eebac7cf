// SPDX-License-Identifier: Apache-2.0
#include "base/resource_variables.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/test/guard.h"

/* Attributes as "[key: value]...", or the number of the member that spoils them all. */
static const struct {
	const char *list, *expected;
	size_t bad_member;
} lists[] = {
	{ "", "", 0 },
	{ " \t ", "", 0 },
	{ ",", "", 0 },
	{ "a=b,c=d", "[a: b][c: d]", 0 },
	{ " a = b\t, ,,c=", "[a: b][c: ]", 0 },
	{ "a%20b=%2C%3d%25%e2%82%ac", "[a b: ,=%\xe2\x82\xac]", 0 },
	{ "a=b c;d", "[a: b c;d]", 0 },
	{ "a=1,b=2,a=3", "[a: 3][b: 2]", 0 },
	{ "service.name=a=b", NULL, 1 },
	{ "a=b,c=d=e,f=g", NULL, 2 },
	{ "a=b,c", NULL, 2 },
	{ "a=b, =c", NULL, 2 },
	{ "a=%zz", NULL, 1 },
	{ "a=b,c=%4", NULL, 2 },
	{ "a%=b", NULL, 1 },
	{ "a=\xff", NULL, 1 },
	{ "a=%ff", NULL, 1 },
	{ "a=%ed%a0%80", NULL, 1 }, /* a surrogate */
	{ "a=%00", NULL, 1 },
	{ "\xc3=b", NULL, 1 },
};

static void attributes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct resource_attribute parsed[RESOURCE_ATTRIBUTES_MAX];
		size_t length = strlen(lists[i].list), count = 0, member = 0, written = 0;
		char *list = guard_copy(lists[i].list, length), *text = guard_copy(lists[i].list, length);
		int error = resource_attributes_parse(slice_of(list, length), text, parsed, &count, &member);
		char got[128] = "";

		for (size_t j = 0; j < count; j++)
			written += (size_t)snprintf(got + written, sizeof(got) - written, "[%.*s: %.*s]",
						    (int)parsed[j].key.length, parsed[j].key.data,
						    (int)parsed[j].value.length, parsed[j].value.data);
		if (error != (lists[i].expected ? 0 : -EINVAL) || member != lists[i].bad_member ||
		    strcmp(got, lists[i].expected ? lists[i].expected : "") != 0)
			fail_msg("%s: %d, member %zu, %s", lists[i].list, error, member, got);
		guard_free(list, length);
		guard_free(text, length);
	}
}

static void too_many_attributes(void **state)
{
	struct resource_attribute parsed[RESOURCE_ATTRIBUTES_MAX];
	char list[16 * RESOURCE_ATTRIBUTES_MAX], text[sizeof(list)];
	size_t length = 0, count, member;

	(void)state;
	for (int i = 0; i < RESOURCE_ATTRIBUTES_MAX; i++)
		length += (size_t)snprintf(list + length, sizeof(list) - length, "k%d=v,", i);
	assert_int_equal(resource_attributes_parse(slice_of(list, length), text, parsed, &count, &member), 0);
	assert_int_equal(count, RESOURCE_ATTRIBUTES_MAX);
	strcpy(list + length, "k0=w");
	assert_int_equal(resource_attributes_parse(slice_of_string(list), text, parsed, &count, &member), 0);
	assert_true(slice_equal(parsed[0].value, SLICE_LITERAL("w")));
	strcpy(list + length, "one=more");
	assert_int_equal(resource_attributes_parse(slice_of_string(list), text, parsed, &count, &member), -ENOSPC);
}

static void service_names(void **state)
{
	struct slice name;

	(void)state;
	assert_int_equal(service_name_parse(SLICE_LITERAL(" my shop\t"), &name), 0);
	assert_true(slice_equal(name, SLICE_LITERAL("my shop")));
	/* As it stands: percent-encoding is for the attributes. */
	assert_int_equal(service_name_parse(SLICE_LITERAL("a=b%20"), &name), 0);
	assert_true(slice_equal(name, SLICE_LITERAL("a=b%20")));
	assert_int_equal(service_name_parse(SLICE_LITERAL(" \t "), &name), 0);
	assert_int_equal(name.length, 0);
	assert_int_equal(service_name_parse(SLICE_LITERAL("\xff"), &name), -EINVAL);
	assert_int_equal(service_name_parse(SLICE_LITERAL("a\0b"), &name), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes),
		cmocka_unit_test(too_many_attributes),
		cmocka_unit_test(service_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
