// SPDX-License-Identifier: Apache-2.0
#include <bpf/libbpf.h>
#include <cjson/cJSON.h>
#include <libelf.h>
#include <zlib.h>

#include "agent/check/report.h"

#define GROUP "libraries"

void check_libraries(struct check_report *report)
{
	bool elf = elf_version(EV_CURRENT) != EV_NONE;

	check_report_add(report, GROUP, "libbpf", CHECK_WORKS, NULL, NULL, "%s", libbpf_version_string());
	/* It does not tell its own version while it runs. */
	check_report_add(report, GROUP, "libelf", elf ? CHECK_WORKS : CHECK_MISSING,
			 "the kernel programs cannot be read",
			 "install libelf of the version that Wirespan was built with", "%s when built",
			 WIRESPAN_LIBELF_VERSION);
	check_report_add(report, GROUP, "zlib", CHECK_WORKS, NULL, NULL, "%s", zlibVersion());
	check_report_add(report, GROUP, "cJSON", CHECK_WORKS, NULL, NULL, "%s", cJSON_Version());
}
