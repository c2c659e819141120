"""Many generations in one request: all of them or none."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from attribution.api.generations import TOKENS, GenerationResource
from attribution.api.serializers import GenerationSerializer, NewPieceSerializer
from attribution.models import Generation
from attribution.services.sending import send_piece
from catalog.media import Prober
from common.api.bodies import Lines, ManyLines, one_line
from common.api.handling import problem_of
from common.api.idempotency import idempotent
from common.api.objects import checked
from common.api.problems import INVALID, Place, Problem

MOST_LINES = 100
MOST_LINE_BYTES = 64 << 10


class GenerationBatchSerializer(serializers.Serializer[Any]):
    """What became of the pieces."""

    new = serializers.IntegerField()
    known = serializers.IntegerField(help_text="Those that had been taken in before.")
    generations = GenerationSerializer(many=True, help_text="One a line, in their order.")


class GenerationBatch(GenerationResource):
    """Many pieces at once."""

    parser_classes = (ManyLines,)
    most_bytes = MOST_LINES * MOST_LINE_BYTES

    @extend_schema(
        operation_id="send_generations",
        summary="Send many generations",
        request={ManyLines.media_type: NewPieceSerializer},
        responses={201: GenerationBatchSerializer},
        examples=[OpenApiExample("Tokens", TOKENS, request_only=True)],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Send up to 100 pieces as NDJSON, each line as `POST /generations` takes it as JSON.

        Everything is taken or nothing: with any fault nothing changes, and `errors` says of each
        line what is wrong. Pieces that were taken in before count as known.
        """
        sent = request.data
        if not isinstance(sent, Lines):  # a request without a body is not even parsed
            raise Problem(INVALID, "The body is empty; send a piece a line.")
        taken: list[tuple[Generation, bool]] = []
        faults: list[Place] = []
        with Prober() as prober:
            for number, line in _lines(sent):
                try:
                    with transaction.atomic():
                        taken.append(self._take(line, prober))
                except Exception as error:  # noqa: BLE001 every fault is told, with its line
                    faults += _faults_of(number, error)
        if faults:
            raise Problem(
                INVALID, f"{len(faults)} things are wrong; nothing was taken.", errors=faults
            )
        new = sum(is_new for _, is_new in taken)
        content = {
            "new": new,
            "known": len(taken) - new,
            "generations": self.documents([generation for generation, _ in taken]),
        }
        return Response(content, 201)

    def _take(self, line: bytes, prober: Prober) -> tuple[Generation, bool]:
        piece = self.piece(checked(json.loads(one_line(line)), NewPieceSerializer))
        return send_piece(piece, tenant=self.tenant, as_of=timezone.now(), prober=prober)


def _lines(sent: Lines) -> Iterator[tuple[int, bytes]]:
    """The lines that are not empty, with their numbers. Raises Problem for too many or too long."""
    count, number = 0, 0
    while line := sent.stream.readline(MOST_LINE_BYTES + 1):
        number += 1
        if len(line) > MOST_LINE_BYTES:
            raise _refused(number, f"The line is longer than {MOST_LINE_BYTES:,} bytes.")
        if line.strip():
            count += 1
            if count > MOST_LINES:
                raise _refused(number, f"There are more than {MOST_LINES} pieces; send the others "
                               "in another request.")  # fmt: skip
            yield number, line
    if not count:
        raise Problem(INVALID, "The body is empty; send a piece a line.")


def _refused(line: int, detail: str) -> Problem:
    return Problem(INVALID, detail, errors=[{"line": line, "detail": detail}])


def _faults_of(line: int, error: Exception) -> list[Place]:
    """What is wrong with a line. Raises what is no fault of the sender's."""
    problem = problem_of(error)
    if problem is None:
        raise error
    found: list[Place] = problem.errors or [{"detail": problem.detail}]
    return [{**place, "line": line} for place in found]
