"""Property tests here may take their time: a shared CI core is slow, which is no failure."""

from hypothesis import settings

settings.register_profile("shared-core", deadline=None)
settings.load_profile("shared-core")
