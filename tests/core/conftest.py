"""How many cases the property tests of the core draw: new ones in every run, more of them on demand.

`HYPOTHESIS_PROFILE=search pytest -n 0 tests/core` looks further; what that finds belongs into a test of its own.
"""

import os

from hypothesis import settings

settings.register_profile("core", deadline=None, max_examples=60)
settings.register_profile("search", deadline=None, max_examples=600)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "core"))
