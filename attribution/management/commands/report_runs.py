"""`manage.py report_runs`: give runs of before their reports, which the quality pages draw."""

from typing import Any

from django.core.management.base import BaseCommand

from attribution.models import AttributionRun
from attribution.services.run_reports import add_report


class Command(BaseCommand):
    help = "Summarise the scores of finished runs that have no report yet, from their files."

    def handle(self, *_args: Any, **_options: Any) -> None:
        without = AttributionRun.objects.filter(finished_at__isnull=False, report={})
        for run in without.order_by("finished_at"):
            if not run.config.get("generations"):
                continue  # it had nothing to score
            try:
                add_report(run)
            except OSError as error:
                self.stderr.write(f"{run.pk}: its scores cannot be read ({error}).")
            else:
                self.stdout.write(f"{run.pk}: {run.report['pieces']} pieces")
