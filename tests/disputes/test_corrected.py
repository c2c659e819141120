"""From an upheld objection to the correction on a statement, without leaving the portal."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from accounts.notices.models import Notice
from catalog.models import Share
from royalty.disputes.models import Dispute
from royalty.models import Restatement, Statement
from royalty.selectors.verification import verify_ledger
from tests.disputes.test_disputes import address, objected  # noqa: F401 fixture
from tests.portal.people import text
from tests.portal.test_statement_pages import settle_november
from tests.royalty.cast import own
from tests.royalty.conftest import take  # noqa: F401 fixture
from tests.royalty.payees import open_month

pytestmark = pytest.mark.django_db


@pytest.fixture
def upheld(people, address) -> Dispute:  # noqa: F811 fixture
    dispute = objected(people, address)
    people.oda.post(f"/disputes/{dispute.pk}/uphold/", {"words": "You wrote a part of it."})
    return dispute


@pytest.fixture
def page(month) -> str:
    return f"/close/{month.period.pk}/restate/"


def mend(month) -> None:
    """A wrote three tenths of what B had alone."""
    work = month.tracks["T2"].work
    Share.objects.filter(work=work, party__ref="B").update(share_ppm=700_000)
    own(month, work, "A", 300_000)


def asked(november, *objections: Dispute, seen: str = "") -> dict[str, object]:
    return {
        "into": november.pk,
        "kind": "dispute",
        "reason": "A wrote a part of it.",
        "objections": [each.pk for each in objections],
        "seen": seen,
    }


def seen_on(answer) -> str:
    return answer.context["form"]["seen"].value()


def test_a_restatement_in_the_portal_corrects_it_and_both_pages_lead_to_each_other(
    people,
    month,
    take,  # noqa: F811 fixture
    upheld,
    page,
):
    def restate(november):
        mend(month)
        assert page in people.oda.get(f"/disputes/{upheld.pk}/").content.decode()
        assert upheld.title in text(people.oda.get(page))
        shown = people.oda.post(page, asked(november, upheld))
        assert "1.82 EUR more go to 1 party." in text(shown)
        assert "1.82 EUR are taken back from 1 party." in text(shown)
        assert not Restatement.objects.exists(), "only shown so far"
        told = asked(november, upheld, seen=seen_on(shown))
        assert people.oda.post(page, told).status_code == 302

    settle_november(month, take, restate)
    upheld.refresh_from_db()
    assert upheld.restatement == Restatement.objects.get()
    assert verify_ledger() == []
    assert AuditEvent.objects.filter(act="period.restate").count() == 1
    statement = Statement.objects.get(party__ref="A", period__starts_on__month=11)
    objection = people.ada.get(f"/disputes/{upheld.pk}/")
    assert f'href="/statements/{statement.pk}/"' in objection.content.decode()
    assert "The correction stands on the statement of November 2026" in text(objection)
    assert "corrected the amount" in text(objection)
    assert "all that changed for this payee: EUR 1.82" in text(objection)
    assert f"This answers your objection: {upheld.title}" in text(
        people.ada.get(f"/statements/{statement.pk}/")
    )
    news = Notice.objects.filter(kind="dispute", user__email="ada@example.org")
    assert news.filter(sentence__startswith="What was objected to is corrected").exists()


def test_what_changed_since_it_was_shown_is_shown_anew(people, month, page, upheld):
    november = open_month(month)
    mend(month)
    seen = seen_on(people.oda.post(page, asked(november)))
    work = month.tracks["T2"].work
    Share.objects.filter(work=work, party__ref="B").update(share_ppm=600_000)
    Share.objects.filter(work=work, party__ref="A").update(share_ppm=400_000)
    again = people.oda.post(page, asked(november, seen=seen))
    assert again.status_code == 200
    assert seen_on(again) != seen
    assert not Restatement.objects.exists()


def test_the_same_sums_for_another_party_are_shown_anew(people, month, page):
    november = open_month(month)
    work = month.tracks["T2"].work
    Share.objects.filter(work=work, party__ref="B").update(share_ppm=700_000)
    own(month, work, "A", 300_000)
    before = people.oda.post(page, asked(november))
    Share.objects.filter(work=work, party__ref="A").update(party=month.parties["C"])
    after = people.oda.post(page, asked(november, seen=seen_on(before)))
    assert "more go to 1 party." in text(before)
    assert after.context["sentences"] == before.context["sentences"]
    assert after.status_code == 200
    assert not Restatement.objects.exists()


def test_pressed_twice_it_is_restated_once(people, month, page):
    november = open_month(month)
    mend(month)
    told = asked(november, seen=seen_on(people.oda.post(page, asked(november))))
    assert people.oda.post(page, told).status_code == 302
    assert "nothing to restate" in text(people.oda.post(page, told))
    assert Restatement.objects.count() == 1


def test_where_nothing_changed_it_says_so_and_posts_nothing(people, month, page, upheld):
    november = open_month(month)
    answer = text(people.oda.post(page, asked(november, upheld)))
    assert "nothing to restate" in answer
    upheld.refresh_from_db()
    assert upheld.restatement is None


def test_a_month_with_no_later_one_has_nowhere_to_post(people, page):
    assert "Select a valid choice" in text(people.oda.post(page, {"into": "1", "kind": "dispute"}))


def test_an_objection_that_is_not_upheld_cannot_be_called_corrected(
    people,
    month,
    address,  # noqa: F811 fixture
    page,
):
    dispute, november = objected(people, address), open_month(month)
    mend(month)
    shown = people.oda.post(page, asked(november, dispute))
    assert not Restatement.objects.exists()
    assert shown.status_code == 200
    people.oda.post(page, asked(november, seen=seen_on(people.oda.post(page, asked(november)))))
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispute.objects.filter(pk=dispute.pk).update(restatement=Restatement.objects.get())


def test_only_who_may_move_money_restates(people, page):
    for one in (people.ada, people.pia, people.nils):
        assert one.get(page).status_code in {403, 404}
    assert people.nobody.get(page).status_code == 302
