"""A sender's program delivers to the catalogue: uploads, looks at the preview, approves."""

import hashlib
from uuid import UUID

import pytest

from accounts.models import Organisation, Scope
from catalog.deliveries import tasks  # noqa: F401 registers the handlers
from catalog.deliveries.models import Delivery
from catalog.models import Sender, Track
from common.jobs import runner
from tests.api.conftest import Caller, caller_for, problem

pytestmark = pytest.mark.django_db

ROWS = b"track_id,title,composer,composer_share_pct\nsong-1,=1+1,Ada,100\nsong-2,,Bo,33\n"
GOOD = b"track_id,title\nsong-1,One\n"


@pytest.fixture
def label(db) -> Caller:
    organisation = Organisation.objects.create(name="A label", kind=Organisation.Kind.RIGHTS_HOLDER)
    Sender.objects.create(code="label", name="A label", organisation=organisation)
    return caller_for(organisation)


def uploaded(caller: Caller, content: bytes, file_name: str = "new.csv") -> str:
    digest = hashlib.sha256(content).hexdigest()
    body = {"purpose": "catalogue", "size_bytes": len(content), "sha256": digest}
    announced = caller.post_json("uploads", body | {"file_name": file_name})
    assert announced.status_code == 201, announced.content
    pk = announced.json()["id"]
    sent = caller.client.put(
        f"/api/v1/uploads/{pk}/parts/1",
        content,
        content_type="application/octet-stream",
        headers=caller.headers(),
    )
    assert sent.status_code == 201
    caller.client.post(f"/api/v1/uploads/{pk}/complete", headers=caller.headers())
    return str(pk)


def worked(caller: Caller, document: dict) -> dict:
    """The delivery's document after its job was done."""
    runner.run(UUID(document["job"].rsplit("/", 1)[1]))
    return caller.get(f"catalogue/deliveries/{document['id']}").json()


def test_a_delivery_goes_its_way(label):
    sent = label.post_json("catalogue/deliveries", {"upload": uploaded(label, GOOD)})
    assert sent.status_code == 202
    checked = worked(label, sent.json())
    assert (checked["status"], checked["created_count"]) == ("checked", 1)
    assert checked["warnings"]
    approval = f"catalogue/deliveries/{checked['id']}/approve"
    done = worked(label, label.post_json(approval, {}).json())
    assert done["status"] == "done"
    assert Track.objects.get(ref="song-1").sender.code == "label"
    problem(label.post_json(approval, {}), 409, "conflict")


def test_a_preview_rows_and_a_report_say_what_is_wrong(label):
    sent = label.post_json("catalogue/deliveries", {"upload": uploaded(label, ROWS)})
    refused = worked(label, sent.json())
    assert refused["status"] == "refused"
    (row,) = refused["preview"]
    assert (row["number"], row["faults"][0]["field"]) == (3, "title")
    address = f"catalogue/deliveries/{refused['id']}"
    held = label.get(f"{address}/rows?outcome=held%20back").json()["data"]
    assert [each["ref"] for each in held] == ["song-1"]
    report = b"".join(label.get(f"{address}/report").streaming_content).decode()
    assert "'=1+1" in report
    assert "The title is missing" in report


def test_an_upload_that_was_used_is_the_delivery_that_was_made_of_it(label):
    body = {"upload": uploaded(label, GOOD)}
    first = label.post_json("catalogue/deliveries", body)
    again = label.post_json("catalogue/deliveries", body)
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["id"] == again.json()["id"]
    assert Delivery.objects.count() == 1


def test_what_cannot_be_delivered_is_said(label, acme):
    nothing = {"upload": "01a201d9-c1e9-77df-b02a-87e72f09d037"}
    problem(label.post_json("catalogue/deliveries", nothing), 422, "invalid")
    wrong = {"upload": uploaded(label, GOOD), "sender": "other"}
    said = problem(label.post_json("catalogue/deliveries", wrong), 422, "invalid")
    assert said["errors"][0]["pointer"] == "/sender"
    body = {"purpose": "usage", "size_bytes": 1, "sha256": "a" * 64}
    problem(label.post_json("uploads", body), 403, "forbidden")  # only platforms report usage
    problem(acme.post_json("catalogue/deliveries", nothing), 403, "forbidden")
    problem(acme.post_json("uploads", body | {"purpose": "catalogue"}), 403, "forbidden")


def test_a_key_needs_the_scope(label):
    weak = caller_for(Organisation.objects.get(name="A label"), Scope.READ, Scope.INGEST)
    nothing = {"upload": "01a201d9-c1e9-77df-b02a-87e72f09d037"}
    problem(weak.post_json("catalogue/deliveries", nothing), 403, "forbidden")
    assert weak.get("catalogue/deliveries").json()["data"] == []
