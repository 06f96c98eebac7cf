// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/test/guard.h"
#include "correlate/process/container.h"

#define ID "3f4e8a1bb4a0c6f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899"
#define INNER "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define POD "pod6c5e5b1e_7a0f_4d8e_9d5e_0a1b2c3d4e5f"

static const struct {
	const char *cgroup, *id;
} cases[] = {
	{ "", "" },
	{ "/", "" },
	{ "/" ID, ID },
	{ ID, ID },
	{ "/docker/" ID, ID },
	{ "/docker/" ID "/init.scope", ID },
	{ "/docker/" ID "/docker/" INNER, INNER },
	{ "/system.slice/docker-" ID ".scope", ID },
	{ "/kubepods/burstable/pod6c5e5b1e-7a0f-4d8e-9d5e-0a1b2c3d4e5f/" ID, ID },
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-" POD ".slice/cri-containerd-" ID ".scope", ID },
	{ "/system.slice/containerd.service/kubepods-burstable-" POD ".slice:cri-containerd:" ID, ID },
	{ "/kubepods.slice/kubepods-" POD ".slice/crio-" ID ".scope/container", ID },
	{ "/kubepods.slice/kubepods-" POD ".slice/crio-conmon-" ID ".scope", "" },
	{ "/machine.slice/libpod-" ID ".scope", ID },
	{ "/machine.slice/libpod-conmon-" ID ".scope", "" },
	{ "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope/container", ID },
	{ "/libpod_parent/libpod_pod_" ID, "" },
	{ "/ecs/0123456789abcdef0123456789abcdef/" ID, ID },
	{ "/ecs/0123456789abcdef0123456789abcdef/0123456789abcdef0123456789abcdef-2912345678",
	  "0123456789abcdef0123456789abcdef-2912345678" },
	{ "/../../" ID, ID },
	{ "/user.slice/user-0.slice/session-3.scope", "" },
	{ "/system.slice/nginx.service", "" },
	{ "/docker/3f4e8a1bb4a0", "" },
	{ "/docker/x" ID, "" },
	{ "/docker/" ID "0", "" },
	{ "/docker/3F4E8A1BB4A0C6F1E2D3C4B5A69788796A5B4C3D2E1F00112233445566778899", "" },
};

static void test_container_ids(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		size_t length = strlen(cases[i].cgroup);
		char *copy = guard_copy(cases[i].cgroup, length);
		struct slice id = container_id_from_cgroup(slice_of(copy, length));

		if (!slice_equal(id, slice_of_string(cases[i].id)))
			fail_msg("%s: %.*s", cases[i].cgroup, (int)id.length, id.data);
		guard_free(copy, length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_container_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
