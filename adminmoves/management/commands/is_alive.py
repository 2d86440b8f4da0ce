"""The health check of a container: whether a process of this host is alive."""

import socket
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from adminmoves.models import WorkerBeat


class Command(BaseCommand):
    help = "Exit with 0 if a process of this host wrote its heartbeat in time."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("process", help="as in its name: worker, asks or beat")

    def handle(self, *, process: str, **_options: Any) -> None:
        name = f"{process}@{socket.gethostname()}"
        if not WorkerBeat.objects.alive().filter(name=name).exists():
            raise CommandError(f"{name} wrote no heartbeat in time.")
