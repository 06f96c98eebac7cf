/* SPDX-License-Identifier: Apache-2.0 */
/* Versions that ELF files hold. Hostile files yield nothing, or a wrong version of their own. */
#ifndef WIRESPAN_AGENT_PROCESS_RUNTIME_ELF_H
#define WIRESPAN_AGENT_PROCESS_RUNTIME_ELF_H

#include <stdbool.h>
#include <stddef.h>

/* All: whether it is there. `version` has room for `size` bytes, and stays as it is where there is none. */

/* Of Go's linker: ".go.buildinfo"; the version only where it is written there (since 1.18). */
bool elf_go_version(int fd, char *version, size_t size);
/* An exported string: ruby_version. */
bool elf_string_version(int fd, const char *symbol, char *version, size_t size);
/* An exported number, of a final release: CPython's Py_Version (since 3.11). */
bool elf_number_version(int fd, const char *symbol, char *version, size_t size);
/* What follows `prefix` among the constants. Reads all of them. */
bool elf_constant_version(int fd, const char *prefix, char *version, size_t size);

#endif
