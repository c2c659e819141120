"""`manage.py who_owned REF --on 2026-05-03`: who owned a work or a track on a day."""

from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from catalog.models import ANYWHERE_ELSE, Right, Track, Work
from catalog.owners import Owner, owners_as_known, owners_on, split_of

PPM_A_PERCENT = 10_000


class Command(BaseCommand):
    help = "Prints who owned a work or a track on a day, as is known now or was known on another."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ref", help="of a work or a track")
        parser.add_argument("--on", type=date.fromisoformat, help="the day (default: today)")
        parser.add_argument(
            "--as-known", type=date.fromisoformat, help="as the catalogue had it at that day's end"
        )
        parser.add_argument("--right", choices=Right.values, help="default: both of a track")
        parser.add_argument("--country", default=ANYWHERE_ELSE, help="such as DE")

    def handle(self, *_: Any, **options: Any) -> None:
        subject = _subject(options["ref"])
        on: date = options["on"] or timezone.localdate()
        own_rights = [Right.COMPOSITION] if isinstance(subject, Work) else list(Right)
        for right in [Right(options["right"])] if options["right"] else own_rights:
            owners = self._owners(subject, right, on, options)
            self.stdout.write(f"{right.label} of {subject} on {on}")
            self.stdout.write("\n".join(_lines(owners)))

    def _owners(
        self, subject: Work | Track, right: Right, on: date, options: dict[str, Any]
    ) -> list[Owner]:
        country = options["country"].upper()
        try:
            if options["as_known"] is None:
                return owners_on(subject, right, on, country)
            end = timezone.make_aware(datetime.combine(options["as_known"], time.max))
            return owners_as_known(subject, right, on, at=end, country=country)
        except ValueError as error:
            raise CommandError(str(error)) from error


def _subject(ref: str) -> Work | Track:
    found = Work.objects.filter(ref=ref).first() or Track.objects.filter(ref=ref).first()
    if found is None:
        raise CommandError(f"There is no work and no track with the ref {ref}.")
    return found


def _lines(owners: list[Owner]) -> list[str]:
    split = split_of(owner.share_ppm for owner in owners)
    lines = [
        f"  {_percent(owner.share_ppm)}  {owner.party.name} ({owner.role.replace('_', ' ')}),"
        f" {owner.territory}, from {owner.valid_from}"
        + (f" until {owner.valid_until}" if owner.valid_until else "")
        for owner in owners
    ]
    if split.unclaimed_ppm:
        lines.append(f"  {_percent(split.unclaimed_ppm)}  unclaimed")
    if split.excess_ppm:
        lines.append(f"  {_percent(split.excess_ppm)}  claimed beyond the whole")
    return lines


def _percent(ppm: int) -> str:
    return f"{ppm / PPM_A_PERCENT:8.4f} %"
