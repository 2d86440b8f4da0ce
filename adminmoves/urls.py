"""The portal's map, in the order in which a move travels."""

from django.urls import include, path

from adminmoves.overview.preferences import views as preferences
from adminmoves.overview.signin import views as signin
from adminmoves.overview.styleguide import views as styleguide

journey = [
    path("voorkeuren/", preferences.preferences, name="preferences"),
    path("voorkeur/", preferences.set_preference, name="set_preference"),
]

urlpatterns = [
    path("inloggen/", signin.sign_in, name="login"),
    path("uitloggen/", signin.sign_out, name="logout"),
    path("stijlgids/", styleguide.styleguide, name="styleguide"),
    path("", include((journey, "moves"))),
]
