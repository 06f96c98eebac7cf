# SPDX-License-Identifier: Apache-2.0
#
# How every C file of user space is compiled.
include(CheckPIESupported)

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
# A packager switches it off by --compile-no-warning-as-error.
set(CMAKE_COMPILE_WARNING_AS_ERROR ON)
check_pie_supported(LANGUAGES C)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
	set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()

# Empty, as a file that says `#define _GNU_SOURCE` itself defines it.
add_compile_options(-D_GNU_SOURCE=)
add_compile_options(
	-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wundef
	-fno-omit-frame-pointer -fstack-protector-strong)
add_link_options(-Wl,-z,relro,-z,now)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
	# gcc 12 takes a list head on the stack for one that outlives it; the Linux kernel switches it off likewise.
	add_compile_options(-Wno-dangling-pointer)
endif()

if(WIRESPAN_SANITIZE AND WIRESPAN_FUZZ)
	message(FATAL_ERROR "WIRESPAN_FUZZ already has the sanitizers: leave WIRESPAN_SANITIZE off")
elseif(WIRESPAN_SANITIZE)
	add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all)
	add_link_options(-fsanitize=address,undefined)
elseif(WIRESPAN_FUZZ)
	if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
		message(FATAL_ERROR "WIRESPAN_FUZZ needs clang: cmake --preset fuzz, or -DCMAKE_C_COMPILER=clang")
	endif()
	add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
	add_link_options(-fsanitize=fuzzer-no-link,address,undefined)
else()
	# Needs the optimiser; undefined first because some distributions' compilers predefine it.
	add_compile_options($<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE> $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
endif()

# RelWithDebInfo switches assert() off; what is built to find mistakes needs it.
if(WIRESPAN_SANITIZE OR WIRESPAN_FUZZ)
	add_compile_options(-UNDEBUG)
endif()

if(WIRESPAN_ANALYZE)
	if(NOT CMAKE_C_COMPILER_ID STREQUAL "GNU")
		message(FATAL_ERROR "WIRESPAN_ANALYZE needs gcc")
	endif()
	add_compile_options(-fanalyzer)
endif()

# The engine is many small functions in many files: a tenth of its instructions are calls between them.
# Objects keep ordinary code, too: tests are linked with that, which is faster.
# A packager's own flags say what is to be done.
if(WIRESPAN_LTO AND CMAKE_C_COMPILER_ID STREQUAL "GNU" AND CMAKE_BUILD_TYPE MATCHES "^Rel" AND
   NOT WIRESPAN_SANITIZE AND NOT WIRESPAN_ANALYZE AND NOT CMAKE_C_FLAGS MATCHES "lto")
	add_compile_options(-flto=auto -ffat-lto-objects)
	# Between partitions less is inlined, and where they are cut hangs on the order of the files: up to 2 % of the engine.
	add_link_options(-flto-partition=one)
endif()
