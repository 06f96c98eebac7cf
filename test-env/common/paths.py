# SPDX-License-Identifier: Apache-2.0
"""Where things are."""

import os
import shutil
from pathlib import Path

TEST_ENV = Path(__file__).resolve().parents[1]
REPOSITORY = TEST_ENV.parent
CACHE = Path(os.environ.get("WIRESPAN_CACHE") or Path.home() / ".cache" / "wirespan")
BINARY = os.environ.get("E2E_BINARY") or str(REPOSITORY / "build" / "wirespan")


def find_program(name):
    """On the PATH, also where a user's PATH does not lead, or built by test-env/backends; None where there is none."""
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:{CACHE / 'bin'}")
