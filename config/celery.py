"""The Celery application, shared by those who ask for work and those who do it."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("tantieme")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
