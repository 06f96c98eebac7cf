# SPDX-License-Identifier: Apache-2.0
#
# wirespan_bpf_skeleton(NAME tracing SOURCES a.bpf.c b.bpf.c [OPTIONS -mcpu=v3])
#
# Compiles each source for the kernel, links them into tracing.bpf.o and makes
# its skeleton, "bpf/tracing.skel.h" with tracing_bpf__open() and so on: link the
# interface library bpf_tracing to include it. The object of the other
# architecture is built too, so that neither rots: target bpf_tracing_arm64 (or
# bpf_tracing_x86 on arm64), part of ALL.

function(wirespan_bpf_architectures ret_native ret_other)
	if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|amd64|AMD64)$")
		set(${ret_native} x86 PARENT_SCOPE)
		set(${ret_other} arm64 PARENT_SCOPE)
	elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
		set(${ret_native} arm64 PARENT_SCOPE)
		set(${ret_other} x86 PARENT_SCOPE)
	else()
		message(FATAL_ERROR "Wirespan traces on x86-64 and arm64, not on ${CMAKE_SYSTEM_PROCESSOR}; "
			"-DWIRESPAN_AGENT=OFF builds the rest")
	endif()
endfunction()

# Compiles and links `sources` for one architecture into `object`.
function(wirespan_bpf_object object architecture sources options)
	cmake_path(GET object PARENT_PATH directory)
	file(MAKE_DIRECTORY ${directory})
	set(includes -I ${PROJECT_SOURCE_DIR})
	foreach(include IN LISTS BPF_INCLUDE_DIRS)
		list(APPEND includes -I ${include})
	endforeach()
	# <linux/types.h> wants <asm/types.h>, which Debian keeps per architecture; clang's BPF target looks in none.
	if(CMAKE_LIBRARY_ARCHITECTURE AND EXISTS /usr/include/${CMAKE_LIBRARY_ARCHITECTURE}/asm)
		list(APPEND includes -idirafter /usr/include/${CMAKE_LIBRARY_ARCHITECTURE})
	endif()
	set(parts "")
	foreach(source IN LISTS sources)
		cmake_path(ABSOLUTE_PATH source)
		cmake_path(GET source FILENAME name)
		string(REGEX REPLACE "\\.c$" ".o" name "${name}")
		set(part ${directory}/parts/${name})
		file(MAKE_DIRECTORY ${directory}/parts)
		# A hook's parameters are the kernel's to choose: those that go unused are no mistake.
		add_custom_command(OUTPUT ${part}
			COMMAND ${WIRESPAN_CLANG} -g -O2 -target bpf -D__TARGET_ARCH_${architecture}
				-std=gnu17 -Wall -Wextra -Wno-unused-parameter -Werror ${options} ${includes}
				-MD -MF ${part}.d -MT ${part} -c ${source} -o ${part}
			DEPENDS ${source}
			DEPFILE ${part}.d
			COMMENT "Compiling ${name} for the kernel (${architecture})"
			VERBATIM)
		list(APPEND parts ${part})
	endforeach()
	add_custom_command(OUTPUT ${object}
		COMMAND ${WIRESPAN_BPFTOOL} gen object ${object} ${parts}
		DEPENDS ${parts}
		COMMENT "Linking kernel programs (${architecture})"
		VERBATIM)
endfunction()

function(wirespan_bpf_skeleton)
	cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SOURCES;OPTIONS")
	wirespan_bpf_architectures(native other)
	set(object ${CMAKE_BINARY_DIR}/bpf/${arg_NAME}.bpf.o)
	set(skeleton ${CMAKE_BINARY_DIR}/bpf/${arg_NAME}.skel.h)
	set(other_object ${CMAKE_BINARY_DIR}/bpf/${other}/${arg_NAME}.bpf.o)

	wirespan_bpf_object(${object} ${native} "${arg_SOURCES}" "${arg_OPTIONS}")
	# Through a shell for the redirection; a failed generation must not leave a fresh, empty header.
	add_custom_command(OUTPUT ${skeleton}
		COMMAND sh -c "\"$1\" gen skeleton \"$2\" name \"$3\" >\"$4.new\" && mv \"$4.new\" \"$4\"" sh
			${WIRESPAN_BPFTOOL} ${object} ${arg_NAME}_bpf ${skeleton}
		DEPENDS ${object}
		COMMENT "Generating ${arg_NAME}.skel.h"
		VERBATIM)
	add_custom_target(bpf_${arg_NAME}_skeleton DEPENDS ${skeleton})
	add_library(bpf_${arg_NAME} INTERFACE)
	add_dependencies(bpf_${arg_NAME} bpf_${arg_NAME}_skeleton)
	target_sources(bpf_${arg_NAME} INTERFACE ${skeleton})
	target_include_directories(bpf_${arg_NAME} SYSTEM INTERFACE ${CMAKE_BINARY_DIR})
	target_link_libraries(bpf_${arg_NAME} INTERFACE PkgConfig::BPF)

	wirespan_bpf_object(${other_object} ${other} "${arg_SOURCES}" "${arg_OPTIONS}")
	add_custom_target(bpf_${arg_NAME}_${other} ALL DEPENDS ${other_object})
endfunction()
