"""`manage.py record_quality DIGEST REPORT --by EMAIL`: keep what retraining found of features."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from attribution.models import FeatureStore
from attribution.services.measured import ReportRefused, record_quality


class Command(BaseCommand):
    help = "Record the fidelity (LDS) and calibration of features, from a report of the engine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("digest", help="of the sealed features, or how it begins")
        parser.add_argument("report", type=Path, help="the JSON file of engine.quality_report")
        parser.add_argument("--by", required=True, help="the e-mail address of who measured")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = FeatureStore.objects.filter(digest__startswith=options["digest"]).exclude(digest="")
        by = User.objects.filter(email__iexact=options["by"]).first()
        if found.count() != 1:
            raise CommandError(
                f"{found.count()} feature stores have a digest that begins with "
                f"{options['digest']!r}; name one of them by more of its digest."
            )
        if by is None:
            raise CommandError(f"Nobody signs in as {options['by']}; name a person with --by.")
        try:
            report = json.loads(options["report"].read_bytes())
            kept = record_quality(found.get(), report, by=by, as_of=timezone.now())
        except OSError as error:
            raise CommandError(f"{options['report']} cannot be read: {error.strerror}.") from error
        except (ReportRefused, ValueError) as error:
            raise CommandError(f"{options['report']}: {error}") from error
        self.stdout.write(f"{kept['method']}: LDS {kept['lds']['value']:.3f}, recorded.")
