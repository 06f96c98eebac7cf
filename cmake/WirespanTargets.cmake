# SPDX-License-Identifier: Apache-2.0
#
# The four shapes that a room's code has.

# wirespan_library(NAME correlate SOURCES a.c b.c LINKS base m)
function(wirespan_library)
	cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SOURCES;LINKS")
	add_library(${arg_NAME} STATIC ${arg_SOURCES})
	target_include_directories(${arg_NAME} PUBLIC ${PROJECT_SOURCE_DIR})
	target_link_libraries(${arg_NAME} PUBLIC ${arg_LINKS})
endfunction()

# wirespan_unit_test(NAME http1_test SOURCES protocol/test/http1_test.c LINKS correlate)
# A cmocka program. It can be run from anywhere.
function(wirespan_unit_test)
	cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SOURCES;LINKS")
	if(NOT BUILD_TESTING OR WIRESPAN_FUZZ)
		return()
	endif()
	add_executable(${arg_NAME} ${arg_SOURCES})
	target_include_directories(${arg_NAME} PRIVATE ${PROJECT_SOURCE_DIR})
	target_link_libraries(${arg_NAME} PRIVATE ${arg_LINKS} PkgConfig::CMOCKA)
	# A test that says assert() means it, in every build.
	target_compile_options(${arg_NAME} PRIVATE -UNDEBUG)
	if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
		# Faster, and what --wrap replaces stays replaced, whoever switched it on for the objects.
		target_link_options(${arg_NAME} PRIVATE -fno-lto)
	endif()
	if(WIRESPAN_ANALYZE)
		# cmocka does not tell the compiler that a failed assertion ends the test.
		target_compile_options(${arg_NAME} PRIVATE -fno-analyzer)
	endif()
	add_test(NAME ${arg_NAME} COMMAND ${arg_NAME})
	set_tests_properties(${arg_NAME} PROPERTIES LABELS unit TIMEOUT 120)
endfunction()

# wirespan_fuzz_target(NAME fuzz_http1 SOURCES protocol/fuzz/fuzz_http1.c LINKS correlate CORPUS protocol/fuzz/corpus/http1)
# A libFuzzer program, in the preset "fuzz" only. What it finds goes to the
# build directory; the corpus in the sources is only read.
function(wirespan_fuzz_target)
	cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;CORPUS" "SOURCES;LINKS")
	if(NOT WIRESPAN_FUZZ)
		return()
	endif()
	add_executable(${arg_NAME} ${arg_SOURCES})
	target_include_directories(${arg_NAME} PRIVATE ${PROJECT_SOURCE_DIR})
	target_link_libraries(${arg_NAME} PRIVATE ${arg_LINKS})
	target_link_options(${arg_NAME} PRIVATE -fsanitize=fuzzer)
	set(found ${CMAKE_BINARY_DIR}/corpus/${arg_NAME})
	file(MAKE_DIRECTORY ${found})
	set(seeds "")
	if(arg_CORPUS)
		set(seeds ${CMAKE_CURRENT_SOURCE_DIR}/${arg_CORPUS})
	endif()
	add_test(NAME ${arg_NAME} COMMAND ${arg_NAME}
		-max_total_time=${WIRESPAN_FUZZ_SECONDS} -timeout=10 -rss_limit_mb=1024 -verbosity=0
		-artifact_prefix=${CMAKE_BINARY_DIR}/${arg_NAME}- ${found} ${seeds})
	math(EXPR limit "${WIRESPAN_FUZZ_SECONDS} + 120")
	set_tests_properties(${arg_NAME} PROPERTIES LABELS fuzz TIMEOUT ${limit})
endfunction()

# wirespan_benchmark(NAME bench_http1 SOURCES protocol/bench/bench_http1.c LINKS correlate)
# A micro-benchmark on base/bench/harness.h. ctest sees only that it works; test-env/bench measures.
function(wirespan_benchmark)
	cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SOURCES;LINKS")
	if(NOT WIRESPAN_BENCH OR WIRESPAN_FUZZ)
		return()
	endif()
	add_executable(${arg_NAME} ${arg_SOURCES})
	target_link_libraries(${arg_NAME} PRIVATE bench ${arg_LINKS})
	if(BUILD_TESTING)
		add_test(NAME ${arg_NAME} COMMAND ${arg_NAME} --smoke)
		set_tests_properties(${arg_NAME} PROPERTIES LABELS unit TIMEOUT 120)
	endif()
endfunction()
