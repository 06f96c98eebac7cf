// SPDX-License-Identifier: Apache-2.0
#include "agent/process/sdk.h"

#include <ctype.h>
#include <strings.h>

#include "base/path.h"

enum runtime {
	RUNTIME_NONE = 0,
	PYTHON = 1 << 0,
	NODE = 1 << 1,
	JAVA = 1 << 2,
	RUBY = 1 << 3,
	PHP = 1 << 4,
	DOTNET = 1 << 5,
};

static const struct {
	const char *name; /* of the executable, without its version */
	enum runtime runtime;
} executables[] = {
	{ "python", PYTHON }, { "pypy", PYTHON }, { "node", NODE },     { "nodejs", NODE }, { "java", JAVA },
	{ "ruby", RUBY },     { "php", PHP },     { "php-fpm", PHP },   { "php-cgi", PHP }, { "frankenphp", PHP },
	{ "apache", PHP },    { "httpd", PHP },   { "dotnet", DOTNET },
};

/* Where applications don't lie: one in .NET may have an executable of its own, of any name. */
static const char *const system_directories[] = { "/usr/", "/bin/", "/sbin/", "/lib/" };

/* How a text tells that it makes a runtime load OpenTelemetry. */
enum form {
	FORM_TEXT,    /* by containing `proof` */
	FORM_VALUE,   /* by being `proof` */
	FORM_MODULES, /* by an option that loads a module */
	FORM_AGENT,   /* by -javaagent */
};

static const struct {
	const char *variable;
	unsigned int runtimes;
	enum form form;
	const char *proof;
} variables[] = {
	{ "PYTHONPATH", PYTHON, FORM_TEXT, "opentelemetry/instrumentation/auto_instrumentation" },
	{ "PYTHONPATH", PYTHON, FORM_TEXT, "otel-auto-instrumentation" },
	{ "NODE_OPTIONS", NODE, FORM_MODULES, NULL },
	{ "RUBYOPT", RUBY, FORM_MODULES, NULL },
	{ "JAVA_TOOL_OPTIONS", JAVA, FORM_AGENT, NULL },
	{ "JDK_JAVA_OPTIONS", JAVA, FORM_AGENT, NULL },
	{ "_JAVA_OPTIONS", JAVA, FORM_AGENT, NULL },
	{ "OTEL_PHP_AUTOLOAD_ENABLED", PHP, FORM_VALUE, "true" },
	{ "DOTNET_STARTUP_HOOKS", DOTNET, FORM_TEXT, "OpenTelemetry" },
	{ "CORECLR_PROFILER", DOTNET, FORM_VALUE, "{918728DD-259F-4A6A-AC2B-B85E1B658318}" },
	{ "LD_PRELOAD", PYTHON | NODE | JAVA | DOTNET, FORM_TEXT, "libotelinject" },
};

/* Options before which, or in which, a module's name stands. */
static const char *const module_options[] = { "--require", "--import", "--experimental-loader", "--loader", "-r" };

/* What OpenTelemetry's documentation calls the file that starts it, which is then a project's own. */
static const char *const usual_modules[] = { "instrumentation", "tracing", "tracer", "telemetry" };

