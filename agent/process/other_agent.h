/* SPDX-License-Identifier: Apache-2.0 */
/* Another agent on this host, in whatever container: what the kernel holds for it has no namespace. */
#ifndef WIRESPAN_AGENT_PROCESS_OTHER_AGENT_H
#define WIRESPAN_AGENT_PROCESS_OTHER_AGENT_H

/*
 * Warns where the kernel has another map of the type and name of that of descriptor `map`. One that is
 * about to go, of an agent that has just ended, is given some time.
 */
void other_agent_tell(int map);

#endif
