#!/bin/sh
# Starts Redis with its password in a file: a command line can be read by others.
set -eu
umask 077
cat > /tmp/redis.conf <<CONF
dir /data
appendonly yes
appendfsync everysec
maxmemory 128mb
maxmemory-policy noeviction
requirepass $REDISCLI_AUTH
CONF
exec redis-server /tmp/redis.conf
