// SPDX-License-Identifier: Apache-2.0
#include "agent/process/runtime_elf.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gelf.h>
#include <libelf.h>

#include "base/slice.h"

#define SYMBOLS_MAX (1u << 18)
#define TABLE_MAX (16u << 20) /* bytes of names or symbols: those of a real program; libelf loads them whole */
#define CONSTANTS_MAX (64u << 20) /* bytes searched: node has 30 MB */
#define CHUNK 65536
#define TEXT_MAX 128 /* of a prefix and a version */

/* Offset of what Go writes into .go.buildinfo: a magic number, flags, then the version behind its length. */
enum { GO_MAGIC_LENGTH = 14, GO_FLAGS = 15, GO_FLAG_INLINE = 2, GO_LENGTH = 32, GO_VERSION = 33 };

/*
 * Whether the header itself says how many sections there are: so many no program has that the first
 * section must say it, but a file of holes may, and libelf allocates for each.
 */
static bool elf_counts_sections(int fd)
{
	union {
		Elf32_Ehdr small;
		Elf64_Ehdr large;
	} header;

	return pread(fd, &header, sizeof(header), 0) == sizeof(header) &&
	       (header.small.e_ident[EI_CLASS] == ELFCLASS32 ? header.small.e_shnum : header.large.e_shnum) != 0;
}

static Elf *elf_open(int fd)
{
	bool may_read = elf_counts_sections(fd) && elf_version(EV_CURRENT) != EV_NONE;
	Elf *elf = may_read ? elf_begin(fd, ELF_C_READ, NULL) : NULL;

	if (elf && elf_kind(elf) == ELF_K_ELF)
		return elf;
	elf_end(elf);
	return NULL;
}

/* Whether libelf may load a section: what it holds may be a hole of any size, or inflate to it. */
static bool is_loadable(const GElf_Shdr *header)
{
	return header->sh_size <= TABLE_MAX && !(header->sh_flags & SHF_COMPRESSED);
}

/* One of a table's names; NULL where there is none. */
static const char *elf_name(Elf *elf, size_t table, size_t offset)
{
	Elf_Scn *section = elf_getscn(elf, table);
	GElf_Shdr header;

	return section && gelf_getshdr(section, &header) && is_loadable(&header) ? elf_strptr(elf, table, offset) :
										   NULL;
}

/* A section by its name. */
static bool elf_find_section(Elf *elf, const char *wanted, GElf_Shdr *ret_header)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) != 0)
		return false;
	while ((section = elf_nextscn(elf, section))) {
		const char *name;

		if (!gelf_getshdr(section, ret_header))
			continue;
		name = elf_name(elf, names, ret_header->sh_name);
		if (name && strcmp(name, wanted) == 0)
			return true;
	}
	return false;
}

/* Takes over a version, if it looks like one: "3.1.2", "go1.22.1 X:arenas". */
static bool take_version(const char *text, size_t length, char *version, size_t size)
{
	size_t taken = 0;

	while (taken < length && (isalnum((unsigned char)text[taken]) || (text[taken] && strchr("._+~-", text[taken]))))
		taken++;
	if (!taken || taken >= size || !memchr(text, '.', taken))
		return false;
	memcpy(version, text, taken);
	version[taken] = '\0';
	return true;
}

bool elf_go_version(int fd, char *version, size_t size)
{
	Elf *elf = elf_open(fd);
	uint8_t bytes[TEXT_MAX];
	GElf_Shdr header;
	bool found = elf && elf_find_section(elf, ".go.buildinfo", &header);
	ssize_t length = found ? pread(fd, bytes, sizeof(bytes), (off_t)header.sh_offset) : 0;

	elf_end(elf);
	if (length > GO_VERSION && memcmp(bytes, "\xff Go buildinf:", GO_MAGIC_LENGTH) == 0 &&
	    (bytes[GO_FLAGS] & GO_FLAG_INLINE) && bytes[GO_LENGTH] < sizeof(bytes) - GO_VERSION &&
	    GO_VERSION + bytes[GO_LENGTH] <= length)
		take_version((char *)bytes + GO_VERSION, bytes[GO_LENGTH], version, size);
	return found;
}

