"""The benchmark of row-level security fills tables by hand, so a new column must not break it."""

from benchmarks import tenancy


def test_statements_bring_the_same_rows_with_policies_and_without(committed_db, monkeypatch):
    monkeypatch.setattr(tenancy, "N_PERIODS", 10)
    tenancy.fill(2_000)
    brought = {case.name: set() for case in tenancy.CASES}
    for guarded in (False, True):
        tenancy.switch(on=guarded)
        for case in tenancy.CASES:
            brought[case.name].add(tenancy.ask(case, repeats=1)[1])
    assert all(len(counts) == 1 for counts in brought.values()), brought
    assert brought["holder: one statement"] == {1}
    assert brought["holder: newest statements"] == {10}
    assert brought["platform: 2,000 uses taken in"] == {100}
