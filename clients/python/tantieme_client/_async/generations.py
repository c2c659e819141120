"""Pieces that a model generated, and what shaped them."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from tantieme_client import operations
from tantieme_client._async.running import Resource, blocking, every, one, sleep
from tantieme_client.calls import NDJSON
from tantieme_client.lines import batches, shifted
from tantieme_client.models import Attribution, Generation, GenerationBatch, NewPiece
from tantieme_client.problems import AttributionFailed, Invalid
from tantieme_client.waiting import Deadline

PIECES = 100  # in one request


class Generations(Resource):
    """`client.generations`."""

    list = every(operations.list_generations)
    retrieve = one(operations.retrieve_generation)
    attribution = one(operations.retrieve_attribution)
    features = one(operations.retrieve_generation_features)

    async def send(
        self,
        piece: Path | bytes | Sequence[int] | None = None,
        *,
        external_id: str,
        model_version: str,
        generated_at: datetime | None = None,
        features: Path | None = None,
    ) -> Generation:
        """Send a piece; its attribution begins by itself.

        The same piece under the same `external_id` is the one already there.

        Args:
            piece: a file of at most 4 MiB, its content, or tokens of the reference vocabulary. With
                features: an audio file of any size, tokens, or None if it stays in your house.
            external_id: your own name for it, which uses and revenue refer to. Never reused.
            model_version: `name@version`, or the id.
            generated_at: with a time zone; now, unless told.
            features: a file that `python -m attribution.engine` computed of it on your machines.

        Raises:
            Conflict: another piece has this name.
            Invalid: it is no music, or the model version is not known.
        """
        said = {
            "external_id": external_id,
            "model_version": model_version,
            "generated_at": (generated_at or datetime.now(UTC)).isoformat(),
        }
        if features is None and isinstance(piece, Path | bytes):
            content = piece if isinstance(piece, bytes) else await blocking(piece.read_bytes)
            files = {"file": ("piece", content)}
            return await self._client.send(operations.send_generation().with_form(said, files))
        more = await self._described(piece, features)
        body = NewPiece.from_dict({**said, **more})
        return await self._client.send(operations.send_generation(body=body))

    async def _described(
        self, piece: Path | bytes | Sequence[int] | None, features: Path | None
    ) -> dict[str, Any]:
        """A piece as JSON names it: its tokens, and the uploads of its files."""
        more: dict[str, Any] = {}
        if isinstance(piece, bytes):
            raise ValueError("With features a piece is sent in parts: give the path of its file.")
        if isinstance(piece, Path):
            more["upload"] = str((await self._client.uploads.send(piece, "audio")).id)
        elif piece is not None:
            more["tokens"] = [*piece]
        if features is not None:
            sent = await self._client.uploads.send(features, "generation_features")
            more["features"] = str(sent.id)
        return more

    async def send_many(
        self, pieces: Iterable[NewPiece | Mapping[str, Any]]
    ) -> AsyncIterator[GenerationBatch]:
        """Send any number of pieces as tokens, or by their uploads, a hundred in a request; yields
        what became of each hundred, which is taken in whole or not at all. Send everything again
        after an error: nothing is there twice.

        Raises:
            Invalid: a hundred was refused; lines count from the first piece that you gave.
        """
        sent = 0
        for batch in batches(pieces, PIECES):
            call = operations.send_generations().with_content(batch.content, NDJSON)
            try:
                yield await self._client.send(call)
            except Invalid as problem:
                raise shifted(problem, sent) from None
            sent += batch.count

    async def find(self, external_id: str) -> Generation | None:
        """The piece that you call so, or None."""
        async for found in self._client.every(operations.list_generations(external_id=external_id)):
            return found
        return None

    async def wait_attributed(
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
            found = await self.attribution(pk)
            if found.status == "attributed":
                return found
            if found.status == "failed":
                raise AttributionFailed(found.error or "The attribution failed.")
            await sleep(deadline.next_wait_seconds())
