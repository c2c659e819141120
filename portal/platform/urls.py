"""Where a platform's pages about what it sent and owes are found."""

from django.urls import path

from portal.platform import generations, usage

urlpatterns = [
    path("generations/", generations.generations, name="generations"),
    path("generations/<uuid:pk>/", generations.generation, name="generation"),
    path("usage/", usage.usage, name="usage"),
    path("usage/<uuid:pk>/", usage.sent_file, name="sent-file"),
    path("usage/<uuid:pk>/result/", usage.sent_file_result, name="sent-file-result"),
]
