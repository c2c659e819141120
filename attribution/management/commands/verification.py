"""`manage.py verification ACTION ...`: features that platforms computed, and what is known of them.

verification list   [--platform CODE]    how features stand, and which were found to be false
verification lots   [--platform CODE]    the days' lots: committed to before, revealed after
verification run                         do what is due now, instead of waiting for the next pass
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Count
from django.utils import timezone

from attribution.models import DrawSeed, FeatureFinding, GenerationFeatures
from attribution.services.verification.passing import verify_due

TO_ACT_ON = (GenerationFeatures.Standing.REFUTED, GenerationFeatures.Standing.OVERDUE)


class Command(BaseCommand):
    help = "Show how features that platforms computed are verified, and verify what is due."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        for name, told in (
            ("list", "how features stand"),
            ("lots", "by which lots they are drawn"),
        ):
            listing = actions.add_parser(name, help=told)
            listing.add_argument("--platform", help="only of the platform with this code")
        actions.add_parser("run", help="draw, judge, remind and reveal what is due now")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["action"] == "run":
            drawn = verify_due(timezone.now())
            self.stdout.write(f"{drawn:,} pieces were drawn; jobs and challenges follow.")
        elif options["action"] == "list":
            self._list(options["platform"])
        else:
            self._lots(options["platform"])

    def _list(self, platform: str | None) -> None:
        found = GenerationFeatures.objects.all()
        if platform:
            found = found.filter(generation__platform__code=platform)
        by_standing = found.values_list("generation__platform__code", "standing")
        counted = by_standing.annotate(count=Count("pk")).order_by(
            "generation__platform__code", "standing"
        )
        for code, standing, count in counted:
            self.stdout.write(f"{code:<20} {standing:<12} {count:>10,}")
        if not counted:
            self.stdout.write("No platform has sent features of its own.")
        findings = FeatureFinding.objects.filter(features__in=found, standing__in=TO_ACT_ON)
        for finding in findings.select_related("features__generation").order_by("pk"):
            name = finding.features.generation.external_id
            self.stdout.write(
                f"{finding.found_at:%Y-%m-%d %H:%M}  {name}  {finding.standing}: {finding.sentence}"
            )

    def _lots(self, platform: str | None) -> None:
        found = DrawSeed.objects.select_related("model_version__platform", "kept")
        if platform:
            found = found.filter(model_version__platform__code=platform)
        found = found.annotate(drawn=Count("draws")).order_by("day", "model_version")
        for seed in found:
            is_revealed = seed.kept.revealed_at is not None
            secret = seed.kept.secret if is_revealed else "not revealed yet"
            self.stdout.write(
                f"{seed}  {seed.commitment}  committed to {seed.created_at:%Y-%m-%d %H:%M}, "
                f"{seed.drawn:,} drawn\n    {secret}"
            )
        if not found:
            self.stdout.write(
                "There is no lot yet; the first pass after a platform's store makes one."
            )
