from django.db import migrations


class Migration(migrations.Migration):
    """What moves, proofs and events are called on the pages of the admin."""

    dependencies = [("adminmoves", "0007_office_started")]
    operations = [
        migrations.AlterModelOptions(
            name="move",
            options={
                "ordering": ("-id",),
                "verbose_name": "migration",
                "verbose_name_plural": "migrations",
            },
        ),
        migrations.AlterModelOptions(
            name="proof",
            options={
                "ordering": ("-id",),
                "verbose_name": "proof",
                "verbose_name_plural": "proofs",
            },
        ),
        migrations.AlterModelOptions(
            name="event",
            options={
                "ordering": ("-id",),
                "verbose_name": "event",
                "verbose_name_plural": "events",
            },
        ),
    ]
