"""The portal's map, in the order in which a move travels."""

from django.urls import include, path

from adminmoves.approval import views as approval
from adminmoves.audit import views as history
from adminmoves.connections import views as connections
from adminmoves.execution import views as execution
from adminmoves.intake import views as intake
from adminmoves.operations import views as operations
from adminmoves.overview.administrations import views as administrations
from adminmoves.overview.help import views as guide
from adminmoves.overview.move import views as move
from adminmoves.overview.moves import views as moves
from adminmoves.overview.preferences import views as preferences
from adminmoves.overview.search import views as search
from adminmoves.overview.signin import views as signin
from adminmoves.overview.styleguide import views as styleguide
from adminmoves.proof import views as proof

journey = [
    path("", moves.moves, name="list"),
    path("aanvraag/", intake.choose, name="choose"),
    path("aanvraag/begin/", intake.start_draft, name="start_draft"),
    path(
        "aanvraag/administraties/",
        intake.pick_administration,
        name="pick_administration",
    ),
    path("aanvraag/kantoren/", intake.pick_office, name="pick_office"),
    path("aanvraag/<str:number>/", intake.form, name="form"),
    path("aanvraag/<str:number>/controle/", intake.check_draft, name="check_draft"),
    path("aanvraag/<str:number>/pakket/", intake.package_says, name="package_says"),
    path(
        "aanvraag/<str:number>/overnemen/",
        intake.take_over_draft,
        name="take_over_draft",
    ),
    path("aanvraag/<str:number>/nalezen/", intake.review, name="review"),
    path("aanvraag/<str:number>/ingediend/", intake.submitted, name="submitted"),
    path("migraties/<str:number>/heropenen/", intake.reopen, name="reopen"),
    path(
        "migraties/<str:number>/terugdraaien/", intake.reverse_move, name="reverse_move"
    ),
    path("migraties/<str:number>/intrekken/", intake.withdraw, name="withdraw"),
    path("migraties/<str:number>/tellen/", intake.recount, name="recount"),
    path("migraties/<str:number>/verklaring/", proof.attest, name="attest"),
    path("migraties/<str:number>/vraag-pakket/", proof.check_now, name="check_now"),
    path("bewijs/<str:public_id>/", proof.evidence, name="evidence"),
    path("akkoord/", approval.queue, name="queue"),
    path("akkoord/samen/", approval.approve_many, name="approve_many"),
    path("akkoord/uitlenen/", approval.lend, name="lend"),
    path(
        "akkoord/uitlenen/<int:loan_id>/terugnemen/",
        approval.end_loan,
        name="end_loan",
    ),
    path("migraties/<str:number>/", move.detail, name="detail"),
    path("migraties/<str:number>/voortgang/", move.progress, name="progress"),
    path("migraties/<str:number>/opmerking/", move.comment, name="comment"),
    path("migraties/<str:number>/akkoord/", approval.approve, name="approve"),
    path("migraties/<str:number>/terugsturen/", approval.send_back, name="send_back"),
    path("migraties/<str:number>/afwijzen/", approval.reject, name="reject"),
    path(
        "migraties/<str:number>/ander-moment/",
        approval.reschedule,
        name="reschedule",
    ),
    path("migraties/<str:number>/opnieuw/", execution.retry, name="retry"),
    path("migraties/<str:number>/stoppen/", execution.stop, name="stop"),
    path("migraties/<str:number>/antwoord/", execution.settle, name="settle"),
    path(
        "migraties/<str:number>/nazorg/",
        execution.tick_aftercare,
        name="tick_aftercare",
    ),
    path("administraties/", administrations.administrations, name="administrations"),
    path(
        "administraties/<str:public_id>/",
        administrations.administration,
        name="administration",
    ),
    path("koppelingen/", connections.connections, name="connections"),
    path("koppelingen/terug/", connections.returned, name="returned"),
    path("koppelingen/<str:public_id>/", connections.connection, name="connection"),
    path("koppelingen/<str:public_id>/verbinden/", connections.connect, name="connect"),
    path(
        "koppelingen/<str:public_id>/verbreken/",
        connections.disconnect,
        name="disconnect",
    ),
    path("koppelingen/<str:public_id>/vraag/", connections.ask, name="ask_connection"),
    path("beheer/werking/", operations.operations, name="operations"),
    path("beheer/werking/pauze/", operations.pause, name="pause"),
    path("beheer/werking/hervatten/", operations.resume, name="resume"),
    path("historie/", history.history, name="history"),
    path("historie/export/", history.export, name="export_history"),
    path("zoeken/", search.search, name="search"),
    path("hulp/", guide.guide, name="help"),
    path("voorkeuren/", preferences.preferences, name="preferences"),
    path("voorkeur/", preferences.set_preference, name="set_preference"),
]

urlpatterns = [
    path("inloggen/", signin.sign_in, name="login"),
    path("uitloggen/", signin.sign_out, name="logout"),
    path("stijlgids/", styleguide.styleguide, name="styleguide"),
    path("", include((journey, "moves"))),
]
