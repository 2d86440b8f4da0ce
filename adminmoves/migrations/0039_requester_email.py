from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    """A migration is found by the e-mail address of who asked for it."""

    dependencies = [("adminmoves", "0038_connection_facts")]
    operations = [
        migrations.AddIndex(
            model_name="parties",
            index=models.Index(Upper("requester_email"), name="parties_email_search"),
        ),
    ]
