"""The cast: Acme, a platform with keys and music; Bolt, another one; Orla, who owns songs."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from accounts.models import Organisation, Scope
from accounts.services.keys import create_key
from attribution.models import FeatureStore, Generation
from catalog.models import ModelVersion, Platform
from common.jobs import dispatch
from tests.royalty.cast import World, worked_example

CATALOGUE = Path(__file__).resolve().parents[2] / "demo" / "catalogue" / "midi"
SONGS = sorted(CATALOGUE.rglob("*.mid"), key=lambda path: path.stat().st_size)
WHEN = "2026-10-03T12:00:00Z"


@dataclass
class Caller:
    """A program with a key. Answers that are no JSON fail the test that asks for them."""

    key: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str, **parameters: str) -> HttpResponse:
        return self.client.get(f"/api/v1/{path}", parameters, headers=self.headers())

    def post_json(self, path: str, body: Any, **headers: str) -> HttpResponse:
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.send(path, content, "application/json", **headers)

    def post_lines(self, path: str, lines: list[Any], **headers: str) -> HttpResponse:
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        return self.send(path, "\n".join(texts), "application/x-ndjson", **headers)

    def send(self, path: str, body: Any, content_type: str, **headers: str) -> HttpResponse:
        return self.client.post(
            f"/api/v1/{path}", body, content_type=content_type, headers=self.headers(**headers)
        )

    def post_generation(
        self, name: str, content: bytes | None = None, *, headers: Any = None, **fields: Any
    ) -> HttpResponse:
        content = SONGS[0].read_bytes() if content is None else content
        form = {
            "file": SimpleUploadedFile("anything.bin", content),
            "external_id": name,
            "model_version": "m@1",
            "generated_at": WHEN,
            **fields,
        }
        form = {key: value for key, value in form.items() if value is not None}
        return self.client.post(
            "/api/v1/generations", form, headers=self.headers(**(headers or {}))
        )

    def headers(self, **more: str) -> dict[str, str]:
        key = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return key | {name.replace("_", "-"): value for name, value in more.items()}


@pytest.fixture(autouse=True)
def woken(monkeypatch) -> list[str]:
    """The wake-ups that were sent; no worker listens."""
    sent: list[str] = []
    monkeypatch.setattr(
        dispatch.current_app, "send_task", lambda name, args, **_: sent.append(args[0])
    )
    return sent


@pytest.fixture(autouse=True)
def unlimited(settings) -> None:
    """Tests send wrong keys from one address all day; those of limits name a store of their own."""
    settings.CACHE_URL = ""


@pytest.fixture
def world(db) -> World:
    """Acme's model with three tracks, four attributed pieces and a contract."""
    return acme_world()


def acme_world() -> World:
    world = worked_example()
    employ(world.platform)
    return world


def employ(platform: Platform) -> Organisation:
    """Give a platform the organisation for which its keys act."""
    platform.organisation = Organisation.objects.create(
        name=platform.name, kind=Organisation.Kind.PLATFORM
    )
    platform.save()
    return platform.organisation


def caller_for(organisation: Organisation, *scopes: Scope) -> Caller:
    issued = create_key(organisation=organisation, name="test", scopes=scopes or list(Scope))
    return Caller(issued.text)


@pytest.fixture
def acme(world: World) -> Caller:
    return caller_for(world.platform.organisation)


@pytest.fixture
def bolt(world: World) -> Caller:
    """Another platform, with a model of the same name and a piece of the same name."""
    platform = Platform.objects.create(code="bolt", name="Bolt")
    version = ModelVersion.objects.create(platform=platform, name="m", version="1")
    Generation.objects.create(
        platform=platform,
        model_version=version,
        external_id="G1",
        asset=world.generations["G1"].asset,
        generated_at=WHEN,
    )
    return caller_for(employ(platform))


@pytest.fixture
def orla(world: World) -> Caller:
    """A rights holder."""
    organisation = Organisation.objects.create(
        name="Orla's songs", kind=Organisation.Kind.RIGHTS_HOLDER
    )
    return caller_for(organisation)


@pytest.fixture
def features(world: World) -> FeatureStore:
    """Acme's features, sealed, so that pieces are attributed as they arrive."""
    store = FeatureStore.objects.get()
    store.sealed_at, store.digest = WHEN, "f" * 64
    store.save()
    return store


@pytest.fixture
def counts() -> Callable[[], dict[str, int]]:
    """How many rows there are of everything that a request might write."""
    from common.api.models import StoredResponse
    from common.jobs.models import Job
    from royalty.models import IntakeFile, RevenueEvent, UsageEvent

    models = (Generation, IntakeFile, UsageEvent, RevenueEvent, Job, StoredResponse)
    return lambda: {model.__name__: model.objects.count() for model in models}


def problem(response: HttpResponse, status: int, slug: str) -> dict[str, Any]:
    """The document of a problem, checked to be one of this kind."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    document = json.loads(response.content)
    assert document["type"] == f"/api/problems/{slug}"
    assert document["status"] == status
    assert document["request_id"] == response["X-Request-ID"] != ""
    assert document["title"]
    assert document["detail"]
    return document
