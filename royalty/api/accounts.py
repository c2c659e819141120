"""The platform's account over a period: what it owed, what moved, what it owes, entry by entry."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.pages import NewestFirst
from common.money import Currency, currency
from royalty.api.money import amount_text
from royalty.api.periods import PeriodResource
from royalty.models import AccountKind, Entry, JournalKind, Period, Side
from royalty.selectors.held import HELD_KINDS
from royalty.selectors.platform_account import (
    Move,
    PlatformAccount,
    entries_of,
    platform_account,
)

EXAMPLE = {
    "period": 12,
    "contract": "studio-2026",
    "currency": "EUR",
    "starts_on": "2026-10-01",
    "ends_on": "2026-11-01",
    "is_final": True,
    "opening": "0.00",
    "moves": [
        {"kind": "revenue", "amount": "40.00"},
        {"kind": "commission", "amount": "-12.00"},
    ],
    "closing": "28.00",
    "held": [{"kind": "held_unattributed", "opening": "0.00", "closing": "1.25"}],
}


class MoveSerializer(serializers.Serializer[Any]):
    """Why what you owe became more or, with a minus, less."""

    kind = serializers.ChoiceField([(move.value, move.value) for move in Move])
    amount = serializers.CharField()


class HeldSerializer(serializers.Serializer[Any]):
    """Money of your contract that is held until it is known whose it is."""

    kind = serializers.ChoiceField([(kind.value, kind.label) for kind in HELD_KINDS])
    opening = serializers.CharField()
    closing = serializers.CharField()


class AccountSerializer(serializers.Serializer[Any]):
    """Your account under a contract over a period. `opening` and `moves` sum to `closing`.

    Positive: you owe. Held money is told beside it, and is part of what was shared.
    """

    period = serializers.IntegerField()
    contract = serializers.CharField()
    currency = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="The first day after it.")
    is_final = serializers.BooleanField(help_text="The period is closed; nothing will be added.")
    opening = serializers.CharField(help_text="What you owed before.")
    moves = MoveSerializer(many=True)
    closing = serializers.CharField(help_text="What you owe after it.")
    held = HeldSerializer(many=True)


class EntrySerializer(serializers.Serializer[Entry]):
    """One side of a booking. Of a journal you see the entries on your contract's accounts."""

    id = serializers.IntegerField()
    journal = serializers.UUIDField(source="journal_id", help_text="What was booked together.")
    journal_kind = serializers.ChoiceField(JournalKind.choices, source="journal.kind")
    posted_on = serializers.DateField(source="journal.posted_on")
    account = serializers.ChoiceField(AccountKind.choices, source="account.kind")
    side = serializers.ChoiceField(Side.choices)
    amount = serializers.SerializerMethodField(help_text="Always positive.")
    currency = serializers.CharField()

    def get_amount(self, entry: Entry) -> str:
        return amount_text(entry.amount_atoms, currency(entry.currency))


class OneAccount(PeriodResource):
    """The account of a period."""

    @extend_schema(
        operation_id="retrieve_account",
        summary="Read a statement of account",
        responses=AccountSerializer,
        examples=[OpenApiExample("Account", EXAMPLE, response_only=True)],
    )
    def get(self, _request: Request, pk: int) -> Response:
        """What you owed before a period, what was added and paid, and what you owe after it.

        Revenue and commission are there once the period is closed; what you pay is in the account
        of the period in which it came in.
        """
        period = self.one(pk)
        return Response(_document(period, platform_account(period)))


class Entries(PeriodResource, GenericAPIView[Entry]):
    """What was booked in a period."""

    serializer_class = EntrySerializer
    pagination_class = NewestFirst
    parameters = NewestFirst.parameters

    @extend_schema(
        operation_id="list_entries",
        summary="List the entries of an account",
        responses=EntrySerializer(many=True),
    )
    def get(self, _request: Request, pk: int) -> Response:
        """Every entry that was booked in the period on accounts of your contract, newest first."""
        found: QuerySet[Entry] = entries_of(self.one(pk))
        rows = [EntrySerializer(each).data for each in self.paginate_queryset(found) or ()]
        return self.get_paginated_response(rows)


def _document(period: Period, account: PlatformAccount) -> dict[str, Any]:
    money: Currency = period.contract.money
    return {
        "period": period.pk,
        "contract": period.contract.code,
        "currency": money.code,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "is_final": period.status == Period.Status.CLOSED,
        "opening": amount_text(account.opening_atoms, money),
        "moves": [
            {"kind": move.value, "amount": amount_text(atoms, money)}
            for move, atoms in account.moves
        ],
        "closing": amount_text(account.closing_atoms, money),
        "held": [
            {
                "kind": held.kind.value,
                "opening": amount_text(held.opening_atoms, money),
                "closing": amount_text(held.closing_atoms, money),
            }
            for held in account.held
        ],
    }
