"""Pieces that a model generated, and what shaped them."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from tantieme_client import operations
from tantieme_client._sync.running import Resource, blocking, every, one, sleep
from tantieme_client.models import Attribution, Generation
from tantieme_client.problems import AttributionFailed
from tantieme_client.waiting import Deadline


class Generations(Resource):
    """`client.generations`."""

    list = every(operations.list_generations)
    retrieve = one(operations.retrieve_generation)
    attribution = one(operations.retrieve_attribution)

    def send(
        self,
        piece: Path | bytes,
        *,
        external_id: str,
        model_version: str,
        generated_at: datetime | None = None,
    ) -> Generation:
        """Send a piece; its attribution begins by itself.

        The same piece under the same `external_id` is the one already there.

        Args:
            piece: a MIDI file, or its content.
            external_id: your own name for it, which uses and revenue refer to. Never reused.
            model_version: `name@version`, or the id.
            generated_at: with a time zone; now, unless told.

        Raises:
            Conflict: another piece has this name.
            Invalid: it is no music, or the model version is not known.
        """
        content = piece if isinstance(piece, bytes) else blocking(piece.read_bytes)
        form = {
            "external_id": external_id,
            "model_version": model_version,
            "generated_at": (generated_at or datetime.now(UTC)).isoformat(),
        }
        files = {"file": ("piece", content)}
        return self._client.send(operations.send_generation().with_form(form, files))

    def find(self, external_id: str) -> Generation | None:
        """The piece that you call so, or None."""
        for found in self._client.every(operations.list_generations(external_id=external_id)):
            return found
        return None

    def wait_attributed(
        self, generation: Generation | UUID, *, timeout_seconds: float = 600.0
    ) -> Attribution:
        """What shaped a piece, once that is known.

        Raises:
            AttributionFailed: it cannot be told; the message says why.
            WaitedTooLong: it is not known yet.
        """
        pk = generation if isinstance(generation, UUID) else generation.id
        deadline = Deadline(timeout_seconds, f"The attribution of the generation {pk}")
        while True:
            found = self.attribution(pk)
            if found.status == "attributed":
                return found
            if found.status == "failed":
                raise AttributionFailed(found.error or "The attribution failed.")
            sleep(deadline.next_wait_seconds())
