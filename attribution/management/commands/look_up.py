"""`manage.py look_up PLATFORM PIECE`: which training music a generated piece is like."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from attribution.models import Generation
from attribution.services.likeness import nearest_segments


class Command(BaseCommand):
    help = "Print the training segments whose gradients are most like a generated piece's."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("platform", help="the platform's code")
        parser.add_argument("piece", help="the platform's name for the piece")
        parser.add_argument("--top", type=int, default=10, help="how many (10)")

    def handle(self, *_args: Any, **options: Any) -> None:
        generation = Generation.objects.filter(
            platform__code=options["platform"], external_id=options["piece"]
        ).first()
        if generation is None:
            raise CommandError(f"{options['platform']} has no piece {options['piece']!r}.")
        try:
            found = nearest_segments(generation, top=options["top"])
        except LookupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("cosine  segment of the piece  segment of the track")
        for likeness in found:
            self.stdout.write(
                f"{likeness.cosine:6.3f}  {likeness.piece_segment:20}  "
                f"{likeness.segment:20}  {likeness.track.title} ({likeness.track.ref})"
            )
