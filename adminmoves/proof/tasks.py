from celery import shared_task

from adminmoves import doorbell
from adminmoves.proof.actions import ask_due


@shared_task(name=doorbell.ASK)
def ask() -> None:
    ask_due()
