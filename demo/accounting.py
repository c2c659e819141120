"""A month's books: usage and revenue come in, two people close it, statements are printed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from accounts.models import User
from catalog.models import Platform
from common.jobs.models import Job
from demo.economy import MONTH_END, MONTH_START, Service, services_of, write_month
from demo.pieces import Pieces
from demo.show import Show
from demo.sizes import Size
from royalty.models import AllocationRun, Contract, DocumentKind, Notice, Period, Statement
from royalty.selectors.ledger import trial_balance
from royalty.selectors.publishing import drafts_of
from royalty.selectors.runs import current_run
from royalty.services import periods
from royalty.services.contracts import Terms, sign_contract
from royalty.services.intake import IntakeReport, take_revenue, take_usage
from royalty.services.publishing import publish_period
from royalty.services.statements import request_rendering

COMMISSION_PPM = 300_000
SIGNED_ON = MONTH_START.replace(month=1, day=1)
CLOSED_AT = datetime(2026, 11, 5, 9, tzinfo=UTC)
ACCOUNTANT = "accountant@tantieme.example"
REVIEWER = "reviewer@tantieme.example"
USAGE_SEED = 11


@dataclass(frozen=True)
class Books:
    """The closed month: a period and its run for each contract, and all statements."""

    periods: list[Period]
    runs: list[AllocationRun]
    statements: list[Statement]

    @property
    def by_party(self) -> dict[int, dict[int, Statement]]:
        """Statements by party and period; parties that are owed most come first."""
        grouped: defaultdict[int, dict[int, Statement]] = defaultdict(dict)
        for statement in self.statements:
            grouped[statement.party_id][statement.period_id] = statement
        return dict(
            sorted(
                grouped.items(),
                key=lambda item: (-sum(s.earned_atoms for s in item[1].values()), item[0]),
            )
        )


def month(show: Show, size: Size, pieces: Pieces, home: Path) -> Books:
    """Do the month. What is done already is only read, so doing it twice counts nothing twice."""
    services = services_of(size.model)
    platform = pieces.genuine[0].platform
    with show.stage("Take in the month's usage and revenue") as stage:
        contracts = [contract_of(platform, service, SIGNED_ON) for service in services]
        stage.outcome = _take_in(platform, services, pieces, home / "demo" / size.model)
    with show.stage("Close the month, by two people") as stage:
        closed = [_close(show, contract) for contract in contracts]
        gross = contracts[0].money.format_atoms(
            sum(current_run(period).gross_atoms for period in closed)
        )
        balance = "books balance" if trial_balance().is_balanced else "BOOKS DO NOT BALANCE"
        stage.outcome = f"{gross} EUR came in; {balance}"
    with show.stage("Print every party's statements") as stage:
        _render(show, closed)
        books = books_of(closed)
        kinds = ", ".join(DocumentKind.labels)
        stage.outcome = f"{len(books.statements)} statements, each as {kinds}"
    return books


def publish(show: Show, books: Books) -> None:
    """Let payees see their statements, as far as they do not, and tell their people by e-mail."""
    with show.stage("Publish the statements, and tell people") as stage:
        accountant = User.objects.get(email=ACCOUNTANT)
        for period in books.periods:
            if drafts_of(period).exists():
                publish_period(period=period, user=accountant, as_of=CLOSED_AT)
        notices = Notice.objects.filter(publication__period__in=books.periods)
        ids = list(notices.values_list("pk", flat=True))
        jobs = Job.objects.filter(kind="royalty.send_notice", payload__notice__in=ids)
        show.wait_for_many(list(jobs), "e-mails")
        stage.outcome = f"{len(ids)} e-mails sent, into {settings.EMAIL_FILE_PATH}"


def books_of(closed: Sequence[Period]) -> Books:
    """The books of closed periods, one for each contract."""
    statements = Statement.objects.filter(period__in=closed).order_by("pk")
    return Books(
        list(closed),
        [current_run(period) for period in closed],
        list(statements.select_related("party", "period__contract")),
    )


def contract_of(
    platform: Platform,
    service: Service,
    signed_on: date,
    *,
    pays_before_collection: bool = True,
    vat_ppm: int = 0,
) -> Contract:
    """The contract under which a service's music is paid."""
    return sign_contract(
        platform=platform,
        code=f"cadenza-{service.code}",
        name=service.name,
        terms=Terms(
            service=service.code,
            allocation_model=service.allocation_model,
            commission_ppm=COMMISSION_PPM,
            fallback=service.fallback,
            idle_subscribers="pool",
            pays_before_collection=pays_before_collection,
            vat_ppm=vat_ppm,
        ),
        valid_from=signed_on,
    )


def _take_in(platform: Platform, services: Sequence[Service], pieces: Pieces, folder: Path) -> str:
    names = sorted(generation.external_id for generation in pieces.all)
    usage_path, revenue_path = write_month(folder, services, names, seed=USAGE_SEED)
    usage = take_usage(platform=platform, source=usage_path, name=usage_path.name)
    revenue = take_revenue(platform=platform, source=revenue_path, name=revenue_path.name)
    return f"{_told(usage)} of usage, {_told(revenue)} of revenue"


def _told(report: IntakeReport) -> str:
    if report.was_taken_before:
        return f"{report.line_count:,} events (known: the same file, nothing counted twice)"
    return f"{report.new_count:,} events"


def _close(show: Show, contract: Contract) -> Period:
    """Open, compute (by a worker), review and close the month, as far as it is not."""
    period = contract.periods.filter(starts_on=MONTH_START).first() or periods.open_period(
        contract=contract, starts_on=MONTH_START, ends_on=MONTH_END
    )
    accountant, reviewer = person(ACCOUNTANT, "Ada"), person(REVIEWER, "Ben")
    if period.status == Period.Status.OPEN:
        job = periods.request_computation(period=period, user=accountant, as_of=CLOSED_AT)
        show.wait([job])
        period.refresh_from_db()
    if period.status == Period.Status.COMPUTED:
        period = periods.review_period(period=period, user=reviewer, as_of=CLOSED_AT)
    if period.status == Period.Status.REVIEWED:
        period = periods.close_period(period=period, user=accountant, as_of=CLOSED_AT)
    return period


def person(email: str, name: str) -> User:
    """A demo person, who has no password."""
    return User.objects.filter(email=email).first() or User.objects.create_user(email, name=name)


def _render(show: Show, closed: Sequence[Period]) -> None:
    statements = Statement.objects.filter(period__in=closed).order_by("pk")
    for statement in statements:
        files = statement.files.values_list("name", flat=True)
        if statement.rendered_at is None or not all(map(default_storage.exists, files)):
            request_rendering(statement)
    jobs = Job.objects.filter(
        kind="royalty.render_statement",
        payload__statement__in=[statement.pk for statement in statements],
    )
    show.wait_for_many(list(jobs), "statements")
