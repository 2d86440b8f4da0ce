"""Codes and names hold no sign that nobody sees."""

import django.core.validators
from django.db import migrations, models

import adminmoves.cleaning
from adminmoves.models.sql import read_sql

UNDO = """
DROP FUNCTION adminmoves_guard_signs() CASCADE;
DROP FUNCTION adminmoves_is_seen(text);
"""


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0032_calendar_of_new_columns")]

    operations = [
        migrations.AlterField(
            model_name="administration",
            name="code",
            field=models.CharField(
                max_length=100,
                validators=[
                    adminmoves.cleaning.require_code,
                    django.core.validators.MaxLengthValidator(100),
                ],
                verbose_name="administration code",
            ),
        ),
        migrations.AlterField(
            model_name="administration",
            name="external_id",
            field=models.CharField(
                blank=True,
                max_length=100,
                validators=[adminmoves.cleaning.require_seen],
                verbose_name="id in the package",
            ),
        ),
        migrations.AlterField(
            model_name="administration",
            name="name",
            field=models.CharField(
                max_length=200,
                validators=[adminmoves.cleaning.require_seen],
                verbose_name="name",
            ),
        ),
        migrations.AlterField(
            model_name="bookkeepingconnection",
            name="package_environment",
            field=models.CharField(
                max_length=100,
                validators=[adminmoves.cleaning.require_seen],
                verbose_name="licence or organisation in the package",
            ),
        ),
        migrations.AlterField(
            model_name="environment",
            name="name",
            field=models.CharField(
                max_length=200,
                validators=[adminmoves.cleaning.require_seen],
                verbose_name="name",
            ),
        ),
        migrations.AlterField(
            model_name="move",
            name="to_code",
            field=models.CharField(
                blank=True,
                max_length=100,
                validators=[adminmoves.cleaning.require_code],
            ),
        ),
        migrations.AlterField(
            model_name="parties",
            name="requester_name",
            field=models.CharField(
                blank=True,
                max_length=200,
                validators=[adminmoves.cleaning.require_seen],
            ),
        ),
        migrations.AlterField(
            model_name="parties",
            name="requester_ticket",
            field=models.CharField(
                blank=True,
                max_length=100,
                validators=[adminmoves.cleaning.require_seen],
            ),
        ),
        migrations.AlterField(
            model_name="parties",
            name="consent_name",
            field=models.CharField(
                blank=True,
                max_length=200,
                validators=[adminmoves.cleaning.require_seen],
            ),
        ),
        migrations.AlterField(
            model_name="parties",
            name="consent_ticket",
            field=models.CharField(
                blank=True,
                max_length=100,
                validators=[adminmoves.cleaning.require_seen],
            ),
        ),
        migrations.AlterField(
            model_name="parties",
            name="moved_said_by",
            field=models.CharField(
                blank=True,
                max_length=200,
                validators=[adminmoves.cleaning.require_seen],
            ),
        ),
        migrations.AlterField(
            model_name="parties",
            name="moved_ticket",
            field=models.CharField(
                blank=True,
                max_length=100,
                validators=[adminmoves.cleaning.require_seen],
            ),
        ),
        migrations.AlterField(
            model_name="freeze",
            name="name",
            field=models.CharField(
                max_length=100,
                validators=[adminmoves.cleaning.require_seen],
                verbose_name="name",
            ),
        ),
        migrations.RunSQL(read_sql("guard_signs"), UNDO),
    ]
