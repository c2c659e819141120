"""One organisation acts for another, under a grant that the database itself asks for."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError
from django.utils import timezone

from accounts.models import AuditEvent, Delegation, Membership, Scope
from accounts.notices.models import Kind, Notice
from accounts.notices.services import notify, send
from accounts.roles import Act, Role
from accounts.services.keys import create_key
from catalog.models import Consent, Party, Representation, Share, Track, Work
from common.database import tenancy
from tests.portal.people import text
from tests.royalty.attacker import execute

pytestmark = pytest.mark.django_db


def grant(cast, **more) -> Delegation:
    cast.bea.post("/team/delegate/", {"delegate": cast.adas.pk, "acts": ["rights"], **more})
    return Delegation.objects.get()


def act_for_bea(cast, delegation):
    return cast.ada.post(f"/team/delegations/{delegation.pk}/act/")


def names_seen(tenant: str) -> set[str]:
    with tenancy.acting_as(tenant):
        return set(Membership.objects.values_list("user__email", flat=True))


def is_refused(tenant: str, write: Callable[[], object]) -> bool:
    """Whether the database's policies do not let a tenant write this."""
    try:
        with tenancy.acting_as(tenant):
            write()
    except DatabaseError as error:
        return "row-level security" in str(error)
    return False


def test_its_people_act_for_the_other_and_both_see_it(cast):
    delegation = grant(cast)
    for client in (cast.ada, cast.bea):
        page = text(client.get("/team/"))
        assert "Ada’s" in page
        assert "Bea’s" in page
    assert act_for_bea(cast, delegation).url == "/"
    assert "Bea’s" in text(cast.ada.get("/"))
    assert cast.ada.get("/team/").status_code == 403, "its people are its own affair"
    for client in (cast.ada, cast.bea):
        assert "Ada" in text(client.get("/activity/"))


def test_it_ends_in_the_middle_of_a_session(cast):
    delegation = grant(cast)
    act_for_bea(cast, delegation)
    assert "Bea’s" in text(cast.ada.get("/"))
    assert cast.bea.post(f"/team/delegations/{delegation.pk}/end/").url == "/team/"
    assert "Bea’s" not in text(cast.ada.get("/"))
    assert act_for_bea(cast, delegation).status_code == 404


def told(cast, sentence: str) -> dict[str, list[str]]:
    """Whom a sentence was told and for whom, with what became of its e-mail."""
    found = Notice.objects.filter(sentence__contains=sentence).order_by("pk")
    return {each.user.email: [str(each.organisation), each.mail] for each in found}


def test_both_sides_are_told_when_it_begins_and_once_when_it_ends(cast):
    cast.join("max@example.org", cast.adas, Role.VIEWER)
    delegation = grant(cast)
    adas = {name: ["Ada’s", "waiting"] for name in ("ada@example.org", "max@example.org")}
    assert told(cast, "lets Ada’s act") == adas, "Bea did it and knows"
    for client in (cast.ada, cast.bea):
        client.post(f"/team/delegations/{delegation.pk}/end/")
    others = {"max@example.org": ["Ada’s", "waiting"], "bea@example.org": ["Bea’s", "waiting"]}
    assert told(cast, "does not act for Bea’s any more") == others


def test_who_acts_for_another_gets_its_notices_but_not_those_of_its_peoples_accounts(cast, post):
    delegation = grant(cast)
    for kind in (Kind.CLAIM, Kind.SECURITY):
        notify(kind, [cast.beas.pk], f"News: {kind.value}.", "/claims/")
    assert told(cast, "News: claim") == {
        "bea@example.org": ["Bea’s", "waiting"],
        "ada@example.org": ["Bea’s", "waiting"],
    }
    assert set(told(cast, "News: security")) == {"bea@example.org"}
    assert "News: claim" not in text(cast.ada.get("/notices/"))
    act_for_bea(cast, delegation)
    page = cast.ada.get("/notices/")
    assert "News: claim" in text(page)
    assert page.wsgi_request.unread_count == 1
    send(Notice.objects.get(user__email="ada@example.org", kind="claim"), as_of=timezone.now())
    assert "It is about Bea’s" in mail.outbox[-1].body
    cast.bea.post(f"/team/delegations/{delegation.pk}/end/")
    notify(Kind.CLAIM, [cast.beas.pk], "Later.", "/claims/")
    assert set(told(cast, "Later.")) == {"bea@example.org"}


