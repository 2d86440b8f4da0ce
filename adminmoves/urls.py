"""The portal's map, in the order in which a move travels."""

from django.urls import include, path

from adminmoves.account.preferences import views as preferences
from adminmoves.account.signin import views as signin
from adminmoves.approval import views as approval
from adminmoves.audit import views as history
from adminmoves.demo.styleguide import views as styleguide
from adminmoves.execution import views as execution
from adminmoves.intake.draft import views as draft
from adminmoves.intake.form import views as form
from adminmoves.intake.pickers import views as pickers
from adminmoves.intake.recount import views as recount
from adminmoves.intake.review import views as review
from adminmoves.intake.withdrawal import views as withdrawal
from adminmoves.operations import views as operations
from adminmoves.overview.administrations import views as administrations
from adminmoves.overview.connections import views as connections
from adminmoves.overview.help import views as guide
from adminmoves.overview.move import views as move
from adminmoves.overview.moves import views as moves
from adminmoves.overview.search import views as search
from adminmoves.proof import views as proof
from adminmoves.retirement import views as retirement
from adminmoves.web import inputs

inputs.register()

journey = [
    path("", moves.moves, name="list"),
    path("tellers/", moves.badges, name="badges"),
    path("aanvraag/", draft.choose, name="choose"),
    path("aanvraag/begin/", form.start_draft, name="start_draft"),
    path(
        "aanvraag/administraties/",
        pickers.pick_administration,
        name="pick_administration",
    ),
    path("aanvraag/kantoren/", pickers.pick_office, name="pick_office"),
    path("aanvraag/<number:number>/", form.form, name="form"),
    path("aanvraag/<number:number>/controle/", form.check_draft, name="check_draft"),
    path("aanvraag/<number:number>/pakket/", form.package_says, name="package_says"),
    path(
        "aanvraag/<number:number>/overnemen/",
        draft.take_over_draft,
        name="take_over_draft",
    ),
    path("aanvraag/<number:number>/soort/", form.retype, name="retype"),
    path("aanvraag/<number:number>/nalezen/", review.review, name="review"),
    path("aanvraag/<number:number>/ingediend/", review.submitted, name="submitted"),
    path("migraties/<number:number>/heropenen/", draft.reopen, name="reopen"),
    path(
        "migraties/<number:number>/terugdraaien/",
        draft.reverse_move,
        name="reverse_move",
    ),
    path("migraties/<number:number>/intrekken/", withdrawal.withdraw, name="withdraw"),
    path("migraties/<number:number>/tellen/", recount.recount, name="recount"),
    path("migraties/<number:number>/verklaring/", proof.attest, name="attest"),
    path("migraties/<number:number>/vraag-pakket/", proof.check_now, name="check_now"),
    path("bewijs/<public:public_id>/", proof.evidence, name="evidence"),
    path(
        "bewijs/<public:public_id>/bekijken/",
        proof.show_evidence,
        name="show_evidence",
    ),
    path("akkoord/", approval.queue, name="queue"),
    path("akkoord/samen/", approval.approve_many, name="approve_many"),
    path("akkoord/uitlenen/", approval.lend, name="lend"),
    path(
        "akkoord/uitlenen/<row:loan_id>/terugnemen/",
        approval.end_loan,
        name="end_loan",
    ),
    path("migraties/<number:number>/", move.detail, name="detail"),
    path("migraties/<number:number>/voortgang/", move.progress, name="progress"),
    path("migraties/<number:number>/opmerking/", move.comment, name="comment"),
    path("migraties/<number:number>/akkoord/", approval.approve, name="approve"),
    path(
        "migraties/<number:number>/terugsturen/", approval.send_back, name="send_back"
    ),
    path("migraties/<number:number>/afwijzen/", approval.reject, name="reject"),
    path(
        "migraties/<number:number>/ander-moment/",
        approval.reschedule,
        name="reschedule",
    ),
    path("migraties/<number:number>/opnieuw/", execution.retry, name="retry"),
    path("migraties/<number:number>/stoppen/", execution.stop, name="stop"),
    path("migraties/<number:number>/antwoord/", execution.settle, name="settle"),
    path(
        "migraties/<number:number>/nazorg/",
        execution.tick_aftercare,
        name="tick_aftercare",
    ),
    path("administraties/", administrations.administrations, name="administrations"),
    path(
        "administraties/<public:public_id>/",
        administrations.administration,
        name="administration",
    ),
    path(
        "administraties/<public:public_id>/uit-gebruik/",
        retirement.retirement,
        name="retirement",
    ),
    path(
        "administraties/<public:public_id>/uit-gebruik/<row:retirement_id>/akkoord/",
        retirement.approve_retirement,
        name="approve_retirement",
    ),
    path(
        "administraties/<public:public_id>/uit-gebruik/<row:retirement_id>/afwijzen/",
        retirement.decline_retirement,
        name="decline_retirement",
    ),
    path(
        "administraties/<public:public_id>/uit-gebruik/<row:retirement_id>/intrekken/",
        retirement.withdraw_retirement,
        name="withdraw_retirement",
    ),
    path("koppelingen/", connections.connections, name="connections"),
    path("koppelingen/terug/", connections.returned, name="returned"),
    path("koppelingen/<public:public_id>/", connections.connection, name="connection"),
    path(
        "koppelingen/<public:public_id>/verbinden/", connections.connect, name="connect"
    ),
    path(
        "koppelingen/<public:public_id>/verbreken/",
        connections.disconnect,
        name="disconnect",
    ),
    path(
        "koppelingen/<public:public_id>/vraag/", connections.ask, name="ask_connection"
    ),
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
