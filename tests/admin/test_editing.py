"""What the operator edits is checked, and what the database refuses is told in a sentence."""

from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import Membership, Organisation, User
from catalog.admin import ShareAdmin
from catalog.models import Change, Party, Platform, Representation, Share
from common.jobs import dispatch
from common.jobs.models import Job
from royalty.models import Contract
from tests.admin.conftest import address
from tests.royalty.cast import World, sign


def errors(response) -> str:
    """All that a page complains of; the page must be a page."""
    assert response.status_code == 200
    form = response.context["adminform"].form
    return " ".join(message for messages in form.errors.values() for message in messages)


def told(client: Client, response) -> str:
    """The message that the next page shows."""
    assert response.status_code == 302, response.context and errors(response)
    return " ".join(str(message) for message in client.get(response.url).context["messages"])


def share_of(world: World, **changes: object) -> dict[str, object]:
    return {
        "work": world.tracks["T1"].work_id,
        "track": "",
        "party": world.parties["B"].pk,
        "right": "composition",
        "role": "composer",
        "share_ppm": 250_000,
        "valid_from": "2026-01-01",
        "valid_until": "",
        **changes,
    }


def test_a_share_is_added_and_ended(operator, world):
    add = address(Share, "add")
    assert "was added" in told(operator, operator.post(add, share_of(world)))
    share = Share.objects.get(party=world.parties["B"], work=world.tracks["T1"].work)
    ended = share_of(world, valid_until="2026-07-01")
    assert "changed" in told(operator, operator.post(address(Share, "change", share.pk), ended))
    share.refresh_from_db()
    assert str(share.valid_until) == "2026-07-01"
    assert LogEntry.objects.filter(object_id=str(share.pk)).count() == 2, "and it is noted who did"


def test_the_history_tells_who_edited_and_why(operator, olga, world):
    share = Share.objects.get(party=world.parties["A"], work=world.tracks["T1"].work)
    page = address(Share, "change", share.pk)
    form = share_of(world, party=world.parties["A"].pk, valid_from="2020-01-01", share_ppm=900_000)
    assert "changed" in told(
        operator, operator.post(page, form | {"change_reason": "A letter of 2 May."})
    )
    change = Change.objects.filter(kind="share").latest("pk")
    assert change.before == {"share_ppm": 1_000_000}
    assert (change.change_set.source, change.change_set.reason) == ("admin", "A letter of 2 May.")
    assert (change.change_set.actor, change.change_set.author.user) == ("the operator", olga)


def test_identifiers_are_kept_in_their_normal_form_however_they_are_typed(operator, world):
    party = world.parties["A"]
    page = address(Party, "change", party.pk)
    form = {
        "ref": "A",
        "name": "Party A",
        "representations-TOTAL_FORMS": 0,
        "representations-INITIAL_FORMS": 0,
    }
    told(operator, operator.post(page, form | {"isni": "ISNI 0000 0001 2281 955x"}))
    party.refresh_from_db()
    assert party.isni == "000000012281955X"
    wrong = errors(operator.post(page, form | {"isni": "0000 0001 2281 9551"}))
    assert "its check digit is 1, and would be X" in wrong


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"share_ppm": 1_000_001}, "from 1 to 1,000,000 ppm"),
        ({"share_ppm": 0}, "from 1 to 1,000,000 ppm"),
        ({"right": "recording"}, "names its work, a recording's its track"),
        ({"work": ""}, "names its work, a recording's its track"),
        ({"valid_until": "2025-01-01"}, "It ends before it begins."),
        ({"party": ""}, "This field is required."),
        ({"work": 10**9}, "Select a valid choice."),
        ({"role": "thief"}, "Select a valid choice."),
        ({"valid_from": "someday"}, "Enter a valid date."),
    ],
)
def test_a_wrong_share_is_refused_with_what_is_wrong(changes, sentence, operator, world):
    before = Share.objects.count()
    page = operator.post(address(Share, "add"), share_of(world, **changes))
    assert sentence in errors(page)
    assert Share.objects.count() == before


