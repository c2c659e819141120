"""What fits waits for a person; what is incomplete, repeated or somebody else's is refused."""

import pytest
from django.utils import translation

from catalog.claims.models import Attachment, Claim, Event
from catalog.claims.services.actors import Actor, ClaimError
from catalog.claims.services.attachments import MOST_BYTES, Sent, read_sent
from catalog.claims.services.deciding import accept, refuse, suspend
from catalog.claims.services.filing import MOST_CONTESTED, appeal, comment, file_claim, withdraw
from catalog.models import Role, Share, Track, Work
from tests.claims.conftest import PDF, SINCE

pytestmark = pytest.mark.django_db


def test_a_claim_that_fits_waits_and_is_a_share_once_a_person_accepts_it(cast):
    cast.own("A", 60)
    claim = cast.claim("B", 40)
    assert (claim.status, claim.conflict, claim.share) == ("filed", None, None)
    assert cast.parts() == {"A": 60}
    accepted = accept(claim, cast.steward, "The contract is clear.")
    assert accepted.status == "accepted"
    assert cast.parts(SINCE) == {"A": 60, "B": 40}
    assert accepted.share.valid_from == SINCE
    kinds = list(Event.objects.filter(claim=claim).order_by("pk").values_list("kind", "side"))
    assert kinds == [("filed", "Party B"), ("accepted", "the operator")]


def test_of_two_claims_that_both_fit_the_second_accepted_opens_a_conflict(cast):
    cast.own("A", 60)
    first, second = cast.claim("B", 40), cast.claim("C", 40)
    assert accept(first, cast.steward).status == "accepted"
    contested = accept(second, cast.steward)
    assert contested.status == "contested"
    assert contested.conflict.is_open
    assert cast.parts() == {"A": 60, "B": 40, "C": 40}


def test_what_was_withdrawn_meanwhile_cannot_be_accepted_nor_the_other_way_round(cast):
    claim = cast.claim("B", 40)
    stale = Claim.objects.get(pk=claim.pk)
    withdraw(claim, cast.actors["B"])
    with pytest.raises(ClaimError, match="withdrawn meanwhile"):
        accept(stale, cast.steward)
    assert not Share.objects.exists()
    other = cast.claim("B", 40)
    accept(other, cast.steward)
    with pytest.raises(ClaimError, match="accepted; it does not wait"):
        withdraw(other, cast.actors["B"])


def test_a_refusal_says_why(cast):
    claim = cast.claim("B", 40)
    with pytest.raises(ClaimError, match="Say why"):
        refuse(claim, cast.steward, "  ")
    refuse(claim, cast.steward, "The signature is missing.")
    assert Event.objects.get(claim=claim, kind="refused").words == "The signature is missing."
    assert cast.claim("B", 40).status == "filed", "and it may be claimed again"


def test_refusals_speak_the_readers_language(cast):
    cast.own("B", 12.5)
    with translation.override("de"):
        with pytest.raises(ClaimError, match=r"bereits 12,5 % \(Komponist"):
            cast.claim("B", 40)
        with pytest.raises(ClaimError, match="Darüber entscheiden nur die Betreiber"):
            accept(cast.claim("C", 10), cast.actors["C"])


def test_nobody_decides_about_a_claim_but_the_operator(cast):
    claim = cast.claim("B", 40)
    for decide in (accept, lambda *about: refuse(*about, "no"), lambda *about: suspend(*about, "")):
        with pytest.raises(ClaimError, match="Only the people who run the service"):
            decide(claim, cast.actors["B"])


def test_a_claim_is_taken_back_and_added_to_by_its_claimant_alone(cast):
    claim = cast.claim("B", 40)
    for act in (withdraw, lambda *about: comment(*about, "hm"), lambda *about: appeal(*about, "h")):
        with pytest.raises(ClaimError, match="somebody else's"):
            act(claim, cast.actors["C"])
    comment(claim, cast.actors["B"], "Here is another page.", [PDF])
    assert Attachment.objects.filter(event__claim=claim).count() == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"share_ppm": 0}, "more than 0"),
        ({"share_ppm": 1_000_001}, "at most 100 %"),
        ({"basis": " "}, "by what it is yours"),
        ({"role": Role.LABEL}, "has no share of a composition"),
        ({"valid_until": SINCE}, "ends before it begins"),
    ],
)
def test_an_incomplete_claim_is_refused(cast, changes, sentence):
    with pytest.raises(ClaimError, match=sentence):
        cast.claim("B", 40, **changes)
    assert not Claim.objects.exists()


