#!/bin/bash
# Stands in for the entry of the official image: on an empty data folder it makes a
# cluster, runs what lies in /docker-entrypoint-initdb.d, and then serves.
set -e
PATH=$(echo /usr/lib/postgresql/*/bin):$PATH
data=/var/lib/postgresql/18/docker
if [ ! -s "$data/PG_VERSION" ]; then
  mkdir -p "$data"
  initdb --pgdata="$data" --username=postgres --locale=C.UTF-8 --auth-local=trust \
    --auth-host=scram-sha-256 --pwfile=<(echo "$POSTGRES_PASSWORD") > /dev/null
  echo "host all all all scram-sha-256" >> "$data/pg_hba.conf"
  pg_ctl --pgdata="$data" --options="-c listen_addresses=''" --wait start > /dev/null
  for script in /docker-entrypoint-initdb.d/*; do
    if [ -x "$script" ]; then "$script"; else . "$script"; fi
  done
  pg_ctl --pgdata="$data" --mode=fast --wait stop > /dev/null
fi
exec postgres -D "$data" -c listen_addresses='*'
