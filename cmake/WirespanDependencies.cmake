# SPDX-License-Identifier: Apache-2.0
#
# What the build needs, as a table; whatever is missing is named all at once,
# with the packages to install. A row:
#
#   when | kind | what | Debian package | Fedora package
#
# when: always, or the option that needs it. kind: program (alternatives
# separated by commas), library (a pkg-config module) or libfuzzer. A library's
# target is PkgConfig::NAME, its name in capitals without a leading "lib" and hyphens.
set(WIRESPAN_DEPENDENCIES
	"WIRESPAN_USES_NINJA|program|ninja,ninja-build|ninja-build|ninja-build"
	"always|program|pkg-config,pkgconf|pkg-config|pkgconf-pkg-config"
	"WIRESPAN_USES_ANY_COMPILER|program|cc,gcc,clang|gcc|gcc"
	"always|program|protoc-c|protobuf-c-compiler|protobuf-c-compiler"
	"always|library|libprotobuf-c|libprotobuf-c-dev|protobuf-c-devel"
	"always|library|libcjson|libcjson-dev|cjson-devel"
	"always|library|libcurl|libcurl4-openssl-dev|libcurl-devel"
	"always|library|zlib|zlib1g-dev|zlib-devel"
	"always|library|libzstd|libzstd-dev|libzstd-devel"
	"BUILD_TESTING|library|cmocka|libcmocka-dev|libcmocka-devel"
	"BUILD_TESTING|library|openssl|libssl-dev|openssl-devel"
	"BUILD_TESTING|program|python3|python3|python3"
	"WIRESPAN_AGENT|program|clang,clang-19,clang-18,clang-17,clang-16,clang-15,clang-14|clang|clang"
	"WIRESPAN_AGENT|program|bpftool|bpftool|bpftool"
	"WIRESPAN_AGENT|library|libbpf|libbpf-dev|libbpf-devel"
	"WIRESPAN_AGENT|library|libelf|libelf-dev|elfutils-libelf-devel"
	"WIRESPAN_FUZZ|program|clang|clang|clang"
	"WIRESPAN_FUZZ|libfuzzer|libFuzzer|libclang-rt-dev|compiler-rt")

if(CMAKE_GENERATOR MATCHES "Ninja")
	set(WIRESPAN_USES_NINJA ON)
endif()
# Whoever names a compiler has one.
if(NOT CMAKE_C_COMPILER AND NOT DEFINED ENV{CC})
	set(WIRESPAN_USES_ANY_COMPILER ON)
endif()

# Administrators' tools may be off an ordinary user's PATH.
set(WIRESPAN_SYSTEM_PROGRAMS /usr/local/sbin /usr/sbin /sbin)

function(wirespan_find_dependency kind what ret_found)
	set(${ret_found} FALSE PARENT_SCOPE)
	if(kind STREQUAL "program")
		string(REPLACE "," ";" names "${what}")
		list(GET names 0 first)
		string(MAKE_C_IDENTIFIER "WIRESPAN_${first}" variable)
		string(TOUPPER "${variable}" variable)
		find_program(${variable} NAMES ${names} PATHS ${WIRESPAN_SYSTEM_PROGRAMS})
		mark_as_advanced(${variable})
		if(${variable})
			set(${ret_found} TRUE PARENT_SCOPE)
		endif()
	elseif(kind STREQUAL "library")
		# Without pkg-config all count as missing: better named in vain than in a second message.
		set(result 1)
		if(WIRESPAN_PKG_CONFIG)
			execute_process(COMMAND ${WIRESPAN_PKG_CONFIG} --exists ${what} RESULT_VARIABLE result)
		endif()
		if(result EQUAL 0)
			set(${ret_found} TRUE PARENT_SCOPE)
		endif()
	elseif(WIRESPAN_CLANG)
		execute_process(COMMAND ${WIRESPAN_CLANG} -fsanitize=fuzzer -x c - -o /dev/null
			INPUT_FILE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/fuzzer_check.c
			RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
		if(result EQUAL 0)
			set(${ret_found} TRUE PARENT_SCOPE)
		endif()
	endif()
endfunction()

function(wirespan_check_dependencies)
	set(missing "")
	set(debian "")
	set(fedora "")
	foreach(row IN LISTS WIRESPAN_DEPENDENCIES)
		string(REPLACE "|" ";" fields "${row}")
		list(POP_FRONT fields when kind what debian_package fedora_package)
		if(NOT when STREQUAL "always" AND NOT ${when})
			continue()
		endif()
		wirespan_find_dependency(${kind} "${what}" found)
		if(NOT found)
			string(REGEX REPLACE ",.*" "" what "${what}")
			string(APPEND missing "  ${what} (Debian: ${debian_package}; Fedora: ${fedora_package})\n")
			list(APPEND debian ${debian_package})
			list(APPEND fedora ${fedora_package})
		endif()
	endforeach()
	if(missing)
		list(REMOVE_DUPLICATES debian)
		list(REMOVE_DUPLICATES fedora)
		list(JOIN debian " " debian)
		list(JOIN fedora " " fedora)
		message(FATAL_ERROR "Wirespan cannot be built here. Missing:\n${missing}"
			"Debian, Ubuntu: apt-get install ${debian}\n"
			"Fedora, RHEL: dnf install ${fedora}")
	endif()
endfunction()

# After project(): the libraries of the table as targets.
macro(wirespan_find_libraries)
	find_package(PkgConfig REQUIRED)
	foreach(row IN LISTS WIRESPAN_DEPENDENCIES)
		string(REPLACE "|" ";" fields "${row}")
		list(POP_FRONT fields when kind what)
		if(kind STREQUAL "library" AND (when STREQUAL "always" OR ${when}))
			string(REGEX REPLACE "^lib|-" "" target "${what}")
			string(TOUPPER "${target}" target)
			pkg_check_modules(${target} REQUIRED QUIET IMPORTED_TARGET ${what})
		endif()
	endforeach()
endmacro()
