"""compose.yaml fits the image, the example of variables, and itself."""

import re
from pathlib import Path

import pytest
import yaml

from config.environment import read_environment

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "compose.yaml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
OURS = ("web", "worker", "worker-gpu", "migrate")


def example() -> dict[str, str]:
    """The example's variables, with those filled in that compose asks for."""
    lines = (ROOT / "deploy" / "example.env").read_text().splitlines()
    pairs = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    asked_for = set(re.findall(r"\$\{(\w+):\?\}", TEXT)) - {name for name in pairs if pairs[name]}
    return pairs | {name: f"secret-of-20-characters-{name}" for name in asked_for}


def filled_in(text: object) -> str:
    return re.sub(r"\$\{(\w+)(?::[-?]([^}]*))?\}", lambda m: example()[m[1]], str(text))


def test_every_variable_is_explained_in_the_example_and_every_one_there_is_used():
    used = set(re.findall(r"\$\{(\w+)", TEXT))
    assert used == set(example())


def test_a_forgotten_secret_stops_it_instead_of_being_empty():
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD"):
        assert set(re.findall(rf"\$\{{{name}([^}}]*)\}}", TEXT)) == {":?"}, name


@pytest.mark.parametrize("name", OURS)
def test_the_variables_of_each_service_describe_a_system_that_can_run(name):
    variables = {key: filled_in(value) for key, value in SERVICES[name]["environment"].items()}
    environment = read_environment(variables)
    assert not environment.embedded_postgres
    assert not environment.embedded_broker


def test_only_the_migration_knows_the_owners_password():
    knowing = [name for name in OURS if "OWNER_PASSWORD" in str(SERVICES[name])]
    assert knowing == ["migrate"]


@pytest.mark.parametrize("name", OURS)
def test_our_containers_may_do_little(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["volumes"] == ["data:/data"]
    assert "data" in COMPOSE["volumes"]


def test_nothing_starts_before_what_it_needs():
    for name in ("web", "worker", "worker-gpu"):
        needed = SERVICES[name]["depends_on"]
        assert needed["migrate"]["condition"] == "service_completed_successfully"
        assert needed["valkey"]["condition"] == "service_healthy"
    assert SERVICES["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    for name in ("postgres", "valkey"):
        assert SERVICES[name]["healthcheck"]["test"], name


def test_one_worker_sweeps_and_all_queues_are_listened_to():
    commands = {name: SERVICES[name]["command"] for name in ("worker", "worker-gpu")}
    assert [name for name, command in commands.items() if "--beat" in command] == ["worker"]
    listened = commands["worker"][commands["worker"].index("--queues") + 1]
    assert set(listened.split(",")) == {"default", "documents", "gpu"}


def test_only_this_host_reaches_the_pages_and_nobody_the_servers():
    assert SERVICES["web"]["ports"] == ["127.0.0.1:${PORT:-8000}:8000"]
    assert not [name for name in SERVICES if name != "web" and "ports" in SERVICES[name]]


def test_the_first_things_of_the_database_are_those_that_are_tested():
    mounted = [volume for volume in SERVICES["postgres"]["volumes"] if "initdb" in volume]
    assert mounted == ["./deploy/roles.sql:/docker-entrypoint-initdb.d/roles.sql:ro"]
    named = set(re.findall(r"\\getenv \w+ (\w+)", (ROOT / "deploy" / "roles.sql").read_text()))
    assert named <= set(SERVICES["postgres"]["environment"])
