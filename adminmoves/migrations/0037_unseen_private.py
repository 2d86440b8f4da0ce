from django.db import migrations, models

import adminmoves.cleaning
from adminmoves.models.sql import read_sql


class Migration(migrations.Migration):
    """Signs of private use and noncharacters are unseen; addresses have none either."""

    dependencies = [("adminmoves", "0036_search_definers")]
    operations = [
        migrations.AlterField(
            model_name="environment",
            name="mail_domain",
            field=models.CharField(
                blank=True,
                help_text="Empty: mailtobasecone.com",
                max_length=200,
                validators=[adminmoves.cleaning.require_seen],
                verbose_name="own mail domain",
            ),
        ),
        migrations.AlterField(
            model_name="administration",
            name="mail_code",
            field=models.CharField(
                blank=True,
                max_length=10,
                validators=[adminmoves.cleaning.require_seen],
                verbose_name="own code for the address",
            ),
        ),
        migrations.AlterField(
            model_name="administration",
            name="mail_address",
            field=models.CharField(
                max_length=320,
                validators=[adminmoves.cleaning.require_seen],
                verbose_name="e-mail address",
            ),
        ),
        migrations.RunSQL(read_sql("unseen_private")),
    ]
