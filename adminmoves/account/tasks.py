from celery import shared_task

from adminmoves.account.signin import throttle


@shared_task(name="adminmoves.overview.forget_sign_ins")
def forget_sign_ins() -> None:
    throttle.clean_up()
