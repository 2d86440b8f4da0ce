"""Indexes that answer a search without reading a table to its end."""

from django.db import migrations

from adminmoves.models.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0016_windows")]

    operations = [migrations.RunSQL(read_sql("search_indexes"))]
