"""Sending a tax form, and what an accountant says to it; the other side is told each time."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.notices.models import Kind
from accounts.notices.services import notify
from catalog.claims.services.actors import ClaimError
from catalog.claims.services.attachments import Sent, keep
from catalog.models import Party
from common.database import tenancy
from royalty.models import TaxForm
from royalty.models.tax_forms import WHY_LENGTH
from royalty.services.news import acting_for
from royalty.services.payee_details import PAGE

MOST_WAITING = 10  # of a party: each is read by a person
FORMS_PAGE = "/payouts/tax-forms/"


class TaxFormError(Exception):
    """What was asked of a tax form cannot be done; the message says why."""


@tenancy.acting_as(tenancy.SYSTEM)
@transaction.atomic
def send_tax_form(*, party: Party, sent: Sent, user: User) -> TaxForm:
    """Keep a tax form, and tell the operator and the party's people.

    Raises:
        TaxFormError: it is no PDF, PNG or JPEG, or too many wait to be looked at.
    """
    Party.objects.select_for_update().get(pk=party.pk)  # so that two at once do not pass the most
    if TaxForm.objects.filter(party=party, decided_at=None).count() >= MOST_WAITING:
        raise TaxFormError(
            _("%(most)s forms wait to be looked at. Send more after that.") % {"most": MOST_WAITING}
        )
    form = TaxForm(party=party, sent_by=user)
    try:
        keep(form, sent)
    except ClaimError as error:
        raise TaxFormError(str(error)) from error
    name = party.name[:100]

    def sentence() -> str:
        return _("A tax form of %(party)s was sent.") % {"party": name}

    operators = Organisation.objects.filter(kind=Organisation.Kind.OPERATOR)
    notify(Kind.DETAILS, acting_for([party.pk]), sentence, PAGE)
    notify(Kind.DETAILS, list(operators.values_list("pk", flat=True)), sentence, FORMS_PAGE)
    return form


@tenancy.acting_as(tenancy.SYSTEM)
@transaction.atomic
def decide_tax_form(
    *, form: TaxForm, user: User, as_of: datetime, refused_why: str = ""
) -> TaxForm:
    """Take a form that waits, or refuse it with the reason, and tell the party's people.

    Raises:
        TaxFormError: it was decided before, or the reason is too long.
    """
    why = " ".join(refused_why.split())
    if len(why) > WHY_LENGTH:
        raise TaxFormError(
            _("The reason is longer than %(most)s characters.") % {"most": WHY_LENGTH}
        )
    found = TaxForm.objects.select_for_update(of=("self",)).select_related("party").get(pk=form.pk)
    if not found.is_waiting:
        raise TaxFormError(_("This tax form was decided before."))
    found.decided_by, found.decided_at, found.refused_why = user, as_of, why
    found.save(update_fields=["decided_by", "decided_at", "refused_why"])
    name = found.party.name[:100]

    def sentence() -> str:
        if why:
            said = _("The tax form of %(party)s was not taken; the reason stands beside it.")
        else:
            said = _("The tax form of %(party)s was taken.")
        return said % {"party": name}

    notify(Kind.DETAILS, acting_for([found.party_id]), sentence, PAGE)
    return found
