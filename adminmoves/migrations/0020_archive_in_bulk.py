"""No plan that goes through a whole archive once for each of its documents.

An index on the administration, or on the move, alone looked to the planner as good as
the one that has the document too, wherever its statistics were old.
"""

import django.db.models.deletion
from django.db import migrations, models

from adminmoves.models.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0019_open_address")]

    operations = [
        migrations.AlterField(
            model_name="document",
            name="administration",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="archive",
                to="adminmoves.administration",
            ),
        ),
        migrations.AlterField(
            model_name="documentcopy",
            name="move",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="document_copies",
                to="adminmoves.move",
            ),
        ),
        migrations.RunSQL(
            read_sql("archive_in_bulk"), reverse_sql=migrations.RunSQL.noop
        ),
    ]
