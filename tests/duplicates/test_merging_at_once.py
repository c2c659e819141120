"""Two people merge at once, on two real connections: one of them wins."""

from accounts.models import User
from catalog.duplicates.models import Merge
from catalog.duplicates.services.merging import merge
from catalog.models import Party
from tests.royalty.test_ledger_at_commit import in_threads


def test_of_two_opposite_merges_one_wins_and_the_other_is_told(committed_db):
    by = User.objects.create_user("olga@example.org", name="Olga")
    one, other = (Party.objects.create(ref=ref, name=ref) for ref in "ab")
    results = in_threads(
        lambda: merge(one, other, by=by, reason="one name"),
        lambda: merge(other, one, by=by, reason="one name"),
    )
    assert sorted(type(result).__name__ for result in results) == ["Merge", "MergeRefused"]
    made = Merge.objects.get()
    pointing = dict(Party.objects.exclude(merged_into=None).values_list("ref", "merged_into__ref"))
    assert pointing == {made.other.ref: made.survivor.ref}
