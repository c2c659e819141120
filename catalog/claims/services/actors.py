"""Who acts, for whom, and why something was not done."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from catalog.models import Party, Representation
from catalog.services.history import THE_OPERATOR, THE_SYSTEM, changing


class ClaimError(Exception):
    """Something that is not done; the message says why and what to do, `field` where."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Program:
    """The program itself: it says that more than the whole is claimed, or that no more than the
    whole is, and decides nothing."""

    user: None = None
    organisation: None = None

    def side(self, _parties: Iterable[Party]) -> str:
        return THE_SYSTEM


@dataclass(frozen=True)
class Actor:
    """A person, acting for a rights holder's organisation or, without one, for the operator."""

    user: User
    organisation: Organisation | None = None

    def side(self, parties: Iterable[Party]) -> str:
        """For whom they act, in words that every side may read."""
        if self.organisation is None:
            return THE_OPERATOR
        names = sorted(party.name for party in parties if self.represents(party))
        return ", ".join(names)[:300] or self.organisation.name

    def changing(self, party: Party, reason: str, about: Model) -> AbstractContextManager[None]:
        """Keep, with what is changed inside, that a party's share was, and after which claim or
        conflict."""
        return changing(
            by=self.user,
            reason=reason,
            source=f"{about._meta.model_name}:{about.pk}",
            actor=self.side([party]),
        )

    def represents(self, party: Party) -> bool:
        """Whether they may speak for a party; the operator may for any."""
        if self.organisation is None:
            return True
        return Representation.objects.filter(organisation=self.organisation, party=party).exists()

    def must_represent(self, party: Party) -> None:
        """
        Raises:
            ClaimError: they do not.
        """
        if not self.represents(party):
            raise ClaimError(_("You do not act for %(party)s.") % {"party": party.name}, "party")

    def must_be_the_operator(self) -> None:
        """
        Raises:
            ClaimError: they act for somebody else.
        """
        if self.organisation is not None:
            raise ClaimError(_("Only the people who run the service decide this."))
