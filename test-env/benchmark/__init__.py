# SPDX-License-Identifier: Apache-2.0
"""What Wirespan costs. README.md says how a benchmark looks; test-env/bench runs them."""
