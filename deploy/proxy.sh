#!/bin/sh
# nginx looks a name up once, at its start, unless it is told whom to ask; web may come
# back at another address.
set -eu
server=$(sed -n 's/^nameserver \([0-9.]*\)$/\1/p' /etc/resolv.conf | head -n 1)
echo "resolver $server valid=5s ipv6=off;" > /tmp/resolver.conf
exec nginx -e stderr -c /etc/portal/nginx.conf -g 'daemon off;'