def test_the_database_asks_for_the_grant_whatever_python_says(cast):
    through = f"{cast.beas.tenant}/{cast.adas.pk}"
    assert names_seen(through) == set()
    delegation = grant(cast)
    assert names_seen(through) == {"bea@example.org"}
    assert names_seen(f"{cast.adas.tenant}/{cast.beas.pk}") == set(), "not the other way round"
    for over in (
        {"revoked_at": timezone.now()},
        {"revoked_at": None, "ends_at": timezone.now() - timedelta(hours=1)},
        {"ends_at": None, "starts_at": timezone.now() + timedelta(hours=1)},
    ):
        Delegation.objects.filter(pk=delegation.pk).update(**over)
        assert names_seen(through) == set()


def test_who_is_removed_from_the_delegate_acts_for_nobody(cast):
    delegation = grant(cast)
    act_for_bea(cast, delegation)
    cast.join("max@example.org", cast.adas)
    cast.member("ada@example.org").delete()
    assert "Bea’s" not in text(cast.ada.get("/"))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MANAGER])
def test_one_may_what_the_grant_and_ones_own_role_say(cast, role):
    delegation = grant(cast)
    max_ = cast.join("max@example.org", cast.adas, role)
    max_.post(f"/team/delegations/{delegation.pk}/act/")
    acts = max_.get("/").wsgi_request.acts
    assert acts == ({Act.RIGHTS} if role == Role.MANAGER else set())


def test_what_was_not_asked_for_is_not_granted(cast):
    for sent in ({"delegate": cast.beas.pk}, {"delegate": 10**9}, {"acts": ["people"]}):
        grant_form = {"delegate": cast.adas.pk, **sent}
        assert cast.bea.post("/team/delegate/", grant_form).status_code == 200
    assert not Delegation.objects.exists()
    third = cast.join("tom@example.org", cast.adas)
    delegation = grant(cast)
    assert cast.bea.post(f"/team/delegations/{delegation.pk}/act/").status_code == 404
    third.post(f"/team/delegations/{delegation.pk}/end/")
    assert Delegation.objects.filter(revoked_at=None).count() == 0, "either side ends it"
    assert AuditEvent.objects.filter(act="delegation.revoked", organisation=cast.beas).exists()


@pytest.mark.parametrize("acts", [["rights"], ["money"]])
def test_the_database_lets_a_delegate_write_what_was_granted_and_make_no_key(cast, acts):
    delegation = grant(cast, acts=acts)
    through = f"{cast.beas.tenant}/{cast.adas.pk}"
    with tenancy.acting_as(through):
        assert execute("SELECT tenant_granted_acts()") == [(act,) for act in acts]
    new_key = {"organisation": cast.beas, "name": "k", "scopes": [Scope.READ]}
    assert not is_refused(cast.beas.tenant, lambda: create_key(**new_key))
    assert is_refused(through, lambda: create_key(**new_key))
    Delegation.objects.filter(pk=delegation.pk).update(revoked_at=timezone.now())
    with tenancy.acting_as(through):
        assert execute("SELECT tenant_granted_acts()") == []


@pytest.mark.parametrize(("acts", "is_taken"), [(["rights"], True), (["money"], False)])
def test_the_database_takes_consent_from_a_delegate_for_rights_alone(cast, acts, is_taken):
    grant(cast, acts=acts)
    party = Party.objects.create(ref="B", name="Bea")
    Representation.objects.create(organisation=cast.beas, party=party)
    work = Work.objects.create(ref="w", title="W")
    track = Track.objects.create(ref="t", work=work, title="T")
    Share.objects.create(
        work=work,
        party=party,
        right="composition",
        role="composer",
        share_ppm=1_000_000,
        valid_from=date(2020, 1, 1),
    )
    said = {"track": track, "party": party, "right": "composition", "is_opt_out": True}
    said |= {"basis": "asked", "valid_from": date(2026, 1, 1)}
    through = f"{cast.beas.tenant}/{cast.adas.pk}"
    assert is_refused(through, lambda: Consent.objects.create(**said)) != is_taken
