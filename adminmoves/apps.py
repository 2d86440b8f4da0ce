from django.apps import AppConfig


class AdminMovesConfig(AppConfig):
    name = "adminmoves"
    verbose_name = "Migrations portal"
    default_auto_field = "django.db.models.BigAutoField"
