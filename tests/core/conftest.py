"""The property tests of the core draw the same cases every time: a run of the tests says the same twice.

Look for others with `HYPOTHESIS_PROFILE=search pytest -n 0 tests/core`; what that finds belongs into a test of its own.
"""

import os

from hypothesis import settings

settings.register_profile("core", deadline=None, max_examples=60, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=600)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "core"))
