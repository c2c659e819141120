"""Settings from the environment: defaults that run, and faults named all at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import ConfigurationError, read_environment

ROOT = Path(__file__).resolve().parents[2]
GOOD = "postgresql://app:secret@db.example:5432/tantieme"
OWNER = "postgresql://owner:secret@db.example:5432/tantieme"


def test_nothing_set_means_private_servers():
    environment = read_environment({})
    assert environment.embedded_postgres
    assert environment.embedded_broker
    assert not environment.debug


def test_own_servers_are_taken_as_they_are_named():
    environment = read_environment(
        {
            "DATABASE_URL": GOOD,
            "DATABASE_OWNER_URL": OWNER,
            "CELERY_BROKER_URL": "amqp://broker",
            "SECRET_KEY": "x" * 50,
            "ALLOWED_HOSTS": "tantieme.example, www.tantieme.example",
            "DEBUG": "yes",
        }
    )
    assert not environment.embedded_postgres
    assert not environment.embedded_broker
    assert environment.allowed_hosts == ("tantieme.example", "www.tantieme.example")
    assert environment.debug


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DEBUG": "maybe"}, "DEBUG='maybe' is neither true nor false"),
        ({"DATABASE_URL": "mysql://a/b", "SECRET_KEY": "x"}, "keeps its guarantees in PostgreSQL"),
        ({"DATABASE_URL": "postgresql://u@h/", "SECRET_KEY": "x"}, "names no database"),
        ({"DATABASE_URL": "postgresql://h/name", "SECRET_KEY": "x"}, "names no user"),
        ({"DATABASE_URL": GOOD}, "SECRET_KEY is required"),
        ({"DATABASE_OWNER_URL": OWNER}, "set both or neither"),
        (
            {"DATABASE_URL": GOOD, "DATABASE_OWNER_URL": GOOD, "SECRET_KEY": "x"},
            "a role that owns nothing",
        ),
        ({"CELERY_BROKER_URL": "sqla+sqlite://"}, "CELERY_BROKER_URL must start with"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL='LOUD' is none of"),
    ],
)
def test_a_wrong_variable_is_named_with_what_to_do(variables, sentence):
    with pytest.raises(ConfigurationError, match=sentence):
        read_environment(variables)


def test_a_command_ends_with_the_faults_and_no_traceback():
    process = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DEBUG": "maybe"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 1
    assert process.stderr.startswith("The configuration cannot be used:\n- DEBUG='maybe'")


def test_all_faults_are_told_at_once():
    with pytest.raises(ConfigurationError) as caught:
        read_environment({"DEBUG": "maybe", "LOG_LEVEL": "loud"})
    assert "DEBUG" in str(caught.value)
    assert "LOG_LEVEL" in str(caught.value)