static const char *const disabling_properties[] = {
	"-Dotel.javaagent.enabled=false",
	"-Dotel.sdk.disabled=true",
	"-Dotel.traces.exporter=none",
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool find_ignoring_case(struct slice text, struct slice part, size_t *ret_at)
{
	for (size_t at = 0; at + part.length <= text.length; at++) {
		if (strncasecmp(text.data + at, part.data, part.length) != 0)
			continue;
		*ret_at = at;
		return true;
	}
	return false;
}

static bool is_separator(char byte, char separator)
{
	return byte == separator || (separator == ' ' && (byte == '\t' || byte == '\n'));
}

/* Takes a word off *text; words are separated by that byte, or by white space. */
static struct slice take_word(struct slice *text, char separator)
{
	size_t begin = 0, end;

	while (separator && begin < text->length && is_separator(text->data[begin], separator))
		begin++;
	for (end = begin; end < text->length && !is_separator(text->data[end], separator);)
		end++;
	struct slice word = slice_of(text->data + begin, end - begin);

	*text = slice_from(*text, end + 1);
	return word;
}

static enum runtime runtime_of(struct slice executable)
{
	struct slice name = path_without_version(path_last(executable));

	for (size_t i = 0; i < COUNT(executables); i++)
		if (slice_equal(name, slice_of_string(executables[i].name)))
			return executables[i].runtime;
	for (size_t i = 0; i < COUNT(system_directories); i++)
		if (slice_starts_with(executable, slice_of_string(system_directories[i])))
			return RUNTIME_NONE;
	return DOTNET;
}

/* "@opentelemetry/...", "/otel-auto-instrumentation/...", "splunk-otel-javaagent.jar"; not "hotel". */
static bool names_opentelemetry(struct slice text)
{
	size_t at;

	if (find_ignoring_case(text, SLICE_LITERAL("opentelemetry"), &at))
		return true;
	while (find_ignoring_case(text, SLICE_LITERAL("otel"), &at)) {
		if (at == 0 || !isalnum((unsigned char)text.data[at - 1]))
			return true;
		text = slice_from(text, at + 1);
	}
	return false;
}

static bool has_otel_variable(struct slice environment)
{
	while (environment.length)
		if (slice_starts_with(take_word(&environment, '\0'), SLICE_LITERAL("OTEL_")))
			return true;
	return false;
}

/* A module of a usual name is believed to be what starts OpenTelemetry where that is configured. */
static bool is_usual_module(struct slice module)
{
	struct slice stem = path_last(module);

	stem = slice_head(stem, slice_find(stem, '.'));
	for (size_t i = 0; i < COUNT(usual_modules); i++)
		if (slice_equal(stem, slice_of_string(usual_modules[i])))
			return true;
	return false;
}

/* The module that an option names, in the same word or in the next; empty where it is no such option. */
static struct slice named_module(struct slice option, struct slice *rest, char separator)
{
	for (size_t i = 0; i < COUNT(module_options); i++) {
		struct slice name = slice_of_string(module_options[i]);
		struct slice value = slice_from(option, name.length);

		if (!slice_starts_with(option, name))
			continue;
		if (!value.length)
			return take_word(rest, separator);
		if (value.data[0] == '=')
			return slice_from(value, 1);
		if (name.length == 2)
			return value;
	}
	return slice_of(NULL, 0);
}

/* Of node's or ruby's options; what follows them is the program's. */
static bool options_load_modules(struct slice options, char separator, bool configured)
{
	while (options.length) {
		struct slice word = take_word(&options, separator);

		if (!slice_starts_with(word, SLICE_LITERAL("-")))
			return false;
		struct slice module = named_module(word, &options, separator);

		if (module.length && (names_opentelemetry(module) || (configured && is_usual_module(module))))
			return true;
	}
	return false;
}

/* "opentelemetry-instrument python app.py", until that has executed python again. */
static bool options_run_instrument(struct slice options)
{
	while (options.length) {
		struct slice word = take_word(&options, '\0');

		if (slice_equal(word, SLICE_LITERAL("-m")))
			return slice_starts_with(options, SLICE_LITERAL("opentelemetry.instrumentation.auto_"));
		if (!slice_starts_with(word, SLICE_LITERAL("-")))
			return slice_equal(path_last(word), SLICE_LITERAL("opentelemetry-instrument"));
	}
	return false;
}

static bool options_load_agent(struct slice options, char separator)
{
	bool loads = false;

	while (options.length) {
		struct slice word = take_word(&options, separator);

		for (size_t i = 0; i < COUNT(disabling_properties); i++)
			if (slice_equal(word, slice_of_string(disabling_properties[i])))
				return false;
		loads |= slice_starts_with(word, SLICE_LITERAL("-javaagent:")) && names_opentelemetry(word);
	}
	return loads;
}

static bool variable_starts_sdk(size_t row, struct slice value, bool configured)
{
	struct slice proof = slice_of_string(variables[row].proof);
	size_t at;

	switch (variables[row].form) {
	case FORM_TEXT:
		return find_ignoring_case(value, proof, &at);
	case FORM_VALUE:
		return slice_equal_ignoring_case(slice_trim(value), proof);
	case FORM_MODULES:
		return options_load_modules(value, ' ', configured);
	case FORM_AGENT:
		return options_load_agent(value, ' ');
	}
	return false;
}

static bool environment_starts_sdk(enum runtime runtime, struct slice environment, bool configured)
{
	while (environment.length) {
		struct slice entry = take_word(&environment, '\0');
		size_t equals = slice_find(entry, '=');

		for (size_t i = 0; i < COUNT(variables); i++)
			if ((variables[i].runtimes & runtime) &&
			    slice_equal(slice_head(entry, equals), slice_of_string(variables[i].variable)) &&
			    variable_starts_sdk(i, slice_from(entry, equals + 1), configured))
				return true;
	}
	return false;
}

bool sdk_is_started(struct slice executable, struct slice arguments, struct slice environment)
{
	enum runtime runtime = runtime_of(executable);
	struct slice options = slice_from(arguments, slice_find(arguments, '\0') + 1); /* behind argv[0] */
	bool configured = has_otel_variable(environment); /* once: modules may be named thousands of times */

	if (runtime == JAVA && options_load_agent(options, '\0'))
		return true;
	if (runtime == PYTHON && options_run_instrument(options))
		return true;
	if ((runtime & (NODE | RUBY)) && options_load_modules(options, '\0', configured))
		return true;
	return environment_starts_sdk(runtime, environment, configured);
}
