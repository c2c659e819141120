"""Every address of the site, and what stands in it: ids of the town's people."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Scope, User
from accounts.services.keys import create_key
from common.database import tenancy
from common.jobs.models import Job
from common.storage import put
from royalty.models import SentFile, Statement
from tests.tenancy.cast import TENANTS, Town, request_of

PAGES_BACKEND = "django.contrib.auth.backends.ModelBackend"
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
NO_NUMBER, NO_ID = 2_000_000_000, UUID(int=7)


@dataclass(frozen=True)
class Address:
    """One pattern of the site map."""

    name: str  # with its namespace; empty if it has none
    route: str


def addresses() -> Iterator[Address]:
    yield from _below(get_resolver(), "", "")


def _below(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield Address(f"{namespace}{pattern.name}" if pattern.name else "", route)
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _below(pattern, route, inner)


def catalogue_pages() -> list[Address]:
    """The operator's pages about the catalogue, and those of its accountants."""
    return [each for each in addresses() if each.name.startswith(("catalogue:", "accountant:"))]


@dataclass(frozen=True)
class Visitor:
    """Somebody before a browser, or a program with a key."""

    name: str
    client: Client
    key: str = ""

    def ask(self, method: str, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return self.client.generic(method, path, headers=headers)


def person(name: str) -> Visitor:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(email=f"{name}@example.org"), PAGES_BACKEND)
    return Visitor(name, client)


def program(town: Town, name: str) -> Visitor:
    organisation = town.organisations[name]
    issued = create_key(organisation=organisation, name="walk", scopes=list(Scope))
    return Visitor(name, Client(raise_request_exception=False), issued.text)


def stranger() -> Visitor:
    return Visitor("nobody", Client(raise_request_exception=False))


def of(town: Town, name: str, kind: str) -> Any:
    """Something that is this tenant's: its first row of a model."""
    with tenancy.acting_as(town.tenant(name)):
        return apps.get_model(kind).objects.order_by("pk").first()


def own_line(visitor: Visitor, statement: Statement) -> int:
    """The first row of the allocation that is a line of the statement."""
    for row in range(50):
        path = reverse("line", kwargs={"pk": statement.pk, "row": row})
        if visitor.ask("GET", path).status_code == 200:
            return row
    raise AssertionError(f"{statement} has no line that can be opened")


def pages_of_ada(town: Town) -> dict[str, list[tuple[dict, dict]]]:
    """Ada's things in the portal: what stands in the address, and what would if it were nothing."""
    statement, work = of(town, "ada", "royalty.Statement"), of(town, "ada", "catalog.Work")
    row = own_line(person("ada"), statement)
    mine, none = {"pk": statement.pk}, {"pk": NO_NUMBER}
    return {
        "statement": [(mine, none)],
        "statement-document": [
            (mine | {"kind": kind}, none | {"kind": kind}) for kind in ("pdf", "csv", "proof")
        ],
        "line": [(mine | {"row": row}, none | {"row": row})],
        "evidence": [(mine | {"row": row}, none | {"row": row})],
        "work": [({"pk": work.pk}, none)],
    }


