"""Training sets: what a model version is trained on, frozen with the hashes of its files."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from catalog.api.model_versions import ID_PARAMETER, ModelVersionResource
from catalog.models import (
    ExclusionReason,
    ModelVersion,
    TrainingRole,
    TrainingSet,
    TrainingSetExclusion,
    TrainingSetTrack,
)
from catalog.selectors import roles_of
from catalog.services.clock import now_for
from catalog.services.training_sets import (
    TrainingSetConflict,
    TrainingSetRefused,
    freeze_training_set,
)
from common.api import parameters
from common.api.bodies import MEBIBYTE, NDJSON_BYTES, Lines, ManyLines, OneObject
from common.api.idempotency import idempotent
from common.api.objects import MOST_FAULTS, Sent, Text, object_of, pointer
from common.api.pages import NewestFirst
from common.api.problems import CONFLICT, INVALID, NOT_FOUND, Place, Problem

SHA256 = r"^[0-9a-f]{64}$"
MOST_MEMBERS_OF_AN_OBJECT = 5000
LINE_BYTES = 4096
FIELDS = {"track", "role", "sha256"}
LEAVE_OUT = "leave_out_unconsented"
LEAVE_OUT_HELP = (
    "Freeze without the tracks that may not be used, and keep why each was left out; else any of "
    "them refuses all."
)
_SHA256 = re.compile(r"[0-9a-f]{64}")


class MemberObject(OneObject):
    """`application/json` of some thousand members."""

    most_bytes = MEBIBYTE


class MemberSerializer(Sent):
    """A track's place in a set."""

    track = Text(r"^[^\x00-\x1f]{1,100}$", help_text="Its `ref`.")
    role = serializers.ChoiceField(
        choices=TrainingRole.choices, help_text="Controls are never trained on: they tell chance."
    )
    sha256 = Text(SHA256, help_text="Of the file; it must be the catalogue's.")


class NewTrainingSetSerializer(Sent):
    """What a model version is trained on."""

    as_of = serializers.DateField(help_text="The day on which every consent must be valid.")
    leave_out_unconsented = serializers.BooleanField(required=False, help_text=LEAVE_OUT_HELP)
    members = MemberSerializer(
        many=True,
        min_length=1,
        max_length=MOST_MEMBERS_OF_AN_OBJECT,  # type: ignore[call-arg]
    )


class FrozenSetSerializer(serializers.Serializer[TrainingSet]):
    """A frozen training set; nothing of it can change."""

    sha256 = serializers.CharField(source="digest", help_text="Of all members in their order.")
    track_count = serializers.IntegerField(help_text="Controls included.")
    roles = serializers.SerializerMethodField(help_text="How many tracks have which role.")
    frozen_at = serializers.DateTimeField(help_text="The beginning of the day `as_of`.")
    members_url = serializers.SerializerMethodField(help_text="All members, page by page.")
    exclusion_count = serializers.IntegerField(
        help_text="How many reasons there were to leave tracks out that were asked for."
    )
    exclusions_url = serializers.SerializerMethodField(help_text="All of these, page by page.")

    def get_roles(self, training_set: TrainingSet) -> dict[str, int]:
        return roles_of(training_set)

    def get_members_url(self, training_set: TrainingSet) -> str:
        return reverse(
            "api:training-set-members",
            args=[training_set.model_version_id],
            request=self.context["request"],
        )

    def get_exclusions_url(self, training_set: TrainingSet) -> str:
        return reverse(
            "api:training-set-exclusions",
            args=[training_set.model_version_id],
            request=self.context["request"],
        )


class FrozenMemberSerializer(serializers.Serializer[TrainingSetTrack]):
    """A member of a frozen set."""

    position = serializers.IntegerField(help_text="From 0, by the code points of the refs.")
    track = serializers.CharField(source="track.ref")
    role = serializers.ChoiceField(choices=TrainingRole.choices)
    sha256 = serializers.CharField(source="asset_sha256", help_text="Of the file.")


class ExclusionSerializer(serializers.Serializer[TrainingSetExclusion]):
    """A track that was asked for and left out, and one reason why."""

    position = serializers.IntegerField(help_text="From 0, by the code points of the refs.")
    track = serializers.CharField(source="track.ref")
    role = serializers.ChoiceField(choices=TrainingRole.choices)
    reason = serializers.ChoiceField(choices=ExclusionReason.choices)
    right = serializers.CharField(help_text="Under which right; empty if it is not about rights.")
    sentence = serializers.CharField()


