"""The least that a Django project can do with an event: the settings, the site map and the views.

It reads the JSON and answers; or it also inserts a row, in a transaction of its own, into a table
with the primary key and the unique name that events have. No key, no checks, no middleware.
"""

import json

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path

from config.settings.data import DATABASES

SECRET_KEY = "of a server that signs nothing"
ROOT_URLCONF = "benchmarks.api.bare"
ALLOWED_HOSTS = ["127.0.0.1"]
USE_TZ = True
LOGGING_CONFIG = None
DATABASES["default"]["ATOMIC_REQUESTS"] = False

TABLE = "CREATE TABLE bare (id bigserial PRIMARY KEY, name text UNIQUE, content jsonb NOT NULL)"
GRANT = "GRANT ALL ON bare, bare_id_seq TO tantieme_app"
INSERT = "INSERT INTO bare (name, content) VALUES (%s, %s)"


def read(request: HttpRequest) -> JsonResponse:
    """Reads an event."""
    event = json.loads(request.body)
    return JsonResponse({"event_id": event["event_id"]}, status=201)


def insert(request: HttpRequest) -> JsonResponse:
    """Reads an event and keeps it."""
    event = json.loads(request.body)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [event["event_id"], json.dumps(event)])
    return JsonResponse({"event_id": event["event_id"]}, status=201)


urlpatterns = [path("read", read), path("insert", insert)]
