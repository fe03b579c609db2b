"""Properties are judged by what they find, never by how long a busy machine takes."""

import os

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable" if os.environ.get("CI") else "untimed")
