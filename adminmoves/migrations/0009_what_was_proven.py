import django.db.models.deletion
from django.db import migrations, models

from adminmoves.models.sql import read_sql

FILL = """
ALTER TABLE adminmoves_proof DISABLE TRIGGER append_only;
UPDATE adminmoves_proof p SET administration_id = m.administration_id
    FROM adminmoves_move m WHERE m.id = p.move_id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE adminmoves_proof ENABLE TRIGGER append_only;
"""


class Migration(migrations.Migration):
    """A proof is about the administration that its move was about by then."""

    dependencies = [("adminmoves", "0008_names_of_the_record")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE adminmoves_move DROP CONSTRAINT move_proof_is_its_own"
        ),
        migrations.RemoveConstraint("proof", "proof_identity"),
        migrations.AddField(
            model_name="proof",
            name="administration",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="adminmoves.administration",
            ),
        ),
        migrations.RunSQL(FILL),
        migrations.AddConstraint(
            "proof",
            models.UniqueConstraint(
                fields=[
                    "id",
                    "move",
                    "administration",
                    "connection",
                    "code_key",
                    "usable",
                ],
                name="proof_identity",
            ),
        ),
        migrations.RunSQL(read_sql("proof_of_administration")),
    ]
