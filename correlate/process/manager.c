// SPDX-License-Identifier: Apache-2.0
#include "correlate/process/manager.h"

#include "base/ascii.h"
#include "correlate/process/arguments.h"
#include "correlate/process/container.h"
#include "correlate/process/environment.h"

/* Units that run what others ask for, and so are not what runs in them; those that begin with "systemd-" aside. */
static const char *const hosts[] = {
	"user",          "cron",       "crond",       "anacron",    "atd",         "ssh",           "sshd",
	"docker",        "containerd", "crio",        "cri-o",      "podman",      "kubelet",       "k3s",
	"k3s-agent",     "supervisor", "supervisord", "dbus",       "dbus-broker", "getty",         "serial-getty",
	"console-getty", "autovt",     "rc-local",    "cloud-init", "cloud-final", "gitlab-runner", "gitlab-runsvdir",
	"jenkins",       "lightdm",    "gdm",         "sddm",       NULL,
};

/* "shop_00" is a process of "shop", as supervisord numbers them. */
static struct slice without_number(struct slice name)
{
	size_t end = name.length;

	while (end > 0 && ascii_is_digit(name.data[end - 1]))
		end--;
	return end > 1 && end < name.length && name.data[end - 1] == '_' ? slice_head(name, end - 1) : name;
}

static struct slice supervisor_program(struct slice facts)
{
	struct slice group = environment_value(facts, SLICE_LITERAL("SUPERVISOR_GROUP_NAME"));
	struct slice name = environment_value(facts, SLICE_LITERAL("SUPERVISOR_PROCESS_NAME"));

	return slice_equal(name, group) ? name : without_number(name);
}

/* `kind`: ".service" and the like. */
static bool is_unit(struct slice segment, struct slice kind)
{
	return segment.length > kind.length && slice_ends_with(segment, kind);
}

/* The innermost unit of the path, without ".service"; empty where a scope or a container comes first. */
static struct slice find_unit(struct slice cgroup)
{
	struct slice container = container_id_from_cgroup(cgroup);
	size_t end = cgroup.length;

	while (end > 0) {
		size_t begin = end;

		while (begin > 0 && cgroup.data[begin - 1] != '/')
			begin--;
		struct slice segment = slice_of(cgroup.data + begin, end - begin);

		if (is_unit(segment, SLICE_LITERAL(".scope")) || (container.length && container.data >= segment.data))
			break;
		if (is_unit(segment, SLICE_LITERAL(".service")))
			return slice_head(segment, segment.length - strlen(".service"));
		end = begin ? begin - 1 : 0;
	}
	return slice_of(NULL, 0);
}

/* "run-u17", "run-r0f3c...", "run-p12-i13": what systemd-run calls what has no name. */
static bool is_transient(struct slice unit)
{
	return slice_starts_with(unit, SLICE_LITERAL("run-")) && unit.length > 5 && strchr("urp", unit.data[4]) &&
	       ascii_lower_hex_value(unit.data[5]) >= 0;
}

static bool names_what_it_runs(struct slice prefix)
{
	return prefix.length && !word_in(prefix, hosts) && !is_transient(prefix) &&
	       !slice_starts_with(prefix, SLICE_LITERAL("systemd-"));
}

/* Negative where a digit is none. */
static int hexadecimal_byte(char first, char second)
{
	int high = ascii_lower_hex_value(first), low = ascii_lower_hex_value(second);

	return high < 0 ? high : low < 0 ? low : high * 16 + low;
}

/* systemd writes "\x2d" for what may not stand in a name. */
static struct slice unescape(struct slice name, char buffer[MANAGED_NAME_MAX])
{
	size_t length = 0;

	for (size_t i = 0; i < name.length && length < MANAGED_NAME_MAX; i++) {
		int byte = 0;

		if (name.data[i] == '\\' && i + 3 < name.length && name.data[i + 1] == 'x')
			byte = hexadecimal_byte(name.data[i + 2], name.data[i + 3]);
		if (byte > ' ' && byte < 0x7f)
			i += 3;
		buffer[length++] = byte > ' ' && byte < 0x7f ? (char)byte : name.data[i];
	}
	return slice_of(buffer, length);
}

/* The instance belongs to the name unless it is just a number. */
static struct slice unit_name(struct slice unit, char buffer[MANAGED_NAME_MAX])
{
	size_t at = slice_find(unit, '@');
	struct slice prefix = slice_head(unit, at), instance = slice_from(unit, at + 1);
	uint64_t number;

	if (!names_what_it_runs(prefix))
		return slice_of(NULL, 0);
	if (!instance.length || slice_to_u64(instance, &number))
		unit = prefix;
	return slice_find(unit, '\\') < unit.length ? unescape(unit, buffer) : slice_head(unit, MANAGED_NAME_MAX);
}

struct slice process_manager_name(const struct process_info *info, char buffer[MANAGED_NAME_MAX])
{
	struct slice name = supervisor_program(info->facts);

	return name.length ? slice_head(name, MANAGED_NAME_MAX) : unit_name(find_unit(info->cgroup), buffer);
}
