"""A platform hands in a file that it uploaded: a job takes it in, and tells of every line."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from accounts.webhooks.models import Event
from common.uploads.models import Upload
from royalty.models import IntakeFile, SentFile, UsageEvent
from tests.api.conftest import problem
from tests.api.uploaded import hand_in, lines, result_of, sealed, work
from tests.royalty.cast import revenue_lines, usage_line, usage_lines

GOOD = usage_line(1, "U1", "G1", 3)
BAD = usage_line(2, "U1", "G1", 1) | {"count": -1}
UNKNOWN = usage_line(3, "U2", "nobody's", 1)


@pytest.fixture
def send(acme, world):
    """Hand a file of uses in, and let a worker do what was asked; returns the document."""

    def hand_in_and_work(content: bytes, name: str = "", **said):
        upload = sealed(world.platform.organisation, content, name)
        response = hand_in(acme, upload, **said)
        assert response.status_code == 202, response.content
        work()
        return acme.get(f"intake-files/{response.json()['id']}").json()

    return hand_in_and_work


def counted(document) -> tuple:
    return tuple(document[name] for name in ("status", "events", "new", "known", "refused"))


def test_a_file_waits_for_a_worker_and_is_then_taken(acme, world):
    upload = sealed(world.platform.organisation, lines(usage_lines()), "october.ndjson")
    response = hand_in(acme, upload)
    waiting = response.json()
    assert response.status_code == 202
    assert response["Location"] == waiting["url"]
    assert counted(waiting) == ("queued", None, None, None, None)
    assert waiting["job"] is not None
    assert not UsageEvent.objects.exists()
    work()
    document = acme.get(f"intake-files/{waiting['id']}").json()
    assert counted(document) == ("taken", 5, 5, 0, 0)
    assert (document["name"], document["kind"], document["sha256"]) == (
        "october.ndjson",
        "usage",
        upload.sha256,
    )
    assert document["result_url"] is None
    assert acme.get(waiting["job"].rpartition("/v1/")[2]).json()["status"] == "succeeded"
    assert UsageEvent.objects.count() == 5


def test_revenue_comes_as_a_file_too(acme, world):
    upload = sealed(world.platform.organisation, lines(revenue_lines()), purpose="revenue")
    document = hand_in(acme, upload).json()
    work()
    assert counted(acme.get(f"intake-files/{document['id']}").json()) == ("taken", 3, 3, 0, 0)


def test_the_file_is_removed_once_it_is_taken(
    acme, world, send, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        document = send(lines(usage_lines()))
    upload = Upload.objects.get(pk=document["upload"])
    assert (upload.status, upload.path.exists()) == (Upload.Status.USED, False)


def test_one_faulty_line_refuses_all_and_every_fault_is_in_the_result(acme, send):
    document = send(lines([GOOD, BAD | {"subscriber": 7}, "nonsense", UNKNOWN]))
    assert counted(document) == ("refused", None, None, None, 3)
    assert not UsageEvent.objects.exists()
    assert document["error_count"] == 4
    assert [error["line"] for error in document["errors"]] == [2, 2, 3, 4]
    told = result_of(acme, document)
    assert [(each["line"], each["event_id"], each["outcome"]) for each in told] == [
        (2, "use-2", "refused"),
        (3, None, "refused"),
        (4, "use-3", "refused"),
    ]
    assert [error["field"] for error in told[0]["errors"]] == ["subscriber", "count"]
    (error,) = told[2]["errors"]
    assert error["field"] == "generation"
    assert "register it first" in error["detail"]


def test_where_that_is_asked_for_good_lines_are_taken_and_faulty_ones_left_out(acme, send):
    document = send(lines([GOOD, BAD, UNKNOWN]), mode="good_lines")
    assert counted(document) == ("taken", 3, 1, 0, 2)
    assert [each["line"] for each in result_of(acme, document)] == [2, 3]
    assert UsageEvent.objects.get().event_id == "use-1"


def test_the_result_tells_of_every_line_where_that_is_asked_for(acme, send):
    known = usage_line(9, "U1", "G2", 1)
    acme.post_json("usage", known)
    document = send(lines([GOOD, GOOD, known, "", BAD]), mode="good_lines", result="all")
    assert counted(document) == ("taken", 4, 1, 2, 1)
    told = [(each["line"], each["event_id"], each["outcome"]) for each in result_of(acme, document)]
    assert told == [
        (1, "use-1", "new"),
        (2, "use-1", "known"),
        (3, "use-9", "known"),
        (5, "use-2", "refused"),
    ]


def test_names_with_strange_letters_stay_what_they_are_in_the_result(acme, send):
    strange = 'a"b\\c\\\\nd/é\u2028\U0001f3b5'
    document = send(lines([GOOD | {"event_id": strange}]), result="all")
    assert [each["event_id"] for each in result_of(acme, document)] == [strange]


def test_a_file_without_one_good_line_is_refused_in_any_mode(send):
    assert send(lines([BAD, UNKNOWN]), mode="good_lines")["status"] == "refused"


def test_left_out_lines_are_taken_when_the_same_file_comes_again_mended(acme, world, send):
    content = lines([GOOD, UNKNOWN])
    assert counted(send(content, mode="good_lines")) == ("taken", 2, 1, 0, 1)
    world.generations["G1"].__class__.objects.filter(external_id="G2").update(
        external_id="nobody's"
    )
    assert counted(send(content)) == ("taken", 2, 1, 1, 0)
    assert counted(send(content)) == ("taken", 2, 0, 2, 0)
    assert UsageEvent.objects.count() == 2


def test_a_refused_upload_can_be_handed_in_again_once_the_piece_is_there(acme, world):
    upload = sealed(world.platform.organisation, lines([UNKNOWN]))
    first = hand_in(acme, upload).json()
    work()
    world.generations["G2"].__class__.objects.filter(external_id="G2").update(
        external_id="nobody's"
    )
    again = hand_in(acme, upload)
    assert again.status_code == 202
    assert again.json()["id"] != first["id"]
    work()
    assert counted(acme.get(f"intake-files/{again.json()['id']}").json())[:3] == ("taken", 1, 1)


def test_the_same_upload_again_is_the_file_that_is_there(acme, world):
    upload = sealed(world.platform.organisation, lines([GOOD]))
    first, again = hand_in(acme, upload), hand_in(acme, upload)
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["id"] == again.json()["id"]
    otherwise = hand_in(acme, upload, mode="good_lines")
    assert first.json()["id"] in problem(otherwise, 409, "conflict")["detail"]
    work()
    assert UsageEvent.objects.count() == 1


def test_a_job_that_is_done_twice_counts_once(acme, world, send):
    from royalty.services.intake.bulk import take_handed_in

    document = send(lines([GOOD]))
    again = take_handed_in(document["id"], lambda *_: None)
    assert (again.new_count, UsageEvent.objects.count()) == (1, 1)


def test_the_same_bytes_in_another_upload_are_known(send):
    content = lines(usage_lines())
    send(content)
    assert counted(send(content)) == ("taken", 5, 0, 5, 0)
    assert IntakeFile.objects.count() == 1


@pytest.mark.parametrize("name", ["october.ndjson.gz", "october.csv.gz", "october.csv"])
def test_files_come_packed_or_not_and_their_name_tells_the_form(send, name):
    content = lines([GOOD])
    if ".csv" in name:
        content = (",".join(GOOD) + "\n" + ",".join(map(str, GOOD.values()))).encode()
    document = send(gzip.compress(content) if name.endswith(".gz") else content, name)
    assert counted(document) == ("taken", 1, 1, 0, 0)
    assert document["format"] == name.split(".")[1]


def test_lines_end_as_they_like_and_a_mark_at_the_begin_is_no_part_of_them(send):
    content = b"\xef\xbb\xbf" + lines([GOOD, usage_line(2, "U1", "G1", 1)]).replace(b"\n", b"\r\n")
    assert counted(send(content)) == ("taken", 2, 2, 0, 0)


def hour_ahead(hours: int) -> dict:
    moment = datetime.now(UTC) + timedelta(hours=hours)
    return GOOD | {"used_at": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}


def test_what_a_wrong_clock_dated_is_refused_with_our_time(acme, send):
    for answer in (
        problem(acme.post_json("usage", hour_ahead(25)), 422, "invalid")["errors"],
        send(lines([hour_ahead(25)]))["errors"],
    ):
        (error,) = answer
        assert "It lies in the future: here it is" in error["detail"]
    assert acme.post_json("usage", hour_ahead(23)).status_code == 201


def test_revenue_of_a_day_to_come_is_refused(acme):
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    fee = revenue_lines()[0] | {"earned_on": day}
    (error,) = problem(acme.post_json("revenue", fee), 422, "invalid")["errors"]
    assert (error["pointer"], "in the future" in error["detail"]) == ("/earned_on", True)


def test_a_correction_before_its_event_is_refused_and_taken_after_it(send):
    fix = usage_line(5, "U1", "G1", 9) | {"corrects": "use-1", "used_at": GOOD["used_at"]}
    refused = send(lines([fix, GOOD]))
    assert "send what is to be corrected first" in refused["errors"][0]["detail"]
    send(lines([GOOD]))
    assert counted(send(lines([fix]))) == ("taken", 1, 1, 0, 0)


def test_what_was_sent_is_listed_newest_first_and_found_by_its_filters(acme, bolt, send):
    acme.post_json("usage", GOOD)
    acme.post_lines("revenue", revenue_lines())
    refused = send(lines([BAD]))
    listed = acme.get("intake-files").json()["data"]
    assert [(each["kind"], each["status"]) for each in listed] == [
        ("usage", "refused"),
        ("revenue", "taken"),
        ("usage", "taken"),
    ]
    assert [each["id"] for each in found(acme, status="refused")] == [refused["id"]]
    assert [each["new"] for each in found(acme, kind="revenue", status="taken")] == [3]
    assert found(acme, status="queued") == found(acme, status="failed") == []
    assert found(acme, received_until=refused["received_at"], kind="usage") == listed[2:]
    assert found(bolt) == []
    problem(acme.get("intake-files", status="lost"), 400, "unknown-parameter")


def found(caller, **filters) -> list:
    return caller.get("intake-files", **filters).json()["data"]


def test_a_file_that_failed_says_so(acme, world):
    upload = sealed(world.platform.organisation, lines([GOOD]))
    document = hand_in(acme, upload).json()
    upload.path.unlink()
    work()
    assert acme.get(f"intake-files/{document['id']}").json()["status"] == "failed"
    assert [each["id"] for each in found(acme, status="failed")] == [document["id"]]
    assert SentFile.objects.get().finished_at is None


def test_nobody_looks_at_anothers_files_or_takes_anothers_uploads(acme, bolt, world, send):
    document = send(lines([BAD]))
    for path in (f"intake-files/{document['id']}", f"intake-files/{document['id']}/result"):
        assert acme.get(path).status_code == 200
        problem(bolt.get(path), 404, "not-found")
    theirs = sealed(world.platform.organisation, lines([GOOD]))
    (error,) = problem(hand_in(bolt, theirs), 422, "invalid")["errors"]
    assert error["pointer"] == "/upload"
    assert theirs.sha256 not in error["detail"]


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"format": "xlsx"}, "/format"),
        ({"mode": "some"}, "/mode"),
        ({"result": "none"}, "/result"),
        ({"late": "yes"}, "/late"),
        ({"tip": 1}, "/tip"),
        ({"format": "dsr", "mode": "good_lines"}, "/mode"),
        ({"upload": "mine"}, "/upload"),
    ],
)
def test_what_cannot_be_asked_for_is_pointed_at_and_nothing_is_used(
    acme, world, counts, said, pointer
):
    upload = sealed(world.platform.organisation, lines([GOOD]))
    before = counts()
    (error,) = problem(hand_in(acme, upload, **said), 422, "invalid")["errors"]
    assert error["pointer"] == pointer
    assert counts() == before
    upload.refresh_from_db()
    assert upload.status == Upload.Status.SEALED


def test_the_platform_is_told_what_became_of_its_file(send):
    taken, refused = send(lines([GOOD, GOOD])), send(lines([BAD]))
    told = {event.type: event.data for event in Event.objects.filter(type__startswith="intake.")}
    assert told["intake.taken"]["intake_file"] == taken["id"]
    assert told["intake.taken"]["url"].endswith(f"/api/v1/intake-files/{taken['id']}")
    counts = [told["intake.taken"][name] for name in ("new", "known", "refused")]
    assert counts == [1, 1, 0]
    assert told["intake.refused"]["intake_file"] == refused["id"]
    assert "count: It must be" in told["intake.refused"]["reason"]


def test_an_upload_for_something_else_is_not_taken(acme, world):
    upload = sealed(world.platform.organisation, lines([GOOD]), purpose="usage")
    response = acme.post_json("revenue/files", {"upload": str(upload.pk)})
    (error,) = problem(response, 422, "invalid")["errors"]
    assert "not for revenue" in error["detail"]
