# SPDX-License-Identifier: Apache-2.0
# What gives records and exchanges their OpenTelemetry meaning.
target_sources(correlate PRIVATE
	${CMAKE_CURRENT_LIST_DIR}/address.c
	${CMAKE_CURRENT_LIST_DIR}/container.c
	${CMAKE_CURRENT_LIST_DIR}/header_capture.c
	${CMAKE_CURRENT_LIST_DIR}/http1_exchange.c
	${CMAKE_CURRENT_LIST_DIR}/http1_query.c
	${CMAKE_CURRENT_LIST_DIR}/http1_route.c
	${CMAKE_CURRENT_LIST_DIR}/http1_span.c
	${CMAKE_CURRENT_LIST_DIR}/http1_url.c
	${CMAKE_CURRENT_LIST_DIR}/instrumentation.c
	${CMAKE_CURRENT_LIST_DIR}/process.c
	${CMAKE_CURRENT_LIST_DIR}/process_arguments.c
	${CMAKE_CURRENT_LIST_DIR}/process_java.c
	${CMAKE_CURRENT_LIST_DIR}/process_launcher.c
	${CMAKE_CURRENT_LIST_DIR}/process_manager.c
	${CMAKE_CURRENT_LIST_DIR}/process_name.c
	${CMAKE_CURRENT_LIST_DIR}/process_title.c
	${CMAKE_CURRENT_LIST_DIR}/process_environment.c
	${CMAKE_CURRENT_LIST_DIR}/route.c
	${CMAKE_CURRENT_LIST_DIR}/route_pattern.c
	${CMAKE_CURRENT_LIST_DIR}/route_place.c
	${CMAKE_CURRENT_LIST_DIR}/route_segment.c
	${CMAKE_CURRENT_LIST_DIR}/route_table.c
	${CMAKE_CURRENT_LIST_DIR}/route_tree.c
	${CMAKE_CURRENT_LIST_DIR}/service_name.c
	${CMAKE_CURRENT_LIST_DIR}/telemetry.c
	${CMAKE_CURRENT_LIST_DIR}/tracecontext.c)
