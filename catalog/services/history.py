"""Saying why something is changed, while it is changed.

The database keeps every change by itself (catalog/migrations/sql/history.sql). What it cannot know
is for whom and why, which `changing` tells it:

    with changing(by=user, reason="The publisher sold its catalogue.", source="admin"):
        share.save()

What is changed outside stands in the history too, with nobody who said why. Whoever sees a change
reads its reason, rights holders too; so it is written for them.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import Q

from accounts.models import Organisation, User
from catalog.models import Change
from common.database import tenancy
from common.jobs.dispatch import enqueue

THE_SYSTEM, THE_OPERATOR = "the system", "the operator"
# Asked for after changes that may let shares sum to more than the whole, or to that no more.
SHARES_CHANGED = "catalog.shares_changed"
# What the triggers read: what is said, and under which change set it was kept by now.
SAID, KEPT = "tantieme.changing", "tantieme.change_set"


@contextmanager
def changing(*, by: User | None, reason: str, source: str, actor: str = "") -> Iterator[None]:
    """A transaction whose changes of the catalogue are kept with who, why and from what.

    Nests: what is changed inside an inner one is kept with the inner's words. Nothing is kept of
    one that changes nothing.

    Args:
        by: the person who does it, of whom the operator alone learns; None: a program.
        reason: a sentence for whoever sees the change.
        source: what it came from, such as `admin`, `delivery:<uuid>` or `claim:<id>`.
        actor: for whom it is done; the person's organisation unless it is said.
    """
    words = {
        "actor": actor or _acting_for(by),
        "user": None if by is None else by.pk,
        "reason": reason,
        "source": source,
    }
    with transaction.atomic():
        before = _say(json.dumps(words), "")
        yield
        if not connection.needs_rollback:  # else the rollback takes the words back too
            _, kept = _say(*before)
            if kept:
                _tell_of_shares(int(kept))


def _tell_of_shares(change_set: int) -> None:
    """Have somebody look at the rights whose shares changed, or that merges put together."""
    with tenancy.acting_as(tenancy.SYSTEM):
        changes = Change.objects.filter(change_set=change_set)
        is_a_merge = Q(kind__in=["work", "track"], after__has_key="merged_into_id")
        if changes.filter(Q(kind="share") | is_a_merge & Q(operation="altered")).exists():
            enqueue(SHARES_CHANGED, {"change_set": change_set})


def _say(said: str, kept: str) -> tuple[str, str]:
    """Set both settings until the transaction ends; returns what they were."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting(%(said)s, true), ''),"
            " coalesce(current_setting(%(kept)s, true), '')",
            {"said": SAID, "kept": KEPT},
        )
        said_before, kept_before = cursor.fetchone()
        cursor.execute(
            "SELECT set_config(%s, %s, true), set_config(%s, %s, true)", [SAID, said, KEPT, kept]
        )
    return said_before, kept_before


def _acting_for(person: User | None) -> str:
    """For whom a person acts, as everybody may know it."""
    if person is None:
        return THE_SYSTEM
    organisations = list(Organisation.objects.filter(members=person).order_by("name"))
    kinds = {organisation.kind for organisation in organisations}
    if person.is_staff or not organisations or Organisation.Kind.OPERATOR in kinds:
        return THE_OPERATOR
    return ", ".join(organisation.name for organisation in organisations)[:300]
