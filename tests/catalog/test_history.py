"""Every change of a right is kept, whoever makes it and however, with who and why."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Organisation, User
from catalog.models import Change, ChangeAuthor, ChangeSet, Party, Share, Track, Work
from catalog.services.history import changing

pytestmark = pytest.mark.django_db

MAY = date(2026, 5, 1)


@pytest.fixture
def song() -> Work:
    return Work.objects.create(ref="song", title="Song")


@pytest.fixture
def ada() -> Party:
    return Party.objects.create(ref="ada", name="Ada Adams")


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann@example.org", name="Ann")


def own(party: Party, work: Work, ppm: int = 600_000, since: date = MAY) -> Share:
    return Share.objects.create(
        party=party,
        work=work,
        right="composition",
        role="composer",
        share_ppm=ppm,
        valid_from=since,
    )


def run(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def last(kind: str) -> Change:
    return Change.objects.filter(kind=kind).latest("pk")


def test_a_share_that_is_made_altered_and_removed_is_kept_thrice(song, ada):
    share = own(ada, song)
    Share.objects.filter(pk=share.pk).update(share_ppm=500_000)
    run("DELETE FROM catalog_share WHERE id = %s", share.pk)
    made, altered, removed = Change.objects.filter(kind="share").order_by("pk")
    assert (made.operation, made.after["share_ppm"], made.before) == ("made", 600_000, None)
    assert altered.before == {"share_ppm": 600_000}
    assert altered.after == {"share_ppm": 500_000}
    assert (removed.before["share_ppm"], removed.after) == (500_000, None)
    assert {each.of_work for each in (made, altered, removed)} == {song.pk}
    assert made.at < altered.at < removed.at


def test_what_is_written_as_it_was_is_no_change(song):
    before = Change.objects.count()
    song.save()
    Work.objects.filter(ref="nothing").update(title="x")
    assert Change.objects.count() == before


def test_many_rows_of_one_statement_are_one_change_each(song):
    tracks = Track.objects.bulk_create(
        Track(ref=f"t{number}", work=song, title="T") for number in range(5)
    )
    Track.objects.filter(pk__in=[track.pk for track in tracks[:2]]).update(title="U")
    kept = Change.objects.filter(kind="track").values_list("of_track", "operation")
    assert sorted(kept) == sorted(
        [(track.pk, "made") for track in tracks] + [(track.pk, "altered") for track in tracks[:2]]
    )


def test_raw_sql_and_upserts_do_not_escape(song):
    insert = "INSERT INTO catalog_party (ref, name, kind, ipi_name, ipi_base, isni, ddex_party_id,"
    run(
        f"{insert} created_at) VALUES ('b', 'Ben', '', '', '', '', '', now())"
        " ON CONFLICT (ref) DO UPDATE SET name = excluded.name"
    )
    assert last("party").operation == "made"
    run(
        f"{insert} created_at) VALUES ('b', 'Benn', '', '', '', '', '', now())"
        " ON CONFLICT (ref) DO UPDATE SET name = excluded.name"
    )
    assert last("party").before == {"name": "Ben"}


def test_a_share_that_passes_to_another_work_stands_in_both_histories(song, ada):
    other = Work.objects.create(ref="other", title="Other")
    share = own(ada, song)
    Share.objects.filter(pk=share.pk).update(work=other)
    moved = Change.objects.filter(kind="share", operation="altered")
    assert {each.of_work for each in moved} == {song.pk, other.pk}
    assert all(each.before == {"work_id": song.pk} for each in moved)
    assert all(each.after["share_ppm"] == 600_000 for each in moved)


def test_who_and_why_are_said_around_the_changes(song, ada, ann):
    with changing(by=ann, reason="Told so by letter.", source="admin"):
        own(ada, song)
        song.title = "Song 2"
        song.save()
    kept = ChangeSet.objects.get()
    assert (kept.actor, kept.reason, kept.source) == (
        "the operator",
        "Told so by letter.",
        "admin",
    )
    assert kept.changes.count() == 2
    assert ChangeAuthor.objects.get().user == ann
    song.title = "Song 3"
    song.save()
    assert last("work").change_set is None


def test_a_rights_holders_change_is_its_organisations(song, ann):
    ann.organisations.add(Organisation.objects.create(name="Ada's", kind="rights_holder"))
    with changing(by=ann, reason="Ours.", source="claim:1"):
        song.delete()
    assert ChangeSet.objects.get().actor == "Ada's"


def test_words_nest_and_end(song, ada):
    with changing(by=None, reason="outer", source="a"):
        song.save()
        with changing(by=None, reason="inner", source="b"):
            own(ada, song)
        Work.objects.update(title="x")
        Work.objects.update(title="y")
    assert list(ChangeSet.objects.order_by("pk").values_list("reason", flat=True)) == [
        "inner",
        "outer",
    ]
    assert [change.change_set.reason for change in Change.objects.filter(kind="work")[1:]] == [
        "outer",
        "outer",
    ]


def test_nothing_is_kept_of_what_changed_nothing_or_was_undone(song, ada):
    with changing(by=None, reason="nothing", source="a"):
        Work.objects.filter(ref="none").delete()
        song.save()
    with pytest.raises(ValueError, match="no"), changing(by=None, reason="undone", source="a"):
        own(ada, song)
        raise ValueError("no")
    assert not ChangeSet.objects.exists()
    assert not Change.objects.filter(kind="share").exists()
    own(ada, song)
    assert last("share").change_set is None


def test_after_an_inner_one_was_undone_the_outer_goes_on(song, ada):
    with changing(by=None, reason="outer", source="a"):
        with pytest.raises(ValueError, match="no"), changing(by=None, reason="in", source="b"):
            own(ada, song)
            raise ValueError("no")
        own(ada, song)
    assert last("share").change_set.reason == "outer"


@pytest.mark.parametrize("table", ["catalog_change", "catalog_changeset", "catalog_changeauthor"])
@pytest.mark.parametrize("attack", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_history_is_not_altered(song, ann, table, attack):
    with changing(by=ann, reason="r", source="s"):
        Work.objects.update(title="x")
    column = "user_id" if table.endswith("author") else "at"
    with pytest.raises(DatabaseError), transaction.atomic():
        run(attack.format(table, column, column))


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("work", "iswc", "T-034.524.680-1"),
        ("track", "isrc", "US-RC1-76-07839"),
        ("track", "release_ean", "036000291452"),
        ("party", "ipi_name", "14107338"),
        ("party", "ipi_base", "I-000000229-7"),
        ("party", "isni", "0000 0001 2281 955X"),
        ("party", "ddex_party_id", "PADPIDA2007040502-"),
    ],
)
def test_the_database_keeps_normal_forms_alone(song, ada, kind, field, value):
    Track.objects.create(ref="t", work=song, title="T")
    with pytest.raises(DatabaseError), transaction.atomic():
        run(f"UPDATE catalog_{kind} SET {field} = %s", value)


@pytest.mark.parametrize("kind", [Work, Track, Party])
@pytest.mark.parametrize("link", ["derived_from", "merged_into"])
def test_versions_and_merges_do_not_go_round_in_a_circle(song, kind, link):
    if kind is Party and link == "derived_from":
        return
    extra = {Work: {"title": "x"}, Track: {"title": "x", "work": song}, Party: {"name": "x"}}[kind]
    first, second, third = (kind.objects.create(ref=name, **extra) for name in "abc")
    for version, origin in ((first, second), (second, third)):
        setattr(version, link, origin)
        version.save()
    run("SET CONSTRAINTS ALL IMMEDIATE")
    setattr(third, link, first)
    with pytest.raises(DatabaseError, match="leads back to itself"), transaction.atomic():
        third.save()


def test_two_halves_of_a_circle_that_come_at_once_are_found(committed_db):
    """The second transaction's look waits for the first to commit, and then sees it."""
    with psycopg.connect(**parameters()) as first, psycopg.connect(**parameters()) as second:
        for each in (first, second):
            each.execute("SET tantieme.tenant = 'system'")
            each.commit()
        insert = "INSERT INTO catalog_work (ref, title, version, collection, iswc, language,"
        first.execute(
            f"{insert} created_at) SELECT n, n, '', '', '', '', now()"
            " FROM unnest('{a,b}'::text[]) n"
        )
        first.commit()
        link = (
            "UPDATE catalog_work SET merged_into_id = (SELECT id FROM catalog_work WHERE ref = %s)"
            " WHERE ref = %s"
        )
        first.execute(link, ["b", "a"])
        first.execute("SET CONSTRAINTS ALL IMMEDIATE")
        second.execute(link, ["a", "b"])
        with ThreadPoolExecutor(1) as aside:
            committed = aside.submit(second.commit)
            first.commit()
            with pytest.raises(psycopg.IntegrityError, match="leads back to itself"):
                committed.result(timeout=20)


def parameters() -> dict[str, object]:
    """Where another connection of the application's role finds the database."""
    settings = connection.get_connection_params()
    wanted = ("dbname", "user", "password", "host", "port")
    return {name: settings[name] for name in wanted if name in settings}
