# SPDX-License-Identifier: Apache-2.0
"""What the rooms of test-env/ share: where things are, waiting, ports, processes, and how to read what the agent says.

Imported with test-env/ on the path: pytest.ini, bench and demo put it there. Standard library only.
"""
