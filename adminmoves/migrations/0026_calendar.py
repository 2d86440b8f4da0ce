"""Moments that everybody can read, and freezes that hold until further notice."""

from django.db import migrations, models

import adminmoves.cleaning
from adminmoves.models.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0025_search_words")]

    operations = [
        migrations.AlterField(
            model_name="freeze",
            name="ends_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Empty: until further notice.",
                null=True,
                validators=[adminmoves.cleaning.require_calendar],
                verbose_name="until",
            ),
        ),
        migrations.AlterField(
            model_name="freeze",
            name="starts_at",
            field=models.DateTimeField(
                validators=[adminmoves.cleaning.require_calendar], verbose_name="from"
            ),
        ),
        migrations.AlterField(
            model_name="administration",
            name="documents_counted_at",
            field=models.DateTimeField(
                blank=True,
                null=True,
                validators=[adminmoves.cleaning.require_calendar],
                verbose_name="counted at",
            ),
        ),
        migrations.AlterField(
            model_name="approvalloan",
            name="ends_at",
            field=models.DateTimeField(
                validators=[adminmoves.cleaning.require_calendar]
            ),
        ),
        migrations.AlterField(
            model_name="move",
            name="not_before",
            field=models.DateTimeField(
                blank=True, null=True, validators=[adminmoves.cleaning.require_calendar]
            ),
        ),
        migrations.AlterField(
            model_name="parties",
            name="consent_on",
            field=models.DateField(
                blank=True, null=True, validators=[adminmoves.cleaning.require_calendar]
            ),
        ),
        migrations.AlterField(
            model_name="parties",
            name="moved_on",
            field=models.DateField(
                blank=True, null=True, validators=[adminmoves.cleaning.require_calendar]
            ),
        ),
        migrations.AlterField(
            model_name="proof",
            name="moved_on",
            field=models.DateField(
                null=True, validators=[adminmoves.cleaning.require_calendar]
            ),
        ),
        migrations.RunSQL(read_sql("mend_calendar"), migrations.RunSQL.noop),
        migrations.RunSQL(read_sql("hold_calendar"), migrations.RunSQL.noop),
    ]
