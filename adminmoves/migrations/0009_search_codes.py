"""Codes by which an administration is found: a row each, with a plain index.

One trigram scan of all codes of an administration took 3 ms with 400 thousand
administrations and grew with them; the plain index takes 0.1 ms at any size.
"""

from django.db import migrations, models

from adminmoves.migrations._tables import create_table
from adminmoves.models.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0008_reference_data")]
    operations = [
        create_table(
            "SearchCode",
            {
                "pk": models.CompositePrimaryKey(
                    "administration",
                    "code",
                    blank=True,
                    editable=False,
                    primary_key=True,
                    serialize=False,
                ),
                "administration": models.ForeignKey(
                    "adminmoves.administration",
                    models.PROTECT,
                    related_name="search_codes",
                    db_index=False,
                ),
                "code": models.TextField(db_collation="C"),
            },
            indexes=[
                models.Index(
                    fields=["code", "administration"], name="search_code_begins"
                )
            ],
        ),
        migrations.RemoveField("AdministrationSearch", "codes"),
        migrations.RunSQL(read_sql("search_codes")),
    ]
