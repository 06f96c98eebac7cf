# SPDX-License-Identifier: Apache-2.0
"""Waiting for a condition, never for a time."""

import time


def wait_until(condition, what, timeout=15):
    """Returns the condition's first true value; TimeoutError after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() >= deadline:
            raise TimeoutError(f"waited {timeout} s for {what}")
        time.sleep(0.01)
    return value
