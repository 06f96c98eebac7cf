// SPDX-License-Identifier: Apache-2.0
#include "base/hashmap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MANY 20000

static int values[MANY];

static void puts_gets_removes(void **state)
{
	struct hashmap *map = hashmap_new(10);
	int a, b;

	(void)state;
	assert_null(hashmap_get(map, "k", 1));
	assert_null(hashmap_remove(map, "k", 1));
	assert_int_equal(hashmap_put(map, "k", 1, &a), 0);
	assert_ptr_equal(hashmap_get(map, "k", 1), &a);
	assert_null(hashmap_get(map, "kk", 2));
	assert_int_equal(hashmap_put(map, "k", 1, &b), 0);
	assert_int_equal(hashmap_count(map), 1);
	assert_ptr_equal(hashmap_remove(map, "k", 1), &b);
	assert_null(hashmap_get(map, "k", 1));
	assert_int_equal(hashmap_count(map), 0);
	hashmap_free(map, NULL);
	hashmap_free(NULL, NULL);
}

/* Around the sizes that are compared by constants and the one from which keys are allocated. */
static void keys_of_every_size(void **state)
{
	struct hashmap *map = hashmap_new(64);
	char key[64];

	(void)state;
	memset(key, 'k', sizeof(key));
	for (size_t size = 0; size < sizeof(key); size++)
		assert_int_equal(hashmap_put(map, key, size, &values[size]), 0);
	for (size_t size = 0; size < sizeof(key); size++)
		assert_ptr_equal(hashmap_get(map, key, size), &values[size]);
	for (size_t size = 0; size < sizeof(key); size++) {
		if (size > 0) {
			key[size - 1] = 'x';
			assert_null(hashmap_get(map, key, size));
			key[size - 1] = 'k';
		}
		assert_ptr_equal(hashmap_remove(map, key, size), &values[size]);
	}
	assert_int_equal(hashmap_count(map), 0);
	hashmap_free(map, NULL);
}

static void the_maximum_holds(void **state)
{
	struct hashmap *map = hashmap_new(1000);

	(void)state;
	for (uint64_t i = 0; i < 1000; i++)
		assert_int_equal(hashmap_put(map, &i, sizeof(i), &values[i]), 0);
	for (uint64_t i = 1000; i < 1100; i++)
		assert_int_equal(hashmap_put(map, &i, sizeof(i), &values[i]), -ENOSPC);
	for (uint64_t i = 0; i < 1000; i++)
		assert_int_equal(hashmap_put(map, &i, sizeof(i), &values[i + 1]), 0);
	assert_int_equal(hashmap_count(map), 1000);
	hashmap_free(map, NULL);

	map = hashmap_new(0);
	assert_int_equal(hashmap_put(map, "k", 1, values), -ENOSPC);
	hashmap_free(map, NULL);
}

/* Against a plain array, through growth, churn and the clusters that come and go. */
static void agrees_with_a_model(void **state)
{
	struct hashmap *map = hashmap_new(MANY);
	static void *model[MANY];
	size_t count = 0;

	(void)state;
	srandom(1);
	memset(model, 0, sizeof(model));
	for (int step = 0; step < 40 * MANY; step++) {
		/* Few keys at first, so that they meet often; then all of them. */
		uint64_t key[2] = { (uint64_t)random() % (step < 10 * MANY ? 100 : MANY), 0 };
		size_t at = key[0];

		if (random() % 2) {
			assert_int_equal(hashmap_put(map, key, sizeof(key), &values[step % MANY]), 0);
			count += !model[at];
			model[at] = &values[step % MANY];
		} else {
			assert_ptr_equal(hashmap_remove(map, key, sizeof(key)), model[at]);
			count -= !!model[at];
			model[at] = NULL;
		}
		assert_int_equal(hashmap_count(map), count);
	}
	for (uint64_t i = 0; i < MANY; i++) {
		uint64_t key[2] = { i, 0 };

		assert_ptr_equal(hashmap_get(map, key, sizeof(key)), model[i]);
	}
	hashmap_free(map, NULL);
}

static void visits_all_while_removing(uint32_t number, uint32_t remove_of_four)
{
	struct hashmap *map = hashmap_new(number);
	unsigned char *seen = calloc(number, 1);
	size_t cursor = 0, removed = 0;
	struct slice key;
	void *value;

	for (uint32_t i = 0; i < number; i++)
		assert_int_equal(hashmap_put(map, &i, sizeof(i), &values[i]), 0);
	while (hashmap_next(map, &cursor, &key, &value)) {
		uint32_t i;

		assert_int_equal(key.length, sizeof(i));
		memcpy(&i, key.data, sizeof(i));
		assert_ptr_equal(value, &values[i]);
		assert_int_equal(seen[i]++, 0);
		if (i % 4 < remove_of_four) {
			assert_ptr_equal(hashmap_remove(map, &i, sizeof(i)), value);
			removed++;
		}
	}
	for (uint32_t i = 0; i < number; i++) {
		assert_int_equal(seen[i], 1);
		assert_ptr_equal(hashmap_get(map, &i, sizeof(i)), i % 4 < remove_of_four ? NULL : &values[i]);
	}
	assert_int_equal(hashmap_count(map), number - removed);
	free(seen);
	hashmap_free(map, NULL);
}

/* Seeds differ each time: many maps meet many arrangements, clusters across the end among them. */
static void visiting_survives_removal(void **state)
{
	(void)state;
	for (int round = 0; round < 300; round++) {
		for (uint32_t remove_of_four = 0; remove_of_four <= 4; remove_of_four++)
			visits_all_while_removing(12 + (uint32_t)round % 90, remove_of_four);
	}
	visits_all_while_removing(MANY, 4);
	visits_all_while_removing(MANY, 3);
}

static void visiting_nothing(void **state)
{
	struct hashmap *map = hashmap_new(10);
	size_t cursor = 0;

	(void)state;
	assert_false(hashmap_next(map, &cursor, NULL, NULL));
	assert_int_equal(hashmap_put(map, "a", 1, values), 0);
	assert_true(hashmap_next(map, &cursor, NULL, NULL));
	assert_false(hashmap_next(map, &cursor, NULL, NULL));
	hashmap_free(map, NULL);
}

static void frees_what_is_left(void **state)
{
	struct hashmap *map = hashmap_new(100);

	(void)state;
	for (int i = 0; i < 100; i++) {
		char key[64];
		int length = snprintf(key, sizeof(key), "a key longer than what fits inline, number %d", i);

		assert_int_equal(hashmap_put(map, key, (size_t)length, malloc(1)), 0);
	}
	hashmap_free(map, free);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_gets_removes),
		cmocka_unit_test(keys_of_every_size),
		cmocka_unit_test(the_maximum_holds),
		cmocka_unit_test(agrees_with_a_model),
		cmocka_unit_test(visiting_survives_removal),
		cmocka_unit_test(visiting_nothing),
		cmocka_unit_test(frees_what_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