def test_a_share_that_overlaps_another_is_refused_with_what_to_do(operator, world):
    existing = Share.objects.get(work=world.tracks["T1"].work)
    again = share_of(world, party=existing.party_id)
    assert "end that one first" in errors(operator.post(address(Share, "add"), again))


def test_a_second_person_of_the_same_address_is_refused(operator, world):
    again = {"email": "ANN@example.org", "password1": "a good password", "password2": "x"}
    page = operator.post(address(User, "add"), again)
    assert page.status_code == 200
    assert User.objects.filter(email__iexact="ann@example.org").count() == 1


def test_terms_of_a_contract_stay_whatever_is_posted(operator, world):
    contract = world.contract
    posted = {"code": "other", "commission_ppm": 1, "currency": "USD", "valid_until": "2027-01-01"}
    told(operator, operator.post(address(Contract, "change", contract.pk), posted))
    contract.refresh_from_db()
    assert (contract.code, contract.commission_ppm) == ("studio-2026", 300_000)
    assert str(contract.valid_until) == "2027-01-01"


def test_a_contract_in_an_unknown_currency_is_refused(operator, world):
    terms = {
        "platform": world.platform.pk,
        "code": "new",
        "name": "New",
        "service": "club",
        "composition_ppm": 1_000_000,
        "allocation_model": "pro_rata",
        "commission_ppm": 100_000,
        "fallback": "held",
        "idle_subscribers": "pool",
        "unverified_features": "hold",
        "currency": "XXX",
        **{"guarantee_minor": 0, "holding_months": 36, "payment_days": 30, "vat_ppm": 0},
        **{"period_months": 1, "reporting_days": 5},
        "valid_from": "2026-01-01",
    }
    assert "not a currency known here" in errors(operator.post(address(Contract, "add"), terms))
    terms |= {"currency": "EUR", "service": "studio"}
    page = operator.post(address(Contract, "add"), terms)
    assert "has a contract on some of these days" in errors(page)
    terms |= {"service": "club"}
    sign(world.platform, code="radio", service="radio", most_favoured=True)
    message = told(operator, operator.post(address(Contract, "add"), terms))
    assert "radio is most favoured, but new has a commission of 10 %, not 30 %." in message
    assert Contract.objects.filter(code="new").exists()


def test_a_contract_cannot_be_prolonged_into_the_next_one(operator, world):
    contract = world.contract
    change = address(Contract, "change", contract.pk)
    told(operator, operator.post(change, {"valid_until": "2027-01-01"}))
    sign(world.platform, code="studio-2027", name="Studio 2027", valid_from=date(2027, 1, 1))
    assert "before it begins" in errors(operator.post(change, {"valid_until": "2025-02-01"}))
    page = operator.post(change, {"valid_until": "2027-02-01"})
    assert "has a contract on some of these days" in errors(page)


def test_what_only_the_database_sees_is_told_in_the_rules_words(operator, world, monkeypatch):
    """Somebody else wrote an overlapping share between the form's check and our write."""
    monkeypatch.setattr(Share, "validate_constraints", lambda *_, **__: None)
    existing, before = Share.objects.get(work=world.tracks["T1"].work), Share.objects.count()
    response = operator.post(address(Share, "add"), share_of(world, party=existing.party_id))
    message = told(operator, response)
    assert message.startswith("The database refused this: The party has a share")
    assert message.endswith("end that one first. Nothing was changed.")
    assert Share.objects.count() == before


def test_what_the_database_sees_only_at_the_end_is_told_too(operator, world, monkeypatch):
    """Somebody else removed the party meanwhile; foreign keys are looked at last."""
    monkeypatch.setattr(
        ShareAdmin, "save_model", lambda _admin, _request, share, *_: save_for_nobody(share)
    )
    message = told(operator, operator.post(address(Share, "add"), share_of(world)))
    assert "violates foreign key constraint" in message
    assert "was added" not in message
    assert operator.get(address(Share, "changelist")).status_code == 200


def save_for_nobody(share: Share) -> None:
    share.party_id = 10**9
    share.save()


