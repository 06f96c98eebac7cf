/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that run an application named on their command line: flask, gunicorn, celery, uwsgi, ... */
#ifndef WIRESPAN_CORRELATE_PROCESS_LAUNCHER_H
#define WIRESPAN_CORRELATE_PROCESS_LAUNCHER_H

#include "correlate/process/arguments.h"

/*
 * If `name` (a script or module) is a launcher, the application that
 * items[from...] name; `name` itself where it is none or names none.
 */
struct slice launcher_application(struct slice name, const struct argument_list *list, size_t from);
/* The same for the uwsgi executable; empty where none is named. */
struct slice launcher_uwsgi(const struct argument_list *list, size_t from);
/* The module of "shop.wsgi:application", "front/end.py:create_app()" or "shop"; empty where it is none. */
struct slice application_name(struct slice application);

/*
 * Base name of a script without its extension. A name that says nothing ("index",
 * "main", "manage") gives way to the directory's where that says more.
 */
struct slice script_name(struct slice path);

/*
 * The last component of a directory's path that says something: "shop" of "/srv/shop/current", empty of "/usr/src/app",
 * "/home/bob" and the like.
 */
struct slice directory_name(struct slice path);

#endif
