# SPDX-License-Identifier: Apache-2.0
"""The branch of a trace that the demo is about, from its top down."""

WANTED = [("frontend", "server"), ("frontend", "client"), ("backend", "server")]
