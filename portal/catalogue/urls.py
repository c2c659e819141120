"""The catalogue's pages, under /catalogue/; the names are `catalogue:...`.

An entry of the navigation (templates/portal/catalogue/nav.html) shows once its address is here:
`browse`, `deliveries`, `duplicates`, `claims`, `quality`.
"""

from django.urls import URLPattern, URLResolver, include, path

from portal.catalogue import (
    browse,
    claim_urls,
    deliveries,
    delivering,
    duplicates,
    pages,
    senders,
)

app_name = "catalogue"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", browse.browse, name="browse"),
    path("tracks/<int:pk>/", pages.track, name="track"),
    path("tracks/<int:pk>/file/", pages.track_file, name="track-file"),
    path("tracks/<int:pk>/spectrogram.png", pages.track_spectrogram, name="track-spectrogram"),
    path("works/<int:pk>/", pages.work, name="work"),
    path("parties/<int:pk>/", pages.party, name="party"),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("deliveries/new/", delivering.deliver, name="deliver"),
    path("deliveries/new/<str:token>/", delivering.columns, name="deliver-columns"),
    path("deliveries/<uuid:pk>/", deliveries.delivery, name="delivery"),
    path("deliveries/<uuid:pk>/approve/", deliveries.approve_delivery, name="delivery-approve"),
    path("deliveries/<uuid:pk>/rows/", deliveries.decide_rows, name="delivery-rows"),
    path("deliveries/<uuid:pk>/report.<str:kind>", deliveries.report, name="delivery-report"),
    *claim_urls.urlpatterns,
    path("senders/", senders.senders, name="senders"),
    path("senders/<slug:code>/", senders.sender, name="sender"),
    path("duplicates/", duplicates.duplicates, name="duplicates"),
    path("duplicates/merges/", duplicates.duplicate_merges, name="duplicate-merges"),
    path("duplicates/merges/<int:pk>/", duplicates.duplicate_merge, name="duplicate-merge"),
    path("duplicates/merges/<int:pk>/undo/", duplicates.undo, name="duplicate-undo"),
    path("duplicates/<int:pk>/", duplicates.duplicate, name="duplicate"),
    path("duplicates/<int:pk>/decide/", duplicates.decide, name="duplicate-decide"),
    path("quality/", include("portal.catalogue.quality_urls")),
]
