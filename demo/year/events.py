"""What happens beside the ordinary: each event does it, and says in a sentence what it did."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet, Sum

from catalog.models import Party, Right, Role, Share, Work
from demo.economy import Month
from demo.payees import EURO, euros, example_account
from demo.year.desk import period_of, restate
from demo.year.plan import at, name_of
from demo.year.traffic import robot_plays, usage_comes_late, use_is_corrected
from demo.year.world import World
from royalty.models import AccountKind, Entry, JournalKind, RestatementKind, Side, Withholding
from royalty.selectors.ledger import trial_balance
from royalty.services.payees import enter_bank_details, grant_advance, set_withholding

ADVANCE_MINOR = 15_000
STATUTORY_PPM, TREATY_PPM = 300_000, 100_000
FIRST_CLAIM_PPM, SECOND_CLAIM_PPM = 600_000, 500_000
NEW_ACCOUNT = 2
EVENT_DAY = 2

Event = Callable[[World, Month], str]


def happen(world: World, number: int) -> Iterator[str]:
    """Do what the plan has for a month's beginning; yields what each event did."""
    plan, month = world.calendar.plan, world.calendar.month(number)
    events: tuple[tuple[int, Event], ...] = (
        (1, document_comes),
        (plan.advance, advance_is_paid),
        (plan.dispute, two_claim_a_work),
        (plan.correction, use_is_corrected),
        (plan.late_usage, usage_comes_late),
        (plan.failed_payment + 1, bank_details_are_mended),
        (plan.sale_known, sale_is_told),
        (plan.robot, robot_plays),
        (plan.agreement, claims_are_settled),
        (plan.document_renewed, document_is_renewed),
    )
    for when, event in events:
        if when == number:
            yield event(world, month)


def document_comes(world: World, month: Month) -> str:
    """A party abroad proves where it pays its taxes, for some months."""
    last = world.calendar.month(world.calendar.plan.document_ends)
    return _withhold(world, month, last, "W-8BEN 1001 (example)")


def document_is_renewed(world: World, month: Month) -> str:
    """The document had lapsed, so that the rate of the law was withheld; here is a new one."""
    last = world.calendar.month(world.calendar.plan.document_renewed + 36)
    return _withhold(world, month, last, "W-8BEN 1002 (example)")


def _withhold(world: World, month: Month, last: Month, document: str) -> str:
    party, good_until = world.cast.taxed, last.last_day
    set_withholding(
        Withholding(
            party=party,
            statutory_ppm=STATUTORY_PPM,
            reduced_ppm=TREATY_PPM,
            document=document,
            document_expires_on=good_until,
            valid_from=month.starts_on,
        )
    )
    rates = f"{TREATY_PPM / 10_000:g} % are withheld instead of {STATUTORY_PPM / 10_000:g} %"
    return f"{party} sends {document}, good until {good_until}: {rates}."


def advance_is_paid(world: World, month: Month) -> str:
    """An advance, to be recouped from what its payee earns under any contract."""
    contract, party = world.contracts[0], world.cast.advanced
    grant_advance(
        contract=contract,
        party=party,
        amount_minor=ADVANCE_MINOR,
        period=period_of(contract, month),
        paid_on=at(month, EVENT_DAY).date(),
        key="the year's",
    )
    return f"{party} gets an advance of {euros(ADVANCE_MINOR * EURO.atoms_per_minor)}."


def bank_details_are_mended(world: World, _month: Month) -> str:
    """Whose payment came back says where the money should go."""
    party = world.cast.unlucky
    account = example_account(party.name, NEW_ACCOUNT)
    enter_bank_details(party=party, account=account, user=world.accountant)
    return f"{party}, whose payment came back, enters another account; it is paid again."