def test_a_claim_needs_a_document_or_a_declaration(cast):
    with pytest.raises(ClaimError, match="declare that the claim is true"):
        file_claim(cast.draft("B", 40), cast.actors["B"])
    assert file_claim(cast.draft("B", 40, is_declared=True), cast.actors["B"]).is_declared


def test_one_claims_for_those_whom_one_represents_and_the_operator_for_anybody(cast):
    with pytest.raises(ClaimError, match="You do not act for Party A"):
        file_claim(cast.draft("A", 40), cast.actors["B"], [PDF])
    assert file_claim(cast.draft("A", 40), cast.steward, [PDF]).organisation is None


def test_a_claim_is_not_made_twice_nor_to_what_one_has(cast):
    cast.claim("B", 40)
    with pytest.raises(ClaimError, match="already"):
        cast.claim("B", 10)
    cast.own("A", 60)
    with pytest.raises(ClaimError, match="has 60 % as composer"):
        cast.claim("A", 10)


def test_a_merged_work_is_claimed_as_what_it_was_found_to_be(cast):
    other = Work.objects.create(ref="other", title="Other", merged_into=cast.song)
    with pytest.raises(ClaimError, match="claim that one instead"):
        cast.claim("B", 40, subject=other)


def test_a_recording_is_claimed_by_those_who_made_it(cast):
    track = Track.objects.create(ref="t", work=cast.song, title="A take")
    claim = cast.claim("B", 100, subject=track, role=Role.PERFORMER)
    assert accept(claim, cast.steward).share.track == track
    with pytest.raises(ClaimError, match="no share of a recording"):
        cast.claim("C", 100, subject=track)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", b"MZ\x90 program"), ("a.svg", b"<svg onload=alert(1)>"), ("a.png", b"")],
)
def test_a_file_is_what_its_bytes_say_and_nothing_else_is_kept(cast, name, content):
    with pytest.raises(ClaimError, match="no PDF, PNG or JPEG"):
        file_claim(cast.draft("B", 40), cast.actors["B"], [Sent(name, content)])
    assert not Claim.objects.exists()


def test_a_file_that_is_too_large_is_not_read_to_its_end():
    class Endless:
        asked = 0

        def read(self, most: int) -> bytes:
            self.asked = most
            return b"%" * most

    endless = Endless()
    with pytest.raises(ClaimError, match="larger than 10 MB"):
        read_sent("a.pdf", endless)
    assert endless.asked == MOST_BYTES + 1


def test_a_files_name_leads_nowhere(cast):
    sent = Sent("..\\..\\etc/pass\r\nwd.pdf", PDF.content)
    file_claim(cast.draft("B", 40), cast.actors["B"], [sent])
    kept = Attachment.objects.get()
    assert kept.name == "passwd.pdf"
    assert kept.storage_name == f"claims/{kept.sha256[:2]}/{kept.sha256}"


def test_an_organisation_contests_so_much_at_a_time(cast):
    for number in range(MOST_CONTESTED + 1):
        work = Work.objects.create(ref=f"w{number}", title="W")
        cast.own("A", 100, work=work)
        if number < MOST_CONTESTED:
            assert cast.claim("B", 100, subject=work).status == "contested"
            continue
        with pytest.raises(ClaimError, match="10 claims of yours are contested"):
            cast.claim("B", 100, subject=work)
        assert not Claim.objects.filter(work=work).exists(), "nothing is half-written"
        assert Share.objects.filter(work=work).count() == 1


def test_a_suspended_claim_holds_nothing_and_may_be_appealed_against_once(cast):
    cast.own("A", 100)
    claim = cast.claim("B", 100)
    suspended = suspend(claim, cast.steward, "No document names B.")
    assert suspended.status == "suspended"
    assert cast.parts() == {"A": 100}
    conflict = claim.conflict
    conflict.refresh_from_db()
    assert conflict.outcome == "yielded"
    again = appeal(suspended, cast.actors["B"], "Page 3 does.", [PDF])
    assert again.status == "filed"
    contested = accept(again, cast.steward)
    assert contested.status == "contested"
    assert contested.conflict != conflict
    suspended = suspend(contested, cast.steward, "It does not.")
    with pytest.raises(ClaimError, match="appealed before"):
        appeal(suspended, cast.actors["B"], "It does!")


def test_an_actor_of_no_party_is_told_as_the_organisation(cast):
    claim = cast.claim("B", 40)
    nobody = Actor(cast.actors["C"].user, cast.actors["C"].organisation)
    assert nobody.side([claim.party]) == "Cai"
