"""The project's settings with one more app, whose jobs are slow enough to be killed."""

from config.settings import *  # noqa: F403
from config.settings.apps import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "slow_jobs"]
