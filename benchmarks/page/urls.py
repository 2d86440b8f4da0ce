"""One address: the limit of the home list."""

from django.urls import path

from benchmarks.page.views import moves

urlpatterns = [path("", moves)]
