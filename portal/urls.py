"""The pages' site map."""

from django.urls import URLPattern, URLResolver, path

from portal.home import home
from portal.rights_holder import statements
from portal.session import views as session

LINE = "statements/<int:pk>/lines/<int:row>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("sign-in/", session.sign_in, name="sign-in"),
    path("sign-out/", session.sign_out, name="sign-out"),
    path("act-for/", session.act_for, name="act-for"),
    path("appearance/", session.appearance, name="appearance"),
    path("statements/", statements.statements, name="statements"),
    path("statements/<int:pk>/", statements.statement, name="statement"),
    path(LINE, statements.line, name="line"),
]
