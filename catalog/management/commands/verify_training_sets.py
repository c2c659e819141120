"""`manage.py verify_training_sets`: are the files of every frozen set still those it names?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.models import TrainingSet
from catalog.services.training_sets import verify_training_set


class Command(BaseCommand):
    help = "Hashes the files of all frozen training sets anew and names what differs."

    def handle(self, *_: Any, **__: Any) -> None:
        sets = TrainingSet.objects.select_related("model_version").order_by("pk")
        damaged = 0
        for training_set in sets:
            differences = verify_training_set(training_set)
            damaged += bool(differences)
            state = "differs" if differences else f"{training_set.track_count} tracks as frozen"
            self.stdout.write(f"{training_set}: {state}")
            for sentence in differences:
                self.stdout.write(f"  {sentence}")
        if damaged:
            raise CommandError("Restore the files, or import the manifests that name them again.")
