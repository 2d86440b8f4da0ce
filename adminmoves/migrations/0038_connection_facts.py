from django.db import migrations

from adminmoves.models.sql import read_sql

UNDO = "DROP FUNCTION adminmoves_guard_connection_facts() CASCADE;"


class Migration(migrations.Migration):
    """A connection has the country site and the base address that its package has.

    Rows from before stay as they are: the trigger looks at what is new.
    """

    dependencies = [("adminmoves", "0037_unseen_private")]
    operations = [migrations.RunSQL(read_sql("connection_facts"), UNDO)]
