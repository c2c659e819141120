"""The address of the design system."""

from django.urls import URLPattern, path

from portal.design.views import design

urlpatterns: list[URLPattern] = [path("design/", design, name="design")]
