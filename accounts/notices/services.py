"""Telling people what happened, and what they choose about it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.notices.models import ALWAYS_MAILED, Kind, MailedOff, Notice
from accounts.notices.selectors import unmailed
from accounts.selectors import valid_delegations
from common.database import tenancy
from common.jobs.dispatch import enqueue

SEND_MAIL = "notices.send_mail"
MAX_ATTEMPTS = 10
SALT = "accounts.notices.switch_off"
Mail = Notice.Mail
Sentence = str | Callable[[], str]


@tenancy.acting_as(tenancy.SYSTEM)
def notify(
    kind: Kind,
    organisations: Iterable[int],
    sentence: Sentence,
    link: str,
    *,
    but: User | None = None,
    only: Collection[User] | None = None,
    by_mail: bool = True,
) -> list[Notice]:
    """Tell the people of organisations, given by primary key, of something that happened.

    Whoever acts for one by its grant is told too, and reads it while acting for it; but for what
    concerns the security of people's accounts. It is there if and only if the surrounding
    transaction commits.

    Args:
        sentence: one, of at most 300 characters, without amounts: mail is not secret. A function is
            called in each person's language.
        link: the path of the page that tells more.
        but: who did it, and knows.
        only: whom alone among the people; everybody without it.
        by_mail: False where an e-mail of its own goes out.
    """
    told = _people_of(set(organisations), with_delegates=kind != Kind.SECURITY)
    if but is not None:
        told = {key: user for key, user in told.items() if user != but}
    if only is not None:
        told = {key: user for key, user in told.items() if user in only}
    off = unmailed(told.values(), kind) if kind not in ALWAYS_MAILED else set()
    mailed: set[int] = set()  # one e-mail a person, whoever they act for
    notices = []
    for (organisation_id, user_id), user in told.items():
        wants = by_mail and user_id not in off | mailed
        mailed.add(user_id)
        notices.append(
            Notice(
                user=user,
                organisation_id=organisation_id,
                kind=kind,
                sentence=_in_language_of(user, sentence)[:300],
                link=link,
                mail=Mail.WAITING if wants else Mail.UNWANTED,
            )
        )
    Notice.objects.bulk_create(notices)
    for notice in notices:
        if notice.mail == Mail.WAITING:
            enqueue(
                SEND_MAIL,
                {"notice": str(notice.pk)},
                key=f"notice:{notice.pk}",
                max_attempts=MAX_ATTEMPTS,
            )
    return notices


def _people_of(
    organisations: Collection[int], *, with_delegates: bool
) -> dict[tuple[int, int], User]:
    """Who is told, by the primary keys of for whom and of themselves."""
    acting = [(each, each) for each in sorted(organisations)]  # for whom, and who does
    if with_delegates:
        grants = valid_delegations(timezone.now()).filter(organisation__in=organisations)
        acting += grants.order_by("pk").values_list("organisation_id", "delegate_id")
    members = (
        Membership.objects.filter(organisation__in={by for _, by in acting}, user__is_active=True)
        .select_related("user")
        .order_by("user_id")
    )
    users = defaultdict(list)
    for member in members:
        users[member.organisation_id].append(member.user)
    return {(whose, user.pk): user for whose, by in acting for user in users[by]}


def _in_language_of(user: User, sentence: Sentence) -> str:
    if isinstance(sentence, str):
        return " ".join(sentence.split())
    with translation.override(user.language or settings.LANGUAGE_CODE):
        return " ".join(sentence().split())


@tenancy.acting_as(tenancy.SYSTEM)
def mark_read(notices: Iterable[Notice], as_of: datetime) -> None:
    """Note that a person has seen notices; what was read stays as it was."""
    ids = [notice.pk for notice in notices]
    Notice.objects.filter(pk__in=ids, read_at=None).update(read_at=as_of)


@tenancy.acting_as(tenancy.SYSTEM)
def choose(user: User, off: Collection[str]) -> None:
    """Say of which kinds a person wants no e-mails; of all others they come."""
    wanted = {Kind(kind) for kind in off} - ALWAYS_MAILED
    MailedOff.objects.filter(user=user).exclude(kind__in=wanted).delete()
    MailedOff.objects.bulk_create(
        [MailedOff(user=user, kind=kind) for kind in sorted(wanted)], ignore_conflicts=True
    )


def switch_off_token(user: User, kind: str) -> str:
    """What a link carries by which a person switches e-mails of a kind off without signing in."""
    return signing.dumps({"user": user.pk, "kind": kind}, salt=SALT)


def said_by_token(token: str) -> tuple[int, Kind] | None:
    """Whose e-mails of which kind a link is about; None for a link that was made up."""
    try:
        said: dict[str, Any] = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return int(said["user"]), Kind(said["kind"])


@tenancy.acting_as(tenancy.SYSTEM)
def switch_off(user_id: int, kind: Kind) -> None:
    """No more e-mails of a kind to a person; the page goes on telling them."""
    if kind not in ALWAYS_MAILED:
        MailedOff.objects.get_or_create(user_id=user_id, kind=kind)


def send(notice: Notice, *, as_of: datetime) -> Notice:
    """Send a notice's e-mail; sent already, it is not sent again.

    Where a worker dies after sending and before it can say so, the same e-mail goes out once more
    under the same Message-ID.

    Raises:
        OSError: the mail server cannot be reached or refuses it; the job is tried again.
    """
    if notice.mail != Mail.WAITING:
        return notice
    with translation.override(notice.user.language or settings.LANGUAGE_CODE):
        _message(notice).send()
    notice.mail, notice.mailed_at = Mail.SENT, as_of
    notice.save(update_fields=["mail", "mailed_at"])
    return notice


def _message(notice: Notice) -> EmailMessage:
    hello = _("Hello %(name)s,") % {"name": notice.user}
    read = _("Sign in to read more:")
    parts = [hello, notice.sentence]
    if not notice.organisation.memberships.filter(user=notice.user).exists():
        for_whom = _("It is about %(organisation)s: act for it, on the page “Team”, to read it.")
        parts.append(for_whom % {"organisation": notice.organisation})
    parts.append(f"{read}\n{settings.PUBLIC_URL}{notice.link}")
    headers = {"Message-ID": f"<notice-{notice.pk}@tantieme>"}
    if notice.kind not in ALWAYS_MAILED:
        token = switch_off_token(notice.user, notice.kind)
        address = f"{settings.PUBLIC_URL}{reverse('notices-off', args=[token])}"
        stop = _("No more e-mails of this kind:")
        parts.append(f"{stop}\n{address}")
        headers["List-Unsubscribe"] = f"<{address}>"
    body = "\n\n".join(parts) + "\n"
    return EmailMessage(notice.sentence, body, to=[notice.user.email], headers=headers)
