"""Uploads: announced by size and hash, sent in parts, resumed, sealed as a whole, used once."""

import hashlib
import os
from base64 import b64encode
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, transaction
from django.http import UnreadablePostError
from django.utils import timezone

from accounts.models import Scope
from common.uploads import purposes, refusals
from common.uploads.models import Upload, UploadPart
from common.uploads.purposes import Purpose
from common.uploads.services import (
    announcing,
    consume,
    discard,
    expire,
    receive,
    sealing,
    take,
    verify,
)
from common.uploads.tasks import verify_upload
from tests.api.conftest import Caller, caller_for, problem

PART = 1000  # small here, so that files of several parts are small


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(Upload._meta.get_field("part_bytes"), "default", PART)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def content_of(size_bytes: int) -> bytes:
    return bytes(number * 31 % 251 for number in range(size_bytes))


FILE = content_of(2500)  # three parts


def announcement(content: bytes = FILE, **more: Any) -> dict[str, Any]:
    return {
        "purpose": "usage",
        "size_bytes": len(content),
        "sha256": sha256(content),
    } | more


def announce(caller: Caller, content: bytes = FILE, **more: Any) -> str:
    response = caller.post_json("uploads", announcement(content, **more))
    assert response.status_code == 201, response.content
    return response.json()["id"]


def put(caller: Caller, upload: str, number: int, content: bytes, **headers: str):
    return caller.client.put(
        f"/api/v1/uploads/{upload}/parts/{number}",
        content,
        content_type="application/octet-stream",
        headers=caller.headers(**headers),
    )


def part(number: int, content: bytes = FILE) -> bytes:
    return content[(number - 1) * PART : number * PART]


def complete(caller: Caller, upload: str):
    return caller.client.post(
        f"/api/v1/uploads/{upload}/complete", headers=caller.headers(), content_type="text/plain"
    )