/* What is exported: one section, as the dynamic linker knows no second. */
static Elf_Data *elf_find_exports(Elf *elf, GElf_Shdr *ret_header)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, ret_header) && ret_header->sh_type == SHT_DYNSYM)
			return is_loadable(ret_header) ? elf_getdata(section, NULL) : NULL;
	return NULL;
}

/* Where a symbol's bytes are in the file. */
static bool elf_place(Elf *elf, const GElf_Sym *symbol, off_t *ret_offset)
{
	Elf_Scn *holder = elf_getscn(elf, symbol->st_shndx);
	GElf_Shdr place;

	if (!holder || !gelf_getshdr(holder, &place) || place.sh_type == SHT_NOBITS || symbol->st_value < place.sh_addr)
		return false;
	*ret_offset = (off_t)(symbol->st_value - place.sh_addr + place.sh_offset);
	return true;
}

/* An exported object's place in the file. */
static bool elf_find_symbol(Elf *elf, const char *wanted, off_t *ret_offset)
{
	GElf_Shdr header;
	Elf_Data *data = elf_find_exports(elf, &header);
	GElf_Sym symbol;

	for (unsigned int i = 0; data && i < SYMBOLS_MAX && gelf_getsym(data, (int)i, &symbol); i++) {
		const char *name = elf_name(elf, header.sh_link, symbol.st_name);

		if (name && symbol.st_shndx != SHN_UNDEF && strcmp(name, wanted) == 0)
			return elf_place(elf, &symbol, ret_offset);
	}
	return false;
}

/* The first bytes of an exported object; how many. */
static size_t elf_read_symbol(int fd, const char *symbol, void *bytes, size_t size)
{
	Elf *elf = elf_open(fd);
	off_t offset;
	bool found = elf && elf_find_symbol(elf, symbol, &offset);
	ssize_t length = found ? pread(fd, bytes, size, offset) : 0;

	elf_end(elf);
	return length > 0 ? (size_t)length : 0;
}

bool elf_string_version(int fd, const char *symbol, char *version, size_t size)
{
	char text[TEXT_MAX];

	return take_version(text, elf_read_symbol(fd, symbol, text, sizeof(text)), version, size);
}

bool elf_number_version(int fd, const char *symbol, char *version, size_t size)
{
	uint64_t number; /* CPython has it as unsigned long: 0x030b02f0 is 3.11.2, and 0xf0 a final release */

	if (elf_read_symbol(fd, symbol, &number, sizeof(number)) != sizeof(number) || number >> 32 ||
	    (number & 0xff) != 0xf0)
		return false;
	snprintf(version, size, "%u.%u.%u", (unsigned int)(number >> 24), (unsigned int)(number >> 16 & 0xff),
		 (unsigned int)(number >> 8 & 0xff));
	return true;
}

/* Where the constants lie; mapped they might be cut under our hands. */
static bool elf_find_constants(int fd, GElf_Shdr *ret_header)
{
	Elf *elf = elf_open(fd);
	bool found = elf && elf_find_section(elf, ".rodata", ret_header) && ret_header->sh_type != SHT_NOBITS;

	elf_end(elf);
	return found;
}

static bool search(const char *bytes, size_t length, struct slice prefix, char *version, size_t size)
{
	const char *end = bytes + length, *found;

	while ((found = memmem(bytes, (size_t)(end - bytes), prefix.data, prefix.length))) {
		bytes = found + prefix.length;
		if (take_version(bytes, (size_t)(end - bytes), version, size))
			return true;
	}
	return false;
}

bool elf_constant_version(int fd, const char *prefix, char *version, size_t size)
{
	char chunk[CHUNK];
	GElf_Shdr header;

	if (!elf_find_constants(fd, &header))
		return false;
	/* Chunks overlap by what is looked for. */
	for (uint64_t at = 0; at < header.sh_size && at < CONSTANTS_MAX; at += CHUNK - TEXT_MAX) {
		size_t wanted = header.sh_size - at < CHUNK ? header.sh_size - at : CHUNK;
		ssize_t got = pread(fd, chunk, wanted, (off_t)(header.sh_offset + at));

		if (got <= 0)
			return false;
		if (search(chunk, (size_t)got, slice_of_string(prefix), version, size))
			return true;
	}
	return false;
}
