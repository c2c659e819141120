"""Statements that parties may read, and where their accounts stand after the last of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Sum, When, Window
from django.db.models.functions import RowNumber

from catalog.models import Party
from royalty.models import AccountKind, Entry, JournalKind, Side, Statement
from royalty.selectors.publishing import published_to
from royalty.selectors.statement_document import payable_of


@dataclass(frozen=True)
class Standing:
    """A party's account under one contract after its last statement, and the statement before.

    `settled_atoms` is what payouts took off the account since that statement (negative).
    """

    latest: Statement
    previous: Statement | None
    payable_atoms: int
    carried_atoms: int
    settled_atoms: int

    @property
    def earned_change_atoms(self) -> int | None:
        """How much more was earned than in the period before; none without one."""
        before = self.previous
        return None if before is None else self.latest.earned_atoms - before.earned_atoms


@dataclass(frozen=True)
class Total:
    """What all accounts of one currency hold together."""

    currency: str
    payable_atoms: int
    carried_atoms: int
    earned_atoms: int  # over all statements
    paid_atoms: int  # since the last statements, with what was kept back


def statements_of(parties: Collection[Party]) -> QuerySet[Statement]:
    """The parties' published statements that count, the newest period first."""
    return every_version_of(parties).filter(~Exists(_later()))


def later_version(statement: Statement) -> Statement | None:
    """The published version that counts instead of this one; none if this one does."""
    later = Statement.objects.filter(
        period=statement.period_id,
        party=statement.party_id,
        version__gt=statement.version,
        publication__isnull=False,
    )
    return later.order_by("-version").first()


def _later() -> QuerySet[Statement]:
    return Statement.objects.filter(
        period=OuterRef("period"),
        party=OuterRef("party"),
        version__gt=OuterRef("version"),
        publication__isnull=False,
    )


def every_version_of(parties: Collection[Party]) -> QuerySet[Statement]:
    """The same with the versions that later ones took the place of."""
    return (
        published_to(parties)
        .select_related("party", "period__contract__platform", "run__period__contract__platform")
        .order_by("-period__ends_on", "period__contract__name", "party__name", "-version", "pk")
    )


def standings_of(parties: Collection[Party]) -> list[Standing]:
    """Each account of the parties, the largest payable amount first."""
    recency = Window(
        RowNumber(),
        partition_by=[F("party_id"), F("period__contract_id")],
        order_by=[F("period__ends_on").desc(), F("version").desc()],
    )
    recent = statements_of(parties).annotate(recency=recency).filter(recency__lte=2)
    by_account: dict[tuple[int, int], list[Statement]] = {}
    for statement in recent.order_by("recency"):
        account = (statement.party_id, statement.period.contract_id)
        by_account.setdefault(account, []).append(statement)
    settled = _settled_by_day(parties)
    standings = [
        _standing(settled.get(account, {}), *statements)
        for account, statements in by_account.items()
    ]
    return sorted(standings, key=lambda each: (-each.payable_atoms, each.latest.pk))


def _standing(
    settled: Mapping[date, int], latest: Statement, previous: Statement | None = None
) -> Standing:
    since = sum(atoms for day, atoms in settled.items() if day > latest.period.last_day)
    closing_atoms = latest.closing_atoms + since
    payable_atoms = payable_of(latest, closing_atoms)
    return Standing(latest, previous, payable_atoms, closing_atoms - payable_atoms, since)


def _settled_by_day(parties: Collection[Party]) -> Mapping[tuple[int, int], Mapping[date, int]]:
    """What payouts took from what is owed (negative), less what came back.

    {(party pk, contract pk): {day: atoms}}
    """
    of_payouts = Q(journal__kind=JournalKind.PAYOUT) | Q(journal__reverses__kind=JournalKind.PAYOUT)
    entries = Entry.objects.filter(
        of_payouts, account__kind=AccountKind.PARTY_PAYABLE, account__party__in=parties
    )
    signed = Case(When(side=Side.CREDIT, then=F("amount_atoms")), default=-F("amount_atoms"))
    rows = entries.values_list(
        "account__party_id", "account__contract_id", "journal__posted_on"
    ).annotate(atoms=Sum(signed))
    found: dict[tuple[int, int], dict[date, int]] = {}
    for party, contract, day, atoms in rows:
        found.setdefault((party, contract), {})[day] = int(atoms)
    return found


def totals_of(parties: Collection[Party], standings: Collection[Standing]) -> list[Total]:
    """The accounts added up, one total a currency."""
    earned = dict(
        statements_of(parties)
        .values_list("currency")
        .annotate(atoms=Sum(F("attributed_atoms") + F("fallback_atoms") + F("guarantee_atoms")))
        .order_by("currency")
    )
    return [
        Total(
            currency=code,
            payable_atoms=sum(s.payable_atoms for s in standings if s.latest.currency == code),
            carried_atoms=sum(s.carried_atoms for s in standings if s.latest.currency == code),
            earned_atoms=int(atoms),
            paid_atoms=-sum(s.settled_atoms for s in standings if s.latest.currency == code),
        )
        for code, atoms in earned.items()
    ]