def sealed(caller: Caller, content: bytes = FILE, **more: Any) -> Upload:
    upload = announce(caller, content, **more)
    for number in range(1, -(-len(content) // PART) + 1):
        assert put(caller, upload, number, part(number, content)).status_code == 201
    assert complete(caller, upload).status_code == 200
    return Upload.objects.get(pk=upload)


def test_parts_in_any_order_become_the_file(acme):
    upload = announce(acme)
    for number in (3, 1, 2):
        assert put(acme, upload, number, part(number)).status_code == 201
    answer = complete(acme, upload)
    assert answer.status_code == 200
    assert answer.json()["status"] == "sealed"
    assert Upload.objects.get().path.read_bytes() == FILE


def test_what_is_here_tells_where_to_resume(acme):
    upload = announce(acme)
    put(acme, upload, 2, part(2))
    document = acme.get(f"uploads/{upload}").json()
    assert document["received_parts"] == [2]
    assert (document["part_bytes"], document["part_count"]) == (PART, 3)
    refused = problem(complete(acme, upload), 409, "conflict")
    assert "missing: 1, 3." in refused["detail"]


def test_a_part_sent_again_is_the_one_that_is_here(acme):
    upload = announce(acme)
    assert put(acme, upload, 1, part(1)).status_code == 201
    assert put(acme, upload, 1, part(1)).status_code == 200
    assert UploadPart.objects.count() == 1


def test_a_part_is_never_replaced_by_other_bytes(acme):
    upload = announce(acme)
    put(acme, upload, 1, part(1))
    problem(put(acme, upload, 1, bytes(PART)), 409, "conflict")
    assert Upload.objects.get().path.read_bytes() == part(1)


@pytest.mark.parametrize("size_bytes", [1, PART - 1, PART + 1])
def test_a_part_has_exactly_its_size(acme, size_bytes):
    upload = announce(acme)
    refused = problem(put(acme, upload, 1, bytes(size_bytes)), 422, "invalid")
    assert refused["errors"][0]["field"] == "Content-Length"
    assert not UploadPart.objects.exists()


def test_a_part_says_how_long_it_is(acme):
    problem(put(acme, announce(acme), 1, b""), 411, "length-required")


def test_a_part_is_no_larger_than_parts_may_be(acme):
    upload = announce(acme)
    too_large = bytes(purposes.PART_BYTES + 1)
    problem(put(acme, upload, 1, too_large), 413, "too-large")


class Lost(BytesIO):
    """A connection that breaks once everything that came is read."""

    def read(self, size: int | None = -1) -> bytes:
        block = super().read(size)
        if not block:
            raise UnreadablePostError("the sender went away")
        return block


@pytest.mark.parametrize("stream", [BytesIO, Lost])
def test_a_connection_lost_in_the_middle_leaves_a_part_that_is_not_here(acme, stream):
    upload = announce(acme)
    with transaction.atomic(), pytest.raises(refusals.PartRefused, match="700 came"):
        receive(Upload.objects.get(), 1, stream(part(1)[:700]))
    assert acme.get(f"uploads/{upload}").json()["received_parts"] == []
    assert put(acme, upload, 1, part(1)).status_code == 201


def test_two_that_send_one_part_at_once_do_not_mix(acme):
    """Another connection holds the part, as a request does that is sending it."""
    upload = announce(acme)
    parameters = connection.get_connection_params() | {"autocommit": True}
    known = {"host", "port", "user", "password", "dbname", "autocommit"}
    with psycopg.connect(**{k: v for k, v in parameters.items() if k in known}) as other:
        lock = "pg_advisory_lock(hashtextextended(%s, 0))"
        other.execute(f"SELECT {lock}", [f"part 1 of {upload}"])
        waiting = put(acme, upload, 1, part(1))
        problem(waiting, 409, "idempotency-in-flight")
        assert waiting["Retry-After"] == "1"
        assert put(acme, upload, 2, part(2)).status_code == 201
    assert put(acme, upload, 1, part(1)).status_code == 201


@pytest.mark.parametrize("number", [0, 4, 10**6, 10**30])
def test_a_number_that_the_upload_does_not_have_is_nothing(acme, number):
    problem(put(acme, announce(acme), number, part(1)), 404, "not-found")


def digest(content: bytes) -> str:
    return f"sha-256=:{b64encode(hashlib.sha256(content).digest()).decode()}:"


def test_a_digest_is_checked_part_by_part(acme):
    upload = announce(acme)
    wrong = put(acme, upload, 1, part(1), Content_Digest=digest(b"other"))
    problem(wrong, 422, "invalid")
    assert acme.get(f"uploads/{upload}").json()["received_parts"] == []
    right = put(acme, upload, 1, part(1), Content_Digest=f"sha-512=:AA==:, {digest(part(1))}")
    assert right.status_code == 201
    problem(put(acme, upload, 2, part(2), Content_Digest="md5=:AAAA:"), 400, "bad-request")


def test_a_whole_with_another_hash_is_not_sealed(acme):
    upload = announce(acme, sha256="0" * 64)
    for number in (1, 2, 3):
        put(acme, upload, number, part(number))
    refused = problem(complete(acme, upload), 422, "invalid")
    assert sha256(FILE) in refused["detail"]
    assert acme.get(f"uploads/{upload}").json()["status"] == "open"


def test_a_large_file_is_verified_by_a_job(acme, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(sealing, "AT_ONCE_BYTES", 2000)
    upload = announce(acme)
    for number in (1, 2, 3):
        put(acme, upload, number, part(number))
    answer = complete(acme, upload)
    assert (answer.status_code, answer.json()["status"]) == (202, "verifying")
    job = acme.get(f"jobs/{answer.json()['job'].rsplit('/', 1)[1]}").json()
    assert job["kind"] == "uploads.verify"
    problem(
        acme.client.delete(f"/api/v1/uploads/{upload}", headers=acme.headers()), 409, "conflict"
    )
    assert complete(acme, upload).status_code == 202
    verify_upload({"upload": upload}, lambda *_: None)
    assert acme.get(f"uploads/{upload}").json()["status"] == "sealed"


def test_a_large_file_that_is_not_what_was_announced_fails_and_goes(
    acme, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(sealing, "AT_ONCE_BYTES", 2000)
    upload = announce(acme, sha256="0" * 64)
    for number in (1, 2, 3):
        put(acme, upload, number, part(number))
    complete(acme, upload)
    row = Upload.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        verify(row.pk, lambda *_: None)
    document = acme.get(f"uploads/{upload}").json()
    assert document["status"] == "failed"
    assert sha256(FILE) in document["error"]
    assert not row.path.exists()
    problem(complete(acme, upload), 409, "conflict")


def test_an_abandoned_upload_leaves_nothing(acme, django_capture_on_commit_callbacks):
    upload = sealed(acme)
    with django_capture_on_commit_callbacks(execute=True):
        gone = acme.client.delete(f"/api/v1/uploads/{upload.pk}", headers=acme.headers())
    assert gone.status_code == 204
    assert not upload.path.exists()
    problem(acme.get(f"uploads/{upload.pk}"), 404, "not-found")


def test_other_peoples_uploads_are_nothing(acme, bolt):
    upload = announce(acme)
    problem(bolt.get(f"uploads/{upload}"), 404, "not-found")
    problem(put(bolt, upload, 1, part(1)), 404, "not-found")
    problem(complete(bolt, upload), 404, "not-found")
    gone = bolt.client.delete(f"/api/v1/uploads/{upload}", headers=bolt.headers())
    problem(gone, 404, "not-found")
    assert bolt.get("uploads").json()["data"] == []
    assert not UploadPart.objects.exists()


def test_a_rights_holder_sends_no_files(orla):
    problem(orla.post_json("uploads", announcement()), 403, "forbidden")


@pytest.mark.parametrize(("purpose", "scope"), [("checkpoint", "models"), ("usage", "ingest")])
def test_the_purpose_says_which_scope_a_key_needs(acme, world, purpose, scope):
    every = {Scope.READ, Scope.INGEST, Scope.MODELS, Scope.MONEY}
    lacking = caller_for(world.platform.organisation, *(every - {Scope(scope)}))
    problem(lacking.post_json("uploads", announcement(purpose=purpose)), 403, "forbidden")
    upload = announce(acme, purpose=purpose)
    problem(put(lacking, upload, 1, part(1)), 403, "forbidden")
    problem(complete(lacking, upload), 403, "forbidden")
    having = caller_for(world.platform.organisation, Scope(scope))
    assert put(having, upload, 1, part(1)).status_code == 201


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"purpose": "anything"}, "/purpose"),
        ({"purpose": 1}, "/purpose"),
        ({"size_bytes": 0}, "/size_bytes"),
        ({"size_bytes": -1}, "/size_bytes"),
        ({"size_bytes": "2500"}, "/size_bytes"),
        ({"size_bytes": True}, "/size_bytes"),
        ({"size_bytes": 2.5}, "/size_bytes"),
        ({"size_bytes": 1 << 35}, "/size_bytes"),  # too large for usage
        ({"size_bytes": 1 << 70}, "/size_bytes"),
        ({"sha256": "A" * 64}, "/sha256"),
        ({"sha256": "a" * 63}, "/sha256"),
        ({"sha256": None}, "/sha256"),
        ({"file_name": "../../etc/passwd"}, "/file_name"),
        ({"file_name": "a\nb"}, "/file_name"),
        ({"file_name": ""}, "/file_name"),
        ({"media_type": "nonsense"}, "/media_type"),
        ({"path": "/etc/passwd"}, "/path"),
    ],
)
def test_an_announcement_is_taken_strictly(acme, change, pointer):
    refused = problem(acme.post_json("uploads", announcement() | change), 422, "invalid")
    assert [error["pointer"] for error in refused["errors"]] == [pointer]
    assert not Upload.objects.exists()