def test_a_kind_of_organisation_stays(operator, world):
    organisation = world.platform.organisation
    posted = {
        "name": "Acme Ltd",
        "kind": "operator",
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
        "keys-TOTAL_FORMS": 0,
        "keys-INITIAL_FORMS": 0,
    }
    told(operator, operator.post(address(Organisation, "change", organisation.pk), posted))
    organisation.refresh_from_db()
    assert (organisation.name, organisation.kind) == ("Acme Ltd", "platform")


def test_somebody_is_let_into_an_organisation_and_out_again(operator, world):
    organisation = world.platform.organisation
    url = address(Organisation, "change", organisation.pk)
    frame = {
        "name": "Acme",
        "keys-TOTAL_FORMS": 0,
        "keys-INITIAL_FORMS": 0,
        "memberships-TOTAL_FORMS": 1,
        "memberships-0-organisation": organisation.pk,
        "memberships-0-user": world.ann.pk,
        "memberships-0-role": "viewer",
    }
    told(operator, operator.post(url, frame | {"memberships-INITIAL_FORMS": 0}))
    membership = Membership.objects.get(user=world.ann, organisation=organisation)
    frame |= {"memberships-INITIAL_FORMS": 1, "memberships-0-id": membership.pk}
    told(operator, operator.post(url, frame | {"memberships-0-DELETE": "on"}))
    assert not Membership.objects.filter(pk=membership.pk).exists()


def test_a_representation_is_made_once_and_can_be_removed(operator, world):
    existing = Representation.objects.get()
    again = {"organisation": existing.organisation_id, "party": existing.party_id}
    page = operator.post(address(Representation, "add"), again)
    assert "acts for this party already" in errors(page)
    operator.post(address(Representation, "delete", existing.pk), {"post": "yes"})
    assert not Representation.objects.exists()


def test_a_key_is_revoked_and_stays_revoked_since_then(operator, world):
    key = world.platform.organisation.keys.get()
    action = {"action": "revoke", "_selected_action": [str(key.pk)]}
    operator.post(address(type(key), "changelist"), action)
    key.refresh_from_db()
    first = key.revoked_at
    assert first is not None
    operator.post(address(type(key), "changelist"), action)
    key.refresh_from_db()
    assert key.revoked_at == first


def test_a_failed_job_is_queued_again_and_no_other(
    operator, world, monkeypatch, django_capture_on_commit_callbacks
):
    sent: list[str] = []
    monkeypatch.setattr(
        dispatch.current_app, "send_task", lambda name, args, **_: sent.append(args[0])
    )
    failed = Job.objects.get(kind="slow.work")
    done = Job.objects.create(kind="slow.work", tenant="system", status=Job.Status.SUCCEEDED)
    action = {"action": "queue_again", "_selected_action": [str(failed.pk), str(done.pk)]}
    with django_capture_on_commit_callbacks(execute=True):
        response = operator.post(address(Job, "changelist"), action)
    assert "1 queued again. 1 had not failed" in told(operator, response)
    failed.refresh_from_db()
    done.refresh_from_db()
    assert (failed.status, failed.attempt, failed.error) == (Job.Status.QUEUED, 0, "")
    assert done.status == Job.Status.SUCCEEDED
    assert sent == [str(failed.pk)]


def test_a_reader_may_look_and_neither_revoke_nor_retry(olga, browsing, world):
    olga.is_superuser = False
    olga.save()
    olga.user_permissions.add(*Permission.objects.filter(codename__startswith="view_"))
    client = browsing(olga)
    for model in (Job, type(world.platform.organisation.keys.get()), Platform, Contract):
        url = address(model, "changelist")
        page = client.get(url)
        assert page.status_code == 200
        assert "queue_again" not in page.content.decode()
        assert client.get(address(model, "add")).status_code == 403
    key = world.platform.organisation.keys.get()
    client.post(
        address(type(key), "changelist"),
        {"action": "revoke", "_selected_action": [str(key.pk)]},
    )
    key.refresh_from_db()
    assert key.revoked_at is None
