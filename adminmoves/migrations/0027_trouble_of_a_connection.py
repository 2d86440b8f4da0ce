"""A line keeps why the package gave no answer, and a list whose user saw it."""

from django.db import migrations, models

VERDICTS = [
    ("FOUND_ACTIVE", "found and active"),
    ("FOUND_NOT_USABLE", "found, not active"),
    ("NOT_FOUND_OR_NO_ACCESS", "not found, or no access"),
    ("WRONG_ENVIRONMENT", "another environment answered"),
    ("AMBIGUOUS", "several with this code"),
    ("OLD_CODE_STILL_SHOWN", "found, the old code too"),
    ("AUTH_REQUIRED", "not signed in to the package"),
    ("RATE_LIMITED", "asked too often, wait"),
    ("UNAVAILABLE", "the package does not answer"),
    ("CONFIG_ERROR", "the connection is not set up"),
    ("ATTESTED", "attested by a person"),
]


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0026_calendar")]

    operations = [
        migrations.AddField(
            "connectionline",
            "trouble",
            models.CharField(max_length=30, choices=VERDICTS, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "connectionline",
            "trouble_why",
            models.CharField(max_length=60, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "connectionline", "troubled_at", models.DateTimeField(null=True)
        ),
        migrations.AddField(
            "connectionlist",
            "user_id",
            models.CharField(max_length=100, blank=True, default=""),
            preserve_default=False,
        ),
    ]