def test_an_organisation_has_only_so_much_here(acme, monkeypatch):
    monkeypatch.setattr(announcing, "MOST_UPLOADS", 1)
    announce(acme)
    problem(acme.post_json("uploads", announcement()), 409, "too-many-uploads")
    monkeypatch.setattr(announcing, "MOST_UPLOADS", 100)
    monkeypatch.setattr(announcing, "MOST_BYTES", 2 * len(FILE) - 1)
    problem(acme.post_json("uploads", announcement()), 409, "too-many-uploads")


def test_a_full_disk_is_said_before_and_while_parts_come(acme, monkeypatch):
    upload = announce(acme)
    monkeypatch.setattr(announcing, "SPARED_BYTES", 1 << 60)
    problem(acme.post_json("uploads", announcement()), 507, "storage-full")

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    problem(put(acme, upload, 1, part(1)), 507, "storage-full")
    monkeypatch.undo()
    assert acme.get(f"uploads/{upload}").json()["received_parts"] == []


def test_a_sealed_upload_is_used_once_and_for_its_purpose(acme, world):
    upload = sealed(acme)
    tenant = world.platform.organisation.tenant
    with transaction.atomic():
        for wrong in ((upload.pk, Purpose.AUDIO, tenant), (upload.pk, Purpose.USAGE, "system")):
            with pytest.raises(refusals.UploadRefused):
                take(*wrong[:2], tenant=wrong[2])
        with pytest.raises(refusals.UploadRefused, match="You have no upload"):
            take(uuid4(), Purpose.USAGE, tenant=tenant)
        taken = take(upload.pk, Purpose.USAGE, tenant=tenant)
        consume(taken, as_of=timezone.now())
    with transaction.atomic(), pytest.raises(refusals.UploadRefused, match="used before"):
        take(upload.pk, Purpose.USAGE, tenant=tenant)


def test_an_upload_that_is_not_sealed_is_of_no_use(acme, world):
    upload = announce(acme)
    with transaction.atomic(), pytest.raises(refusals.UploadRefused, match="complete it first"):
        take(upload, Purpose.USAGE, tenant=world.platform.organisation.tenant)


def test_its_file_can_be_kept_when_the_upload_is_discarded(
    acme, tmp_path, django_capture_on_commit_callbacks
):
    upload = sealed(acme)
    place = upload.keep_at(tmp_path / "models" / "weights.bin")
    with django_capture_on_commit_callbacks(execute=True):
        discard(upload)
    assert place.read_bytes() == FILE
    assert [path.name for path in place.parent.iterdir()] == ["weights.bin"]
    assert not upload.path.exists()


def test_what_is_forgotten_goes_with_its_file(acme, django_capture_on_commit_callbacks):
    upload = sealed(acme)
    orphan = upload.path.with_name(uuid4().hex)
    orphan.write_bytes(b"no row knows it")
    now = timezone.now()
    with django_capture_on_commit_callbacks(execute=True):
        assert expire(now) == 0
    assert upload.path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert expire(now + timedelta(days=8)) == 2
    assert not upload.path.exists()
    assert not orphan.exists()
    assert not Upload.objects.exists()


def test_the_same_announcement_under_one_key_is_one_upload(acme):
    first = acme.post_json("uploads", announcement(), Idempotency_Key="one")
    again = acme.post_json("uploads", announcement(), Idempotency_Key="one")
    assert again.content == first.content
    assert Upload.objects.count() == 1