def resources_of_acme(town: Town) -> dict[str, list[tuple[dict, dict]]]:
    """Acme's things in the API, likewise."""
    piece = {"pk": town.acme.generations["G1"].pk}
    job = {"pk": Job.objects.get(tenant=town.tenant("acme")).pk}
    sent = {"pk": sent_with_result(town).pk}
    upload = {"pk": of(town, "acme", "uploads.Upload").pk}
    none = {"pk": NO_ID}
    version = {"pk": of(town, "acme", "catalog.ModelVersion").pk}
    part = {"number": 1}
    draw = {"pk": of(town, "acme", "attribution.FeatureDraw").pk}
    delivery = {"pk": of(town, "acme", "deliveries.Delivery").pk}
    period, never = {"pk": town.acme.period.pk}, {"pk": NO_NUMBER}
    return {
        "api:period": [(period, never)],
        "api:account": [(period, never)],
        "api:entries": [(period, never)],
        "api:model-version": [(version, never)],
        "api:checkpoints": [(version, never)],
        "api:training-set": [(version, never)],
        "api:training-set-members": [(version, never)],
        "api:training-set-exclusions": [(version, never)],
        "api:training-set-summary": [(version, never)],
        "api:catalogue-delivery": [(delivery, none)],
        "api:catalogue-delivery-rows": [(delivery, none)],
        "api:catalogue-delivery-report": [(delivery, none)],
        "api:catalogue-delivery-approve": [(delivery, none)],
        "api:track": [({"ref": "T3"}, {"ref": "T0"})],
        "api:work": [({"ref": "work:T3"}, {"ref": "work:T0"})],
        "api:upload": [(upload, none)],
        "api:upload-part": [(upload | part, none | part)],
        "api:upload-complete": [(upload, none)],
        "api:challenge": [(draw, none)],
        "api:challenge-answer": [(draw, none)],
        "api:generation": [(piece, none)],
        "api:verification": [(piece, none)],
        "api:attribution": [(piece, none)],
        "api:generation-features": [(piece, none)],
        "api:features": [(version, never)],
        "api:feature-stores": [(version, never)],
        "api:job": [(job, none)],
        **webhooks_of_acme(town),
        "api:intake-file": [(sent, none)],
        "api:intake-file-result": [(sent, none)],
    }


def sent_with_result(town: Town) -> SentFile:
    """A file that Acme sent, with the result of a line."""
    sent = of(town, "acme", "royalty.SentFile")
    sent.result_name = "intake/of-acme.ndjson.gz"
    sent.save()
    put(sent.result_name, gzip.compress(b'{"line":1}'))
    return sent


def console_of_acme(town: Town) -> dict[str, list[tuple[dict, dict]]]:
    """Acme's things in the portal, likewise."""
    endpoint = {"pk": of(town, "acme", "webhooks.Endpoint").pk}
    delivery = {"pk": of(town, "acme", "webhooks.Delivery").pk}
    logged = {"pk": of(town, "acme", "api.LoggedRequest").pk}
    sent = {"pk": sent_with_result(town).pk}
    key = [({"pk": of(town, "acme", "accounts.ApiKey").pk}, {"pk": NO_NUMBER})]
    none = {"pk": NO_ID}
    return {
        "key": key,
        "rotate-key": key,
        "revoke-key": key,
        "request": [(logged, none)],
        "generation": [({"pk": town.acme.generations["G1"].pk}, none)],
        **engineering_of_acme(town),
        "account-period": [({"pk": town.acme.period.pk}, {"pk": NO_NUMBER})],
        "sent-file": [(sent, none)],
        "sent-file-result": [(sent, none)],
        "webhook": [(endpoint, none)],
        "webhook-secret": [(endpoint, none)],
        "webhook-action": [(endpoint | {"action": "off"}, none | {"action": "off"})],
        "webhook-delivery": [(delivery, none)],
    }


def engineering_of_acme(town: Town) -> dict[str, list[tuple[dict, dict]]]:
    """Acme's models, and a job of theirs, likewise."""
    version, never = {"pk": of(town, "acme", "catalog.ModelVersion").pk}, {"pk": NO_NUMBER}
    job = Job.objects.get(tenant=town.tenant("acme"))
    job.kind = "attribution.capture"  # such as engineers may have done again
    job.save()
    none, form = {"pk": NO_ID}, {"kind": "csv"}
    return {
        "engineer:model": [(version, never)],
        "engineer:training-set": [(version, never)],
        "engineer:training-set-file": [(version | form, never | form)],
        "engineer:run": [({"pk": of(town, "acme", "attribution.AttributionRun").pk}, none)],
        "engineer:retry": [({"pk": job.pk}, none)],
    }


