/* SPDX-License-Identifier: Apache-2.0 */
/* Variables that hold a list: "key=value,..." as W3C Baggage writes it, or names. */
#ifndef WIRESPAN_OTLP_CONFIG_LIST_H
#define WIRESPAN_OTLP_CONFIG_LIST_H

#include "otlp/config_value.h"

/* Takes the next member that is not blank off the list; false where there is none. */
bool config_member_next(struct slice *rest, struct slice *ret_member);
/* At the first '=', both without blanks around; false where there is none, or no key. */
bool config_member_split(struct slice member, struct slice *ret_key, struct slice *ret_value);

/* enum config_exporter, together; 0: none was named that is supported. Of unknown ones the first is told. */
unsigned int config_exporters(struct config_reader *reader, const char *name);

#endif
