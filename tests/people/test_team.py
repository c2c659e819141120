"""Invitations, roles and leaving: who gets in, who does not, and who decides."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, Invitation, Membership, Organisation, User
from accounts.notices.models import Notice
from accounts.roles import Role
from catalog.models import Party, Representation
from common.jobs.models import Job
from tests.people.conftest import KINDS, browser, link_in
from tests.portal.people import PASSWORD, text, user

pytestmark = pytest.mark.django_db
NEW = {"name": "Nora", "password": "a rather long password"}


def invite(client: Client, email: str = "nora@example.org", role: str = "viewer"):
    return client.post("/team/invite/", {"email": email, "role": role})


def roles_of(organisation) -> dict[str, str]:
    return dict(organisation.memberships.values_list("user__email", "role"))


def test_whoever_is_invited_makes_an_account_and_is_in(cast, post):
    assert invite(cast.ada).url == "/team/"
    link, nora = link_in(post()), Client()
    assert "Ada’s" in text(nora.get(link))
    assert nora.post(link, NEW).url == "/"
    assert "Ada’s" in text(nora.get("/team/"))
    assert roles_of(cast.adas)["nora@example.org"] == "viewer"
    assert {"person.invited", "person.joined"} <= set(
        AuditEvent.objects.filter(organisation=cast.adas).values_list("act", flat=True)
    )


def test_the_owners_are_told_once_who_accepted(cast, post):
    cast.join("max@example.org", cast.adas, Role.MANAGER)
    invite(cast.ada)
    link = link_in(post())
    for _ in range(2):
        Client().post(link, NEW)
    notice = Notice.objects.get()
    assert notice.user.email == "ada@example.org"
    assert notice.sentence.endswith("accepted the invitation and belongs to Ada’s now.")
    assert Job.objects.filter(kind="notices.send_mail").count() == 1


def test_an_invitation_is_good_once(cast, post):
    invite(cast.ada)
    link = link_in(post())
    Client().post(link, NEW)
    assert Client().get(link).status_code == 410
    assert Client().post(link, NEW).status_code == 410
    assert User.objects.filter(email="nora@example.org").count() == 1


@pytest.mark.parametrize("end", ["expired", "taken back", "sent again", "invited again"])
def test_an_invitation_that_ended_leads_nowhere(cast, post, end):
    invite(cast.ada)
    link, invitation = link_in(post()), Invitation.objects.get()
    if end == "expired":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif end == "taken back":
        cast.ada.post(f"/team/invitations/{invitation.pk}/revoke/")
    elif end == "sent again":
        cast.ada.post(f"/team/invitations/{invitation.pk}/again/")
        assert Client().get(link_in(post())).status_code == 200
    else:
        invite(cast.ada, role="manager")
    assert Client().post(link, NEW).status_code == 410
    assert roles_of(cast.adas) == {"ada@example.org": "owner"}


def test_a_forged_link_leads_nowhere(cast, post):
    invite(cast.ada)
    link = link_in(post())
    assert Client().get(link.replace(":", "x:", 1)).status_code == 410


def test_somebody_else_is_told_so_and_gets_nothing(cast, post):
    invite(cast.ada)
    link = link_in(post())
    answer = cast.bea.post(link)
    assert answer.status_code == 403
    assert "another address than bea@example.org" in text(answer)
    assert "bea@example.org" not in roles_of(cast.adas)


def test_who_has_an_account_signs_in_and_accepts(cast, post):
    invite(cast.ada, "BEA@example.org", "manager")
    link, stranger = link_in(post()), Client()
    assert "Sign in" in text(stranger.get(link))
    assert stranger.post(link, NEW).status_code == 200, "no account is made beside the one there is"
    assert cast.bea.post(link).url == "/"
    assert roles_of(cast.adas)["bea@example.org"] == "manager"
    assert roles_of(cast.beas)["bea@example.org"] == "owner"


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.MANAGER, Role.VIEWER])
def test_only_an_owner_decides_about_people(cast, role):
    other = cast.join("max@example.org", cast.adas, role)
    own = cast.member("max@example.org")
    assert invite(other).status_code == 403
    assert other.post(f"/team/members/{own.pk}/role/", {"role": "owner"}).status_code == 403
    adas = cast.member("ada@example.org")
    assert other.post(f"/team/members/{adas.pk}/remove/").status_code == 403
    assert other.post("/team/delegate/", {"delegate": cast.beas.pk}).status_code == 403
    assert roles_of(cast.adas) == {"ada@example.org": "owner", "max@example.org": role}


def test_a_made_up_role_is_none(cast):
    invite(cast.ada, role="emperor")
    own = cast.member("ada@example.org")
    cast.ada.post(f"/team/members/{own.pk}/role/", {"role": "emperor"})
    assert not Invitation.objects.exists()
    assert roles_of(cast.adas) == {"ada@example.org": "owner"}


def test_what_is_another_organisations_is_not_there(cast, post):
    invite(cast.bea)
    theirs, member = Invitation.objects.get(), cast.member("bea@example.org")
    for path in (
        f"/team/invitations/{theirs.pk}/again/",
        f"/team/invitations/{theirs.pk}/revoke/",
        f"/team/members/{member.pk}/role/",
        f"/team/members/{member.pk}/remove/",
    ):
        assert cast.ada.post(path, {"role": "viewer"}).status_code == 404
    assert "bea@example.org" not in text(cast.ada.get("/team/"))


@pytest.mark.parametrize("how", ["remove", "role"])
def test_the_last_owner_stays_one(cast, how):
    cast.join("max@example.org", cast.adas, Role.MANAGER)
    own = cast.member("ada@example.org")
    answer = cast.ada.post(f"/team/members/{own.pk}/{how}/", {"role": "viewer"}, follow=True)
    assert "make somebody else one first" in text(answer)
    assert roles_of(cast.adas)["ada@example.org"] == "owner"


def test_who_is_removed_is_out_at_their_next_click(cast):
    """In a session that is open, and though the page was loaded before."""
    max_ = cast.join("max@example.org", cast.adas)
    member = cast.member("max@example.org")
    assert "Ada’s" in text(max_.get("/team/"))
    page = text(cast.ada.get(f"/team/members/{member.pk}/remove/"))
    assert "is out of Ada’s at once" in page
    cast.ada.post(f"/team/members/{member.pk}/remove/")
    assert max_.get("/team/").status_code == 403
    assert invite(max_).status_code == 403
    assert "Ada’s" not in text(max_.get("/"))


def test_an_invitation_in_double_is_one(cast, post):
    """Pressed twice: the second replaces the first, so that one link is good."""
    invite(cast.ada)
    invite(cast.ada)
    assert Invitation.objects.filter(revoked_at=None).count() == 1


def test_an_operator_invites_a_partys_person_to_its_own_data(cast, post):
    operator = Organisation.objects.create(name="Operator", kind=KINDS.OPERATOR)
    both = Organisation.objects.create(name="A manager", kind=KINDS.RIGHTS_HOLDER)
    parties = [Party.objects.create(ref=ref, name=f"Party {ref}") for ref in "XY"]
    for party in parties:
        Representation.objects.create(organisation=both, party=party)
    oda = browser(user("oda@example.org", operator))
    sent = {"party": "X", "email": "xaver@example.org"}
    assert oda.post("/team/parties/", sent).url == "/team/parties/"
    Client().post(link_in(post()), NEW)
    membership = Membership.objects.get(user__email="xaver@example.org")
    assert list(membership.organisation.representations.values_list("party__ref")) == [("X",)]
    assert cast.ada.get("/team/parties/").status_code == 403
    assert PASSWORD not in str(AuditEvent.objects.values_list("about", flat=True))


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.VIEWER])
def test_who_only_reads_does_nothing_about_rights_or_programs(cast, role):
    acme = Organisation.objects.create(name="Acme", kind=KINDS.PLATFORM)
    reader, engineer = (
        cast.join(f"{name}@example.org", organisation, role)
        for name, organisation in (("rea", cast.adas), ("eng", acme))
    )
    for path in ("/consent/say/", "/claims/new/"):
        assert reader.post(path, {}).status_code == 403
    assert engineer.get("/keys/").status_code == 200
    assert engineer.post("/keys/", {"name": "mine", "scopes": "read"}).status_code == 403
    assert engineer.post("/keys/1/revoke/").status_code == 403


def test_what_is_done_with_keys_is_on_record(cast):
    acme = Organisation.objects.create(name="Acme", kind=KINDS.PLATFORM)
    manager = cast.join("eng@example.org", acme, Role.MANAGER)
    made = manager.post("/keys/", {"name": "nightly", "scopes": "read"})
    secret = max(re.findall(r"tantieme_\w+", made.content.decode()), key=len)
    log = text(manager.get("/activity/"))
    assert "made a key" in log
    assert "nightly" in log
    assert secret not in log
