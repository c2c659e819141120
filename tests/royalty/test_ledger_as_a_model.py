"""The ledger against a model of it in plain Python: whatever is done, both say the same.

Hypothesis draws what people do: open and close months, post, post again, reverse, date back, use a
key twice, reach into sealed journals. After every step each account holds what the model says.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from royalty.models import Account, AccountKind, Entry, Journal, JournalKind, JournalSeal, Side
from royalty.selectors.ledger import balance, trial_balance
from royalty.services import ledger, periods
from royalty.services.ledger import Draft, LedgerError
from royalty.services.periods import PeriodError
from tests.royalty.attacker import execute, insert_entry
from tests.royalty.cast import World, settle

KINDS = (AccountKind.PLATFORM_RECEIVABLE, AccountKind.PERIOD_REVENUE, AccountKind.PARTY_PAYABLE)
MONTHS = [date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
LONG_AFTER = datetime(2027, 6, 1, tzinfo=UTC)
OTHER = {"debit": "credit", "credit": "debit"}
Legs = tuple[tuple[str, str, int], ...]  # account kind, side, atoms

keys = st.sampled_from("abcdef")
numbers = st.integers(0, len(MONTHS) - 2)
days = st.one_of(st.integers(0, 29), st.integers(-2, 33))  # of a month, or outside it
legs = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from(["debit", "credit"]), st.integers(1, 10**15)),
    min_size=1,
    max_size=4,
)


@dataclass(frozen=True)
class ModelJournal:
    month: int
    day: date
    legs: Legs
    reverses: str = ""


@dataclass
class ModelLedger:
    """Months, journals by their key, and the five rules that the database enforces."""

    status: list[str] = field(default_factory=lambda: ["open"])
    journals: dict[str, ModelJournal] = field(default_factory=dict)

    def post(self, key: str, journal: ModelJournal) -> bool:
        if key in self.journals:
            return self.journals[key] == journal
        signed = sum(atoms if side == "debit" else -atoms for _, side, atoms in journal.legs)
        inside = MONTHS[journal.month] <= journal.day < MONTHS[journal.month + 1]
        right = not signed and len(journal.legs) >= 2 and inside
        if not right or self.status[journal.month] == "closed":
            return False
        self.journals[key] = journal
        return True

    def reverse(self, key: str, by: str, month: int, day: date) -> bool:
        if any(name != by for name, done in self.journals.items() if done.reverses == key):
            return False
        mirrored = sorted(
            (kind, OTHER[side], atoms) for kind, side, atoms in self.journals[key].legs
        )
        return self.post(by, ModelJournal(month, day, tuple(mirrored), key))

    def close(self, month: int) -> bool:
        if self.status[month] == "closed" or "open" in self.status[:month]:
            return False
        self.status[month] = "closed"
        return True

    def balances(self, until: date) -> dict[str, int]:
        """Debits less credits of each account at the end of a day."""
        held: dict[str, int] = {}
        for journal in self.journals.values():
            if journal.day <= until:
                for kind, side, atoms in journal.legs:
                    held[kind] = held.get(kind, 0) + (atoms if side == "debit" else -atoms)
        return held


class LedgerMachine(RuleBasedStateMachine):
    """Each rule is done to both ledgers, which must answer alike."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.model, self.months = ModelLedger(), [self.world.period]
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.accounts = {kind: self._account(kind) for kind in KINDS}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @precondition(lambda self: len(self.months) < len(MONTHS) - 1)
    @rule()
    def open_the_next_month(self) -> None:
        at = len(self.months)
        self.months.append(
            periods.open_period(
                contract=self.world.contract, starts_on=MONTHS[at], ends_on=MONTHS[at + 1]
            )
        )
        self.model.status.append("open")

    @rule(number=numbers)
    def close_a_month(self, number: int) -> None:
        month = number % len(self.months)
        done = accepted(settle, self.world, self.months[month], LONG_AFTER)
        assert done == self.model.close(month)

    @rule(
        key=keys,
        drawn=legs,
        balanced=st.sampled_from([True, True, True, False]),
        number=numbers,
        day=days,
    )
    def post(self, key: str, drawn: Legs, balanced: bool, number: int, day: int) -> None:
        month = number % len(self.months)
        wanted = [*drawn, *(closing_leg(drawn) if balanced else [])]
        journal = ModelJournal(month, MONTHS[month] + timedelta(days=day), tuple(sorted(wanted)))
        assert accepted(self.really_post, key, journal) == self.model.post(key, journal)

    @precondition(lambda self: self.model.journals)
    @rule(at=st.integers(0, 5))
    def post_the_same_again(self, at: int) -> None:
        plain = [key for key, found in self.model.journals.items() if not found.reverses]
        key = plain[at % len(plain)]
        self.really_post(key, self.model.journals[key])

    @precondition(lambda self: self.model.journals)
    @rule(at=st.integers(0, 5), by=st.sampled_from("xyz"), number=numbers, day=days)
    def reverse(self, at: int, by: str, number: int, day: int) -> None:
        key, month = self.some_key(at), number % len(self.months)
        if by == key:
            return
        on = MONTHS[month] + timedelta(days=day)
        journal = Journal.objects.get(idempotency_key=key)
        period = self.months[month]
        done = accepted(ledger.reverse, journal, key=by, period=period, posted_on=on)
        assert done == self.model.reverse(key, by, month, on)

    @precondition(lambda self: self.model.journals)
    @rule(at=st.integers(0, 5))
    def reach_into_a_sealed_journal(self, at: int) -> None:
        journal = Journal.objects.get(idempotency_key=self.some_key(at))
        for attack in (
            lambda: insert_entry(journal.pk, self.accounts[KINDS[0]], "debit", 1),
            lambda: execute("UPDATE royalty_entry SET amount_atoms = amount_atoms + 1"),
            lambda: execute("DELETE FROM royalty_journal WHERE id = %s", [journal.pk]),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                attack()

    @invariant()
    def both_ledgers_are_the_same(self) -> None:
        for until in (MONTHS[1], MONTHS[-1]):
            debits = self.model.balances(until)
            for kind, account in self.accounts.items():
                sign = -1 if account.normal_side == Side.CREDIT else 1
                assert balance(account, until) == sign * debits.get(kind, 0)
        assert trial_balance().is_balanced

    @invariant()
    def every_journal_is_sealed(self) -> None:
        assert Journal.objects.count() == JournalSeal.objects.count() == len(self.model.journals)
        entries = sum(len(journal.legs) for journal in self.model.journals.values())
        assert Entry.objects.count() == entries

    def some_key(self, at: int) -> str:
        known = list(self.model.journals)
        return known[at % len(known)]

    def _account(self, kind: str) -> Account:
        party = self.world.parties["A"] if kind == AccountKind.PARTY_PAYABLE else None
        return ledger.account(self.world.contract, AccountKind(kind), party)

    def really_post(self, key: str, journal: ModelJournal) -> None:
        made = tuple(
            ledger.leg(self.accounts[kind], Side(side), atoms) for kind, side, atoms in journal.legs
        )
        ledger.post(
            Draft(
                key=key,
                kind=JournalKind.REVENUE,
                period=self.months[journal.month],
                posted_on=journal.day,
                legs=made,
            )
        )


def closing_leg(drawn: Legs) -> Legs:
    """The leg that makes the others balance, if they do not."""
    signed = sum(atoms if side == "debit" else -atoms for _, side, atoms in drawn)
    side = "credit" if signed > 0 else "debit"
    return ((AccountKind.PERIOD_REVENUE.value, side, abs(signed)),) if signed else ()


def accepted(function, *arguments, **named) -> bool:
    try:
        with transaction.atomic():
            function(*arguments, **named)
    except (LedgerError, PeriodError):
        return False
    return True


@pytest.mark.django_db
def test_the_ledger_agrees_with_a_model_of_it(bare):
    machine = type("Machine", (LedgerMachine,), {"world": bare})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
