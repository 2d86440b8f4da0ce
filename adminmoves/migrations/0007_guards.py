"""The rules that no page, import, shell or statement gets around."""

from django.db import migrations

from adminmoves.models.sql import read_sql

FILES = (
    "place_keys",
    "append_only",
    "trail",
    "estate_guards",
    "connection_facts",
    "guard_signs",
    "move_guards",
    "move_jumps",
    "statement_of_place",
    "approver_right",
    "start_gates",
    "retirement",
    "archive_guards",
    "search_table",
    "hold_calendar",
)


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0006_operations")]
    operations = [migrations.RunSQL(read_sql(name)) for name in FILES]
