"""Letting held money go once it was held long enough: one person asks, a second one approves.

All that an account holds from a period is released at once, either to the parties of that period
in proportion to what they earned in it, as collecting societies do with what stays unclaimed, or
back to the platform. The journal goes into an open period and points to the allocation that put
the money aside. A claim that turns up earlier is no release: the catalogue is mended and the
period restated. So is what owners contest: it is theirs, whoever of them it is, and never released.
What is held because its platform's features were not verified goes to the parties at last, and
never back to the platform, which could have had them verified.
"""

from datetime import datetime

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from royalty.apportionment import split
from royalty.models import (
    AccountKind,
    HeldRelease,
    JournalKind,
    Leg,
    Period,
    ReleaseTo,
    Side,
)
from royalty.selectors.credits import allocation_journal, posted_credits
from royalty.selectors.held import Held, held_atoms, held_money
from royalty.services import ledger
from royalty.services.by_hand import ByHandError, checked_reason, open_days
from royalty.services.ledger import Draft
from royalty.services.posting import credit_legs


@transaction.atomic
def request_release(
    *, period: Period, kind: AccountKind, to: ReleaseTo, reason: str, user: User, as_of: datetime
) -> HeldRelease:
    """Ask for the release of what a period's contract holds for one reason.

    Raises:
        ByHandError: nothing is held, it must be held longer, its owners disagree, it would go to
            the platform whose features were not verified, it is asked for already, nobody earned
            anything to go by, or no reason is given.
    """
    told = checked_reason(reason)
    locked = Period.objects.select_for_update(of=("self",)).get(pk=period.pk)
    held = _held(locked, kind)
    if (kind, to) == (AccountKind.HELD_UNVERIFIED, ReleaseTo.PLATFORM):
        raise ByHandError(
            _(
                "%(held)s: it is not returned to the platform that computed them. Have them "
                "verified and run period restate, or release it to parties."
            )
            % {"held": _words(held)}
        )
    if held.releasable_on is None:
        raise ByHandError(
            _(
                "%(held)s: it is not released to others. When they agree, mend the shares in the "
                "catalogue and run period restate."
            )
            % {"held": _words(held)}
        )
    if as_of.date() < held.releasable_on:
        raise ByHandError(
            _("%(held)s: the contract holds it for %(months)s months, until %(day)s.")
            % {
                "held": _words(held),
                "months": period.contract.holding_months,
                "day": held.releasable_on,
            }
        )
    asked = locked.releases.filter(account=held.account, decided_at=None).first()
    if asked is not None:
        raise ByHandError(
            _("%(person)s asked for it already (request %(number)s); decide that one.")
            % {"person": asked.requested_by, "number": asked.pk}
        )
    if to == ReleaseTo.PARTIES:
        _earned(locked)
    return HeldRelease.objects.create(
        account=held.account,
        period=locked,
        to=to,
        amount_atoms=held.atoms,
        reason=told,
        requested_by=user,
        requested_at=as_of,
    )


@transaction.atomic
def approve_release(*, release: HeldRelease, user: User, as_of: datetime) -> HeldRelease:
    """Post the release, as somebody else asked for it.

    Raises:
        ByHandError: it is decided already, the same person asked for it, what is held changed
            since, or no period is open.
        LedgerError: the books refuse it.
    """
    locked = _undecided(release)
    if user == locked.requested_by:
        raise ByHandError(
            _("%(person)s asked for this release of %(period)s; a second person approves it.")
            % {"person": user, "period": locked.period}
        )
    # Restating the period takes from what is held too, and locks the same row.
    Period.objects.select_for_update(of=("self",)).get(pk=locked.period_id)
    held = held_atoms(locked.account, locked.period)
    if held != locked.amount_atoms:
        money = locked.period.contract.money
        raise ByHandError(
            _(
                "The release of %(asked)s was asked for and %(held)s %(currency)s are held now; "
                "decline it and ask again."
            )
            % {
                "asked": money.format_atoms(locked.amount_atoms),
                "held": money.format_atoms(held),
                "currency": money.code,
            }
        )
    into, day = open_days(locked.period, as_of.date())
    locked.journal = ledger.post(
        Draft(
            key=f"release:{locked.pk}",
            kind=JournalKind.RELEASE,
            period=into,
            posted_on=day,
            legs=(ledger.leg(locked.account, Side.DEBIT, held), *_takers(locked)),
            memo=f"releases {locked.account.kind} of {locked.period}: {locked.reason}",
            corrects=allocation_journal(locked.period),
            posted_by=user,
        )
    )
    return _decided(locked, user, as_of)


@transaction.atomic
def decline_release(*, release: HeldRelease, user: User, as_of: datetime) -> HeldRelease:
    """Leave the money where it is; whoever asked may also take the request back.

    Raises:
        ByHandError: it is decided already.
    """
    return _decided(_undecided(release), user, as_of)


def _held(period: Period, kind: AccountKind) -> Held:
    for held in held_money(contract=period.contract):
        if held.period == period and held.account.kind == kind and held.atoms > 0:
            return held
    raise ByHandError(
        _("%(period)s has nothing that is %(kind)s.") % {"period": period, "kind": _(kind.label)}
    )


def _words(held: Held) -> str:
    """Whose it is and why it is held, as a sentence about it begins."""
    return f"{held.period} {_(held.account.get_kind_display())}"


def _earned(period: Period) -> dict[tuple[str, str], int]:
    """What each party earned in a period, by the account that it is owed on."""
    earned = {
        target: atoms
        for target, atoms in sorted(posted_credits(period).items())
        if target[0] == AccountKind.PARTY_PAYABLE and atoms > 0
    }
    if not earned:
        raise ByHandError(
            _("No party earned anything in %(period)s; release it to the platform.")
            % {"period": period}
        )
    return earned


def _takers(release: HeldRelease) -> tuple[Leg, ...]:
    """The credits of a release."""
    contract = release.period.contract
    if release.to == ReleaseTo.PLATFORM:
        share = (AccountKind.PLATFORM_SHARE.value, "")
        return credit_legs(contract, {share: release.amount_atoms})
    earned = _earned(release.period)
    parts = split(release.amount_atoms, np.array(list(earned.values()), dtype=np.int64)).tolist()
    credits = {target: atoms for target, atoms in zip(earned, parts, strict=True) if atoms}
    return credit_legs(contract, credits)


def _undecided(release: HeldRelease) -> HeldRelease:
    """The request, locked."""
    locked = (
        HeldRelease.objects.select_for_update(of=("self",))
        .select_related("account", "period__contract", "requested_by", "decided_by", "journal")
        .get(pk=release.pk)
    )
    if locked.decided_at is not None:
        raise ByHandError(
            _("The release from %(period)s is %(status)s since %(day)s.")
            % {
                "period": locked.period,
                "status": _(locked.status),
                "day": locked.decided_at.date(),
            }
        )
    return locked


def _decided(locked: HeldRelease, user: User, as_of: datetime) -> HeldRelease:
    locked.decided_by, locked.decided_at = user, as_of
    locked.save(update_fields=["decided_by", "decided_at", "journal"])
    return locked
