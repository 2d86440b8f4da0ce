"""How the schema migrations of this folder write a table: its fields by name."""

from django.db import migrations, models

ID = models.BigAutoField(
    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
)


def create_table(name, fields, bases=None, **options):
    """CreateModel, with the fields as a dict and the options as arguments."""
    return migrations.CreateModel(name, list(fields.items()), options, bases)