class InOrder(NewestFirst):
    """Pages in the order of positions."""

    ordering = "position"

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        page = super().get_paginated_response_schema(schema)
        page["properties"]["data"]["description"] = "By position."
        page["properties"]["next"]["description"] = "The page that follows, if there is one."
        page["properties"]["previous"]["description"] = "The page before, if there is one."
        return page


@dataclass(frozen=True)
class _Sent:
    """The members that were sent, and where each of them stands."""

    as_of: date
    members: Sequence[dict[str, str]]
    is_lines: bool
    leave_out: bool

    def place(self, index: int, detail: str, field: str = "") -> Place:
        if self.is_lines:
            place: Place = {"line": index + 1, "detail": detail}
            return place | {"field": field} if field else place
        steps = (field,) if field else ()
        return {"pointer": pointer("members", index, *steps), "detail": detail}


class OneTrainingSet(ModelVersionResource):
    """The training set of a model version."""

    parser_classes = (MemberObject, ManyLines)
    most_bytes = NDJSON_BYTES
    parameters = frozenset({"as_of", LEAVE_OUT})

    @extend_schema(
        operation_id="retrieve_training_set",
        summary="Look at a training set",
        parameters=[ID_PARAMETER],
        responses=FrozenSetSerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        """What a model version was trained on. The ETag is the set's own hash."""
        for name in self.parameters & request.query_params.keys():
            raise parameters.unusable(name, "It belongs to what is sent.")
        training_set = set_of(self.one(pk))
        document = FrozenSetSerializer(training_set, context={"request": request}).data
        return Response(document, headers={"ETag": f'"{training_set.digest}"'})

    @extend_schema(
        operation_id="freeze_training_set",
        summary="Freeze a training set",
        parameters=[
            ID_PARAMETER,
            OpenApiParameter(
                "as_of", date, description="Of NDJSON, whose lines are members and nothing else."
            ),
            OpenApiParameter(LEAVE_OUT, bool, description=f"Of NDJSON. {LEAVE_OUT_HELP}"),
        ],
        request={
            OneObject.media_type: NewTrainingSetSerializer,
            ManyLines.media_type: MemberSerializer,
        },
        responses={
            201: OpenApiResponse(FrozenSetSerializer, "It is frozen."),
            200: OpenApiResponse(FrozenSetSerializer, "The same was frozen before."),
        },
        examples=[
            OpenApiExample(
                "A set of three",
                {
                    "as_of": "2026-11-01",
                    "members": [
                        {"track": "lc4992483", "role": "train", "sha256": "9c" * 32},
                        {"track": "lc5001", "role": "control_calibration", "sha256": "3f" * 32},
                        {"track": "lc5002", "role": "control_test", "sha256": "5e" * 32},
                    ],
                },
                request_only=True,
                media_type=OneObject.media_type,
            )
        ],
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Freeze what a model version is trained on: tracks, roles, the hashes of their files.

        One object with up to 5,000 members, or NDJSON with a member a line and `as_of` in the
        query. Every track needs a consent for each right that training touches, on the day `as_of`,
        controls too. It is frozen once: the same again is known, in any order; another one needs
        another model version. All faults are named, and with any of them nothing is frozen; or the
        tracks that may not be used are left out, where you ask for that.
        """
        model_version = self.one(pk)
        sent = _lines(request) if _is_lines(request) else _object(request)
        if sent.as_of > now_for(self.platform).date():
            raise Problem(INVALID, f"as_of: {sent.as_of} has not come yet.")
        is_new = not TrainingSet.objects.filter(model_version=model_version).exists()
        training_set = _frozen(model_version, sent)
        document = FrozenSetSerializer(training_set, context={"request": request}).data
        return Response(document, 201 if is_new else 200)


class Exclusions(ModelVersionResource, GenericAPIView[TrainingSetExclusion]):
    """What was left out of a training set."""

    serializer_class = ExclusionSerializer
    pagination_class = InOrder
    parameters = InOrder.parameters

    @extend_schema(
        operation_id="list_training_set_exclusions",
        summary="List what was left out",
        parameters=[ID_PARAMETER],
        responses=ExclusionSerializer(many=True),
    )
    def get(self, request: Request, pk: int) -> Response:
        """The tracks that were asked for and may not be used, with a row for each reason."""
        left_out = set_of(self.one(pk)).exclusions.select_related("track")
        rows = self.paginate_queryset(left_out) or ()
        return self.get_paginated_response([ExclusionSerializer(row).data for row in rows])


class Members(ModelVersionResource, GenericAPIView[TrainingSetTrack]):
    """The members of a training set."""

    serializer_class = FrozenMemberSerializer
    pagination_class = InOrder
    parameters = InOrder.parameters

    @extend_schema(
        operation_id="list_training_set_members",
        summary="List a training set's members",
        parameters=[ID_PARAMETER],
        responses=FrozenMemberSerializer(many=True),
    )
    def get(self, request: Request, pk: int) -> Response:
        """The frozen manifest, in the order over which its hash is taken."""
        members = set_of(self.one(pk)).members.select_related("track")
        rows = self.paginate_queryset(members) or ()
        return self.get_paginated_response([FrozenMemberSerializer(row).data for row in rows])


def set_of(model_version: ModelVersion) -> TrainingSet:
    """Its training set, or 404."""
    training_set = getattr(model_version, "training_set", None)
    if training_set is None:
        raise Problem(NOT_FOUND, f"{model_version} has no training set yet.")
    found: TrainingSet = training_set
    return found


def _frozen(model_version: ModelVersion, sent: _Sent) -> TrainingSet:
    refs: dict[str, list[str]] = {role: [] for role in TrainingRole.values}
    places = defaultdict(list)
    for index, member in enumerate(sent.members):
        refs[member["role"]].append(member["track"])
        places[member["track"]].append(index)
    try:
        return freeze_training_set(
            model_version=model_version,
            as_of=sent.as_of,
            sha256s={member["track"]: member["sha256"] for member in sent.members},
            leave_out=sent.leave_out,
            **refs,
        )
    except TrainingSetConflict as conflict:
        raise Problem(CONFLICT, str(conflict)) from conflict
    except TrainingSetRefused as refusal:
        errors = [
            sent.place(index, fault.detail)
            for fault in refusal.faults
            for index in places[fault.ref]
        ]
        raise Problem(INVALID, str(refusal), errors=errors[:MOST_FAULTS]) from refusal


def _is_lines(request: Request) -> bool:
    sent = request.data
    return isinstance(sent, Lines) and not sent.is_single


def _object(request: Request) -> _Sent:
    if "as_of" in request.query_params:
        raise _unfit_day("It stands in the object.")
    if LEAVE_OUT in request.query_params:
        raise parameters.unusable(LEAVE_OUT, "It stands in the object.")
    sent = object_of(request, NewTrainingSetSerializer)
    leave_out = sent.get(LEAVE_OUT, False)
    return _Sent(sent["as_of"], sent["members"], is_lines=False, leave_out=leave_out)


def _lines(request: Request) -> _Sent:
    as_of = parameters.day(request, "as_of")
    if as_of is None:
        raise _unfit_day("Say as of which day; lines are members alone.")
    body: Any = request.data
    leave_out = parameters.truth(request, LEAVE_OUT) or False
    sent = _Sent(as_of, list(_members(body.stream)), is_lines=True, leave_out=leave_out)
    faults = [
        sent.place(index, *fault)
        for index, member in enumerate(sent.members)
        if (fault := _fault(member)) is not None
    ]
    if faults:
        detail = f"{len(faults)} lines are wrong; nothing was frozen."
        raise Problem(INVALID, detail, errors=faults[:MOST_FAULTS])
    return sent


def _unfit_day(detail: str) -> Problem:
    return Problem(INVALID, f"as_of: {detail}", errors=[{"field": "as_of", "detail": detail}])


def _members(stream: IO[bytes]) -> Iterator[Any]:
    """What stands on each line; None where it is no JSON or too long."""
    while line := stream.readline(LINE_BYTES + 1):
        if len(line) > LINE_BYTES:
            raise Problem(INVALID, f"A line has more than {LINE_BYTES:,} bytes.")
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            yield None


def _fault(member: Any) -> tuple[str, str] | None:
    """What is wrong with a line, and with which of its fields; faster than a serializer."""
    if not isinstance(member, dict) or set(member) != FIELDS:
        return (f"It must be a JSON object with {', '.join(sorted(FIELDS))} alone.", "")
    if not isinstance(member["track"], str) or not 1 <= len(member["track"]) <= 100:
        return ("It must be a ref of at most 100 letters.", "track")
    if member["role"] not in TrainingRole.values:
        return (f"It must be one of {', '.join(TrainingRole.values)}.", "role")
    if not isinstance(member["sha256"], str) or not _SHA256.fullmatch(member["sha256"]):
        return ("It must be a sha256 in hexadecimal.", "sha256")
    return None
