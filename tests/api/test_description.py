"""The API's description says what the API does: it is valid, it is the one in the repository, and
what is answered fits it.

After a change that is meant, write it anew and look at the difference:
`python manage.py spectacular --file tests/api/openapi.yaml`.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator

from royalty.api import intake
from tests.api.conftest import problem
from tests.royalty.cast import sign

SNAPSHOT = Path(__file__).with_name("openapi.yaml")
CHANGELOG = Path(__file__).resolve().parents[2] / "docs" / "api" / "changelog.md"


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return yaml.safe_load(SNAPSHOT.read_text(encoding="utf-8"))


def test_it_is_valid_complete_and_the_one_in_the_repository(tmp_path):
    path = tmp_path / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(path))
    assert path.read_text(encoding="utf-8") == SNAPSHOT.read_text(encoding="utf-8"), (
        "The API changed. If that is meant: python manage.py spectacular --file "
        "tests/api/openapi.yaml"
    )


def test_every_operation_says_what_it_does_and_how_it_fails(description):
    for operations in description["paths"].values():
        for operation in operations.values():
            assert operation["summary"]
            assert len(operation["description"]) > 20
            if operation["operationId"] == "check_health":
                assert "security" not in operation
            else:
                assert operation["security"] == [{"key": []}]
                assert {"401", "403", "500"} <= set(operation["responses"])


def test_the_changelog_names_every_operation_and_begins_with_this_version(description):
    text = CHANGELOG.read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)$", text, re.M)[0] == description["info"]["version"]
    operations = [
        operation["operationId"]
        for path in description["paths"].values()
        for operation in path.values()
    ]
    assert [name for name in operations if f"`{name}`" not in text] == []


def test_it_is_served_to_everybody_as_yaml_and_json(db, description):
    served = Client().get("/api/v1/schema")
    assert yaml.safe_load(served.content) == description
    assert Client().get("/api/v1/schema.json").json()["openapi"] == "3.1.1"


def test_the_reference_is_drawn_from_our_own_files_alone(db):
    page = Client().get("/api/reference")
    assert page.status_code == 200
    assert b"swagger-ui-bundle" in page.content
    assert b"//" not in page.content.replace(b"http://www.w3.org", b"")
    policy = page["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def fits(description: dict[str, Any], value: object, name: str) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": description["components"]}
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


def test_what_is_answered_fits_the_description(acme, world, features, description):
    piece = acme.post_generation("my-first-piece").json()
    fits(description, piece, "Generation")
    fits(description, acme.get("generations").json(), "PaginatedGenerationList")
    fits(description, acme.get("model-versions").json(), "PaginatedModelVersionList")
    fits(description, acme.get(f"generations/{piece['id']}/attribution").json(), "Attribution")
    attributed = acme.get(f"generations/{world.generations['G1'].pk}/attribution").json()
    fits(description, attributed, "Attribution")
    fits(description, acme.get(f"jobs/{piece['job'].rsplit('/', 1)[1]}").json(), "Job")
    wrong = problem(acme.post_json("usage", {}), 422, "invalid")
    fits(description, wrong, "Problem")


def test_its_examples_of_events_are_taken(acme, world, description):
    sign(
        world.platform,
        code="shop-2026",
        service="shop",
        allocation_model="per_output",
        idle_subscribers="pool",
    )
    acme.post_generation("my-first-piece")
    for path, example, name in (
        ("usage", intake.USAGE, "Usage"),
        ("revenue", intake.SUBSCRIPTION, "Revenue"),
        ("revenue", intake.OUTPUT, "Revenue"),
    ):
        fits(description, example, name)
        response = acme.post_json(path, example)
        assert response.status_code == 201, response.content
        fits(description, response.json(), "IntakeFile")


def test_its_example_of_an_attribution_fits_and_sums_to_one(description):
    example = description["paths"]["/api/v1/generations/{id}/attribution"]["get"]["responses"][
        "200"
    ]["content"]["application/json"]["examples"]["Attributed"]["value"]
    fits(description, example, "Attribution")
    shares = sum(share["share_ppb"] for share in example["shares"])
    assert shares + example["unattributed_ppb"] == 1_000_000_000
