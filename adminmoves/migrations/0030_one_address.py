"""One open request per wanted e-mail address."""

from django.db import migrations, models
from django.db.models import Count, Q

OPEN_STATES = (
    "AWAITING_BOOKKEEPING",
    "AWAITING_APPROVAL",
    "APPROVED",
    "RUNNING",
    "IN_DOUBT",
    "FAILED",
    "STOPPED",
)


def refuse_twins(apps, _editor):
    """Say which requests want the same address: people choose between them."""
    moves = apps.get_model("adminmoves", "Move").objects.filter(state__in=OPEN_STATES)
    twins = moves.values("to_address").annotate(n=Count("id")).filter(n__gt=1)
    addresses = list(twins.order_by("to_address").values_list("to_address", flat=True))
    if not addresses:
        return
    rows = moves.filter(to_address__in=addresses).order_by("to_address", "id")
    told = ", ".join(
        f"{address}: request {pk}"
        for address, pk in rows.values_list("to_address", "id")
    )
    raise ValueError(
        "Open requests want the same e-mail address. Withdraw all but one of each in "
        f"the version that runs now, then migrate again. {told}"
    )


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0029_approver_right")]

    operations = [
        migrations.RunPython(refuse_twins, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="move", name="move_open_address"),
        migrations.AddConstraint(
            model_name="move",
            constraint=models.UniqueConstraint(
                condition=Q(state__in=OPEN_STATES),
                fields=("to_address",),
                name="one_open_move_per_wanted_address",
            ),
        ),
    ]
