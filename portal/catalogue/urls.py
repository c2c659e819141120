"""The catalogue's pages, under /catalogue/; the names are `catalogue:...`.

An entry of the navigation (templates/portal/catalogue/nav.html) shows once its address is here:
`browse`, `deliveries`, `duplicates`, `claims`, `quality`.
"""

from django.urls import URLPattern, URLResolver, path

from portal.catalogue import browse, pages

app_name = "catalogue"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", browse.browse, name="browse"),
    path("tracks/<int:pk>/", pages.track, name="track"),
    path("works/<int:pk>/", pages.work, name="work"),
    path("parties/<int:pk>/", pages.party, name="party"),
]
