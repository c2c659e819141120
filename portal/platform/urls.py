"""Where a platform's pages about what it sent and owes are found."""

from django.urls import path

from portal.platform import generations

urlpatterns = [
    path("generations/", generations.generations, name="generations"),
    path("generations/<uuid:pk>/", generations.generation, name="generation"),
]
