# The packages, built apart so that the final image holds no installer's leftovers.
FROM python:3.12.13-slim-bookworm AS packages
COPY requirements.txt /srv/
RUN python -m venv /srv/venv \
 && /srv/venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /srv/requirements.txt

FROM python:3.12.13-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home portal \
 && mkdir -p /srv/state/evidence /srv/state/archive \
 && chown portal /srv/state/evidence /srv/state/archive
COPY --from=packages /srv/venv /srv/venv
WORKDIR /srv/portal
COPY manage.py ./
COPY migrations_portal migrations_portal
COPY adminmoves adminmoves
COPY templates templates
COPY static static
COPY locale locale
COPY samples samples
ENV PATH=/srv/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=migrations_portal.settings \
    PORTAL_STATE_DIR=/srv/state
# Static files need no database and no secret; these values stay in this line. Whoever
# checked the code out may have kept it to themselves; the user below has to read it.
RUN SECRET_KEY=only-while-building-and-never-while-anything-is-served PORTAL_TOKEN_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= DATABASE_URL=postgresql://nobody@localhost/none \
    python -m migrations_portal.prepare static \
 && chmod -R go=u,go-w /srv/portal /srv/state/static
USER 10001
EXPOSE 8000
CMD ["gunicorn", "migrations_portal.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=8", "--no-control-socket", "--config=python:migrations_portal.gunicorn"]
