"""What is made by `clients/python/generate.sh` was made from what it stands beside."""

import hashlib
from pathlib import Path

import yaml

from tantieme_client import operations

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "clients" / "python" / "tantieme_client"


def test_it_was_made_from_the_description_and_the_layer_as_they_are_now():
    lines = (PACKAGE / "_generated" / "SOURCES").read_text(encoding="utf-8").splitlines()
    named = dict(reversed(line.split("  ")) for line in lines)
    assert {f"clients/python/tantieme_client/_async/{path.name}" for path in hand_made()} <= set(
        named
    )
    changed = [path for path, sha256 in named.items() if sha256_of(ROOT / path) != sha256]
    assert not changed, f"{changed} changed since: run clients/python/generate.sh"


def test_both_clients_have_the_same_modules():
    assert {path.name for path in hand_made()} == {
        path.name for path in (PACKAGE / "_sync").glob("*.py")
    }


def test_every_operation_of_the_description_is_there():
    text = (ROOT / "tests/api/openapi.yaml").read_text(encoding="utf-8")
    description = yaml.load(text, yaml.CSafeLoader)
    names = {
        operation["operationId"]
        for address in description["paths"].values()
        for operation in address.values()
    }
    assert {name for name in dir(operations) if not name.startswith("_")} == names


def hand_made() -> list[Path]:
    return list((PACKAGE / "_async").glob("*.py"))


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