def sale_is_told(world: World, month: Month) -> str:
    """A work was sold, and nobody said so until now: the months since are restated."""
    plan, calendar, cast = world.calendar.plan, world.calendar, world.cast
    sold_on = calendar.month(plan.sale).starts_on
    with transaction.atomic():
        share = _open_shares(cast.hit)[0]
        share.valid_until = sold_on
        share.save(update_fields=["valid_until"])
        _own(cast.hit, cast.buyer, share.share_ppm, sold_on)
    months = [calendar.month(number) for number in range(plan.sale, plan.sale_known)]
    reason = f"{cast.hit.title} was sold to {cast.buyer} on {sold_on}."
    restate(world, months, month, RestatementKind.OWNERSHIP, reason)
    moved = _adjusted(world, month, cast.buyer.pk)
    return (
        f"{cast.hit.title} was sold to {cast.buyer} in {name_of(calendar.month(plan.sale))}: "
        f"{euros(moved)} of the months since go to the buyer."
    )


def two_claim_a_work(world: World, month: Month) -> str:
    """A work's shares end, and two new ones begin that sum to more than the whole."""
    work, rival = world.cast.disputed, world.cast.rival
    with transaction.atomic():
        owner = _open_shares(work)[0].party
        _open_shares(work).update(valid_until=month.starts_on)
        _own(work, owner, FIRST_CLAIM_PPM, month.starts_on)
        _own(work, rival, SECOND_CLAIM_PPM, month.starts_on)
    return (
        f"{owner} claims {FIRST_CLAIM_PPM / 10_000:g} % of {work.title}, {rival} "
        f"{SECOND_CLAIM_PPM / 10_000:g} %: what both claim is held until they agree."
    )


def claims_are_settled(world: World, month: Month) -> str:
    """The rival takes what the first claim leaves, and all months of the dispute are restated."""
    plan, calendar, cast = world.calendar.plan, world.calendar, world.cast
    claimed_on, held = calendar.month(plan.dispute).starts_on, _held_disputed()
    agreed_on = claimed_on + timedelta(days=1)
    with transaction.atomic():
        _open_shares(cast.disputed).filter(party=cast.rival).update(valid_until=agreed_on)
        _own(cast.disputed, cast.rival, 1_000_000 - FIRST_CLAIM_PPM, agreed_on)
    months = [calendar.month(number) for number in range(plan.dispute, plan.agreement)]
    reason = f"Both claims on {cast.disputed.title} were settled on {month.starts_on}."
    count = restate(world, months, month, RestatementKind.DISPUTE, reason)
    return (
        f"{cast.rival} settles for {100 - FIRST_CLAIM_PPM // 10_000} %: {count} periods are "
        f"restated, and {euros(held - _held_disputed())} are held no longer."
    )


def _open_shares(work: Work) -> QuerySet[Share]:
    """Those that hold without an end, the largest first."""
    return work.shares.filter(valid_until=None).order_by("-share_ppm", "pk")


def _own(work: Work, party: Party, ppm: int, since: date) -> None:
    Share.objects.create(
        work=work,
        party=party,
        right=Right.COMPOSITION,
        role=Role.COMPOSER,
        share_ppm=ppm,
        valid_from=since,
    )


def _held_disputed() -> int:
    """Atoms that are held because owners disagree."""
    rows = trial_balance().rows
    return sum(row.balance_atoms for row in rows if row.account.kind == AccountKind.HELD_DISPUTED)


def _adjusted(world: World, month: Month, party: int) -> int:
    """What restatements credit to a party in a month, less what they debit."""
    entries = Entry.objects.filter(
        journal__period__starts_on=month.starts_on,
        journal__period__contract__in=world.contracts,
        journal__kind=JournalKind.RESTATEMENT,
        account__kind=AccountKind.PARTY_PAYABLE,
        account__party=party,
    )
    sums = dict(entries.values_list("side").annotate(Sum("amount_atoms")))
    return int(sums.get(Side.CREDIT, 0)) - int(sums.get(Side.DEBIT, 0))
