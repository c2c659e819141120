"""`manage.py training_summary MODEL@VERSION`: what a model was trained on, for the public.

training_summary lieder@1 --out summary.json --items tracks.csv

`--out` is the summary that Article 53(1)(d) of the AI Act asks for (.json or .md), `--items` the
list of all tracks that proves its figures (.csv, .ndjson or .xlsx).
"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import TrainingSet
from catalog.services.training_sets import ITEM_FORMATS, SUMMARY_FORMATS, items_of, summary_of


class Command(BaseCommand):
    help = "Write the public summary of what a model was trained on, and the list of its tracks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", help="name@version")
        parser.add_argument("--platform", help="its code, where several have such a model")
        parser.add_argument("--out", type=Path, help=f"summary: {_names(SUMMARY_FORMATS)}")
        parser.add_argument("--items", type=Path, help=f"list of tracks: {_names(ITEM_FORMATS)}")

    def handle(self, *_: Any, **options: Any) -> None:
        if not options["out"] and not options["items"]:
            raise CommandError("Say what to write: --out FILE, --items FILE, or both.")
        for path, formats in ((options["out"], SUMMARY_FORMATS), (options["items"], ITEM_FORMATS)):
            if path and path.suffix.removeprefix(".") not in formats:
                raise CommandError(f"{path}: the name must end with {_names(formats)}.")
        training_set = _find(options["model"], options["platform"])
        items = items_of(training_set)
        if path := options["items"]:
            write = ITEM_FORMATS[path.suffix.removeprefix(".")]
            self._keep(path, write(items, training_set.digest))
        if path := options["out"]:
            render = SUMMARY_FORMATS[path.suffix.removeprefix(".")]
            self._keep(path, render(summary_of(training_set, items)))

    def _keep(self, path: Path, content: bytes) -> None:
        try:
            path.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{path}: {len(content):,} bytes")


def _find(model: str, platform: str | None) -> TrainingSet:
    name, _, version = model.rpartition("@")
    sets = TrainingSet.objects.filter(model_version__name=name, model_version__version=version)
    if platform:
        sets = sets.filter(model_version__platform__code=platform)
    found = list(sets.select_related("model_version__platform")[:2])
    if not found:
        raise CommandError(f"No training set is frozen for {model!r}; write name@version.")
    if len(found) > 1:
        raise CommandError(f"Several platforms have a model {model!r}; add --platform CODE.")
    return found[0]


def _names(formats: Any) -> str:
    return " or ".join(f".{each}" for each in formats)
