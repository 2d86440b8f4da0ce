"""Roles, what differs per package, and the switch of the queue."""

from django.db import migrations

ROLES = ("SUPPORT_AGENT", "TEAM_LEAD", "AUDITOR", "ADMINISTRATOR")
# package, pattern of a whole code, example, the office can do it by itself
PROFILES = (
    ("TWINFIELD", r"[A-Za-z0-9._/-]{1,16}", "NL2041", True),
    ("EXACT_ONLINE", r"[0-9]{1,9}", "411", True),
    ("UNIT4", r"[!-~]{1,20}", "MVL00124", False),
    ("ACCOUNTVIEW", r"[A-Za-z0-9._-]{1,10}", "KORENAAR", False),
)


def fill(apps, _schema_editor):
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.get_or_create(name=name)
    profile = apps.get_model("adminmoves", "PackageProfile")
    for package, pattern, example, self_service in PROFILES:
        profile.objects.create(
            package=package,
            code_pattern=pattern,
            code_example=example,
            self_service=self_service,
        )
    apps.get_model("adminmoves", "QueueSwitch").objects.create(id=1)


class Migration(migrations.Migration):
    """The roles stay as they are; the rest can be changed afterwards."""

    dependencies = [("adminmoves", "0007_guards")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
