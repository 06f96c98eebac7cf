// SPDX-License-Identifier: Apache-2.0
#include "agent/process/matching.h"

#include <stdio.h>

#include "base/log.h"
#include "correlate/process/name.h"
#include "correlate/process/title.h"

void matching_init(struct matching *matching, const struct selection *selection)
{
	*matching = (struct matching){
		.selection = selection,
		.names_missing = selection->executables.count + selection->services.count,
		.ports_missing = selection->port_count,
	};
}

static void note(bool *matched, size_t *missing)
{
	*missing -= !*matched;
	*matched = true;
}

static void note_process(struct matching *matching, const struct selection_names *names)
{
	const struct globs *executables = &matching->selection->executables, *services = &matching->selection->services;

	for (size_t i = 0; i < executables->count && matching->names_missing; i++)
		if (selection_program_matches(executables->patterns[i], names))
			note(&matching->executables[i], &matching->names_missing);
	for (size_t i = 0; i < services->count && matching->names_missing; i++)
		if (glob_match(services->patterns[i], names->service))
			note(&matching->services[i], &matching->names_missing);
}

bool matching_judge(struct matching *matching, const struct process_info *info)
{
	char service[RECORD_ENVIRONMENT_MAX];
	struct selection_names names = {
		.executable = info->executable,
		.command = process_script(info),
		.title = process_title_program(info),
	};

	if (!names.command.length)
		names.command = slice_head(info->arguments, slice_find(info->arguments, '\0'));
	if (matching->selection->services.count)
		names.service = process_service_name(info, service, sizeof(service));
	if (!selection_wants_process(matching->selection, info->pid, &names))
		return false;
	note_process(matching, &names);
	return true;
}

void matching_note_ports(struct matching *matching, uint16_t local_port, uint16_t remote_port)
{
	const uint16_t *ports = matching->selection->ports;

	for (size_t i = 0; i < matching->selection->port_count && matching->ports_missing; i++)
		if (ports[i] == local_port || ports[i] == remote_port)
			note(&matching->ports[i], &matching->ports_missing);
}

static void say_globs(const struct globs *globs, const bool *matched, const char *option, const char *compared,
		      bool waiting)
{
	for (size_t i = 0; i < globs->count; i++)
		if (!matched[i])
			log_warning("%s '%s' %s: it is compared with %s%s", option, globs->patterns[i],
				    waiting ? "selects no process yet" : "selected no process", compared,
				    waiting ? "; waiting for one" : "");
}

/* All in one line: they may be many. */
static void say_ports(const struct matching *matching, bool waiting)
{
	char list[SELECTION_PORTS_MAX * sizeof("65535")] = "";
	size_t length = 0;

	for (size_t i = 0; i < matching->selection->port_count; i++)
		if (!matching->ports[i])
			length += (size_t)snprintf(list + length, sizeof(list) - length, "%s%u", length ? "," : "",
						   matching->selection->ports[i]);
	log_warning("--port %s %s: no process that is traced listens there, is connected, or has spoken there; "
		    "'ss -tnap' lists whose sockets there are%s",
		    list, waiting ? "selects nothing yet" : "selected nothing", waiting ? "; waiting" : "");
}

void matching_say(const struct matching *matching, bool waiting)
{
	say_globs(&matching->selection->executables, matching->executables, "--exe",
		  "executable, script and title, which 'ps -ef' lists", waiting);
	say_globs(&matching->selection->services, matching->services, "--service",
		  "service.name, which spans show where --service is not given", waiting);
	if (matching->ports_missing)
		say_ports(matching, waiting);
}
