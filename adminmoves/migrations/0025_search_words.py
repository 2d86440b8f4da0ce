"""Search by words: accents, punctuation and order of words say nothing."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Concat

import adminmoves.models.estate
from adminmoves.models.sql import read_sql

NAME_KEY = models.GeneratedField(
    db_persist=True,
    expression=adminmoves.models.estate.Words(F("name")),
    output_field=models.TextField(),
)


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0024_copies_compared")]

    operations = [
        migrations.RunSQL(read_sql("search_words"), reverse_sql=migrations.RunSQL.noop),
        migrations.AddField("environment", "name_key", NAME_KEY),
        migrations.AddField("administration", "name_key", NAME_KEY.clone()),
        migrations.AddField(
            "parties",
            "search_key",
            models.GeneratedField(
                db_persist=True,
                expression=adminmoves.models.estate.Words(
                    Concat("requester_name", Value(" "), "requester_ticket")
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.RemoveIndex("administration", "administration_name_list"),
        migrations.AddIndex(
            "administration",
            models.Index(fields=["name_key", "id"], name="administration_name_list"),
        ),
        migrations.CreateModel(
            name="AdministrationSearch",
            fields=[
                (
                    "administration",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="search",
                        serialize=False,
                        to="adminmoves.administration",
                    ),
                ),
                ("names", models.TextField()),
                ("codes", models.TextField()),
            ],
        ),
        migrations.RunSQL(read_sql("search_table"), reverse_sql=migrations.RunSQL.noop),
    ]