def claims_of_cai(town: Town) -> dict[str, list[tuple[dict, dict]]]:
    """Cai's contested claim, likewise, with a document in it."""
    claim = of(town, "cai", "claims.Claim")
    document = of(town, "cai", "claims.Attachment")
    put(document.storage_name, b"%PDF-")
    claim_id, conflict_id = {"pk": claim.pk}, {"pk": claim.conflict_id}
    none, action = {"pk": NO_ID}, {"action": "comment"}
    return {
        "claim": [(claim_id, none)],
        "claim-action": [(claim_id | action, none | action)],
        "claim-file": [({"pk": document.pk}, none)],
        "conflict": [(conflict_id, none)],
        "conflict-action": [(conflict_id | action, none | action)],
    }


def money_of_bea(town: Town) -> dict[str, list[tuple[dict, dict]]]:
    """What Bea's people see of her money, likewise."""
    payment = {"pk": of(town, "bea", "royalty.Payout").pk}
    none, kind = {"pk": NO_NUMBER}, {"kind": "txt"}
    party = {"pk": town.acme.parties["B"].pk}
    dispute, action = {"pk": of(town, "bea", "disputes.Dispute").pk}, {"action": "comment"}
    document = of(town, "bea", "disputes.Attachment")
    put(document.storage_name, b"%PDF-")
    statement = of(town, "bea", "royalty.Statement")
    line = {"row": own_line(person("bea"), statement)}
    taken = of(town, "bea", "exports.Export")
    put(taken.storage_name, b"PK")
    return {
        "export-file": [({"pk": taken.pk}, {"pk": NO_ID})],
        "dispute": [(dispute, {"pk": NO_ID})],
        "dispute-action": [(dispute | action, {"pk": NO_ID} | action)],
        "dispute-file": [({"pk": document.pk}, {"pk": NO_ID})],
        "new-dispute": [({"pk": statement.pk} | line, none | line)],
        "bank-details": [(party, none)],
        "tax-details": [(party, none)],
        "tax-form": [(party, none)],
        "take-back-details": [({"pk": of(town, "bea", "royalty.BankDetails").pk}, none)],
        "notice": [({"pk": of(town, "bea", "notices.Notice").pk}, {"pk": NO_ID})],
        "payout": [(payment, none)],
        "payout-document": [(payment | kind, none | kind)],
    }


def webhooks_of_acme(town: Town) -> dict[str, list[tuple[dict, dict]]]:
    """Acme's endpoint, and what was sent there."""
    none = {"pk": NO_ID}
    endpoint, delivery = (
        ({"pk": of(town, "acme", f"webhooks.{kind}").pk}, none) for kind in ("Endpoint", "Delivery")
    )
    event = of(town, "acme", "webhooks.Event").public_id
    return {
        "api:webhook-endpoint": [endpoint],
        "api:webhook-secret": [endpoint],
        "api:webhook-rotate": [endpoint],
        "api:webhook-test": [endpoint],
        "api:webhook-replay": [endpoint],
        "api:webhook-deliveries": [endpoint],
        "api:webhook-delivery": [delivery],
        "api:webhook-redeliver": [delivery],
        "api:webhook-event": [({"id": event}, {"id": f"evt_{NO_ID.hex}"})],
        "api:request": [({"request_id": request_of("acme")}, {"request_id": str(NO_ID)})],
    }


def resources_of_bolt(town: Town) -> dict[str, list[tuple[dict, dict]]]:
    """Bolt's, where Acme has none: it has been invoiced."""
    invoice, none = {"pk": of(town, "bolt", "royalty.Invoice").pk}, {"pk": NO_NUMBER}
    return {"api:invoice": [(invoice, none)], "api:invoice-document": [(invoice, none)]}


def everybody_but(*names: str) -> list[str]:
    return [name for name in TENANTS if name not in names]


@pytest.fixture
def files(town):
    """The town's own storage, where its snapshots are, with the documents of all statements."""
    with override_settings(STORAGES=town.storages):
        yield default_storage
