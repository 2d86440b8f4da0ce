from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdminMovesConfig(AppConfig):
    name = "adminmoves"
    verbose_name = _("Migrations portal")
    default_auto_field = "django.db.models.BigAutoField"
