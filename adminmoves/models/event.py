"""The audit trail (architecture.md par. 5): append-only, chained per subject."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from adminmoves.models.administration import Administration
from adminmoves.models.estate import Environment
from adminmoves.models.move import Move
from adminmoves.models.words import WordField
from adminmoves.vocabulary import EventCode, MoveState, MoveType, Role, Stream


class Event(models.Model):
    """One line of the trail.

    A trigger sets ``id``, ``position``, ``at``, ``previous`` and ``digest`` while
    it holds the stream's head; another refuses UPDATE and DELETE. Names are
    copied, so the trail still reads right after a rename.
    """

    stream = WordField(
        max_length=20, choices=[(kind.value, kind.value) for kind in Stream]
    )
    stream_id = models.CharField(max_length=60)
    position = models.PositiveBigIntegerField(default=0, editable=False)
    at = models.DateTimeField(null=True, editable=False)
    code = WordField(max_length=40, choices=EventCode.choices)
    params = models.JSONField(default=dict)
    before = WordField(max_length=30, choices=MoveState.choices, blank=True)
    after = WordField(max_length=30, choices=MoveState.choices, blank=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    actor_role = WordField(max_length=20, choices=Role.choices)
    request_id = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    move = models.ForeignKey(
        Move, on_delete=models.PROTECT, null=True, related_name="events"
    )
    move_type = WordField(max_length=40, choices=MoveType.choices, blank=True)
    administration = models.ForeignKey(
        Administration, on_delete=models.PROTECT, null=True, related_name="events"
    )
    environment = models.ForeignKey(
        Environment, on_delete=models.PROTECT, null=True, related_name="+"
    )
    other_environment = models.ForeignKey(
        Environment, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # Salted SHA-256 of the words beside it; the words can be emptied, this stays.
    commitment = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64, default="", editable=False)
    digest = models.CharField(max_length=64, default="", editable=False)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = (
            models.UniqueConstraint(
                fields=["stream", "stream_id", "position"], name="event_position_once"
            ),
        )
        indexes = (
            models.Index(fields=["move", "id"], name="event_of_move"),
            models.Index(fields=["administration", "-id"], name="event_of_admin"),
            models.Index(fields=["environment", "-id"], name="event_of_office"),
            models.Index(fields=["other_environment", "-id"], name="event_to_office"),
            models.Index(fields=["actor_id", "-id"], name="event_of_person"),
            models.Index(fields=["code", "-id"], name="event_code"),
            models.Index(fields=["move_type", "-id"], name="event_move_type"),
            models.Index(fields=["-at"], name="event_at"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.stream} {self.stream_id} #{self.position}"

    @property
    def label(self) -> str:
        # get_code_display makes a dict of all labels each time: half a millisecond.
        return str(EventCode(self.code).label)


class StreamHead(models.Model):
    """Last digest and count of a stream; only the trigger writes it."""

    stream = models.CharField(max_length=20)
    stream_id = models.CharField(max_length=60)
    count = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["stream", "stream_id"], name="stream_head_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.stream} {self.stream_id}: {self.count}"


class EventWords(models.Model):
    """Free text and outside people of an event: apart, can be emptied by the owner."""

    event = models.OneToOneField(
        Event, on_delete=models.PROTECT, related_name="words", primary_key=True
    )
    salt = models.CharField(max_length=32)
    texts = models.JSONField()

    def __str__(self) -> str:
        return f"Words of event {self.event_id}"
