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
        ({"CACHE_URL": "memcached://cache"}, "CACHE_URL must start with one of redis"),
        ({"API_RATE": "fast"}, "API_RATE: 'fast' is no rate"),
        ({"SANDBOX_URL": "sandbox.example"}, "SANDBOX_URL='sandbox.example' is no address"),
        ({"EMAIL_URL": "imap://mail.example"}, "EMAIL_URL must be one of smtp://host"),
        ({"EMAIL_URL": "smtp://mail.example:mail"}, "EMAIL_URL must be one of smtp://host"),
        ({"EMAIL_URL": "smtps://u:p@mail.example"}, "EMAIL_FROM is required with EMAIL_URL"),
        ({"EMAIL_URL": "smtps://u:p@mail.example"}, "PUBLIC_URL is required with EMAIL_URL"),
        ({"PUBLIC_URL": "tantieme.example"}, "is no address; write https://name"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL='LOUD' is none of"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT='xml' is neither json nor console"),
        ({"HTTPS": "perhaps"}, "HTTPS='perhaps' is neither true nor false"),
        ({"PORT": "http"}, "PORT='http' is not a whole number from 0 to 65535"),
        ({"PORT": "70000"}, "PORT='70000' is not a whole number"),
        ({"WEB_CONCURRENCY": "0"}, "WEB_CONCURRENCY='0' is not a whole number from 1 to 256"),
        ({"WEB_THREADS": "٣"}, "WEB_THREADS='٣' is not a whole number"),
        ({"WEBHOOK_ALLOWED_NETWORKS": "10.0.0.1/8"}, "has '10.0.0.1/8': 10.0.0.1/8 has host bits"),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES='-1' is not a whole number"),
        ({"METRICS_TOKEN": "secret"}, "METRICS_TOKEN is short enough to be guessed"),
        ({"CSRF_TRUSTED_ORIGINS": "a.example"}, "'a.example'; write each as https://name"),
    ],
)
def test_a_wrong_variable_is_named_with_what_to_do(variables, sentence):
    with pytest.raises(ConfigurationError, match=sentence):
        read_environment(variables)


def test_a_fault_in_a_secret_does_not_print_it():
    with pytest.raises(ConfigurationError) as caught:
        read_environment({"METRICS_TOKEN": "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_the_web_process_is_sized_and_secured_by_variables():
    environment = read_environment(
        {
            "HTTPS": "1",
            "TRUSTED_PROXIES": "1",
            "CSRF_TRUSTED_ORIGINS": "https://a.example,https://b.example",
            "PORT": "9000",
            "WEB_CONCURRENCY": "3",
            "WEB_THREADS": "8",
            "STATIC_ROOT": "/srv/static",
        }
    )
    assert environment.https
    assert environment.trusted_proxies == 1
    assert environment.trusted_origins == ("https://a.example", "https://b.example")
    assert (environment.port, environment.web_processes, environment.web_threads) == (9000, 3, 8)
    assert environment.static_root == Path("/srv/static")


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
