"""Wiring only: settings, addresses, servers. The domain is in adminmoves."""

from migrations_portal.celery import app as celery_app

__all__ = ["celery_app"]
