"""The addresses of an organisation's people."""

from django.urls import URLPattern, URLResolver, path

from portal.team import activity, delegations, joining, parties, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("activity/", activity.activity, name="activity"),
    path("activity.csv", activity.activity_csv, name="activity-csv"),
    path("invitation/<str:token>/", joining.invitation, name="invitation"),
    path("team/", views.team, name="team"),
    path("team/invite/", views.invite, name="invite"),
    path("team/invitations/<uuid:pk>/again/", views.send_again, name="invitation-again"),
    path("team/invitations/<uuid:pk>/revoke/", views.take_back, name="invitation-revoke"),
    path("team/members/<int:pk>/role/", views.role, name="member-role"),
    path("team/members/<int:pk>/remove/", views.remove, name="member-remove"),
    path("team/delegate/", delegations.delegate, name="delegate"),
    path("team/delegations/<int:pk>/end/", delegations.end, name="delegation-end"),
    path("team/delegations/<int:pk>/act/", delegations.act_through, name="delegation-act"),
    path("team/parties/", parties.invite_party, name="invite-party"),
]
