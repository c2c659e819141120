"""`manage.py fingerprint`: read files that are new, and look for what is in the catalogue twice."""

from typing import Any

from django.core.management.base import BaseCommand

from catalog.duplicates import sound
from catalog.duplicates.services.finding import find_duplicates
from common.jobs.registry import ignore_progress


class Command(BaseCommand):
    help = "Fingerprint new files and queue what may be in the catalogue twice."

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = find_duplicates(ignore_progress)
        self.stdout.write(f"{found.files:,} files read, {found.candidates:,} new candidates.")
        self.stdout.write(sound.AVAILABLE if sound.is_available() else sound.NOT_AVAILABLE)
