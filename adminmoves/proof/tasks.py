from celery import shared_task

from adminmoves import celery_tasks
from adminmoves.proof.actions import ask_due


@shared_task(name=celery_tasks.ASK)
def ask() -> None:
    ask_due()
