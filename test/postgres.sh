#!/usr/bin/env bash
# Runs a command with a PostgreSQL of its own: installed if need be, run by an
# unprivileged user on a private port, its data thrown away afterwards. The
# command finds its address in OASISS_TEST_POSTGRES.
set -euo pipefail

newest() { find /usr/lib/postgresql /usr/local/pgsql -maxdepth 3 -name initdb 2>/dev/null | sort -V | tail -1; }
initdb=$(command -v initdb || newest)
if [ -z "$initdb" ]; then
  if [ "$(id -u)" != 0 ]; then echo "install the package postgresql, then try again" >&2; exit 1; fi
  apt-get update -qq && apt-get install -y -qq postgresql >/dev/null
  initdb=$(newest)
fi
bin=$(dirname "$initdb")

as=()
if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid=postgres --regid=postgres --clear-groups); fi # the server refuses to be root
dir=$(mktemp -d)
if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; fi
cd "$dir"
stop() {
  "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$dir"
}
trap stop EXIT

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
"${as[@]}" sh -c "umask 077; echo $password > '$dir/password'"
"${as[@]}" "$bin/initdb" -D "$dir/data" --username=oasiss --pwfile="$dir/password" --auth=scram-sha-256 \
  --locale=C --encoding=UTF8 >/dev/null
for _ in 1 2 3 4 5; do # a port may be taken
  port=$((20000 + RANDOM % 20000))
  if "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/log" start \
    -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$dir -c max_connections=500 -c max_locks_per_transaction=512" >/dev/null; then
    started=1
    break
  fi
done
[ -n "${started:-}" ] || { cat "$dir/log" >&2; exit 1; }

cd "$OLDPWD"
OASISS_TEST_POSTGRES="postgres://oasiss:$password@127.0.0.1:$port/postgres" "$@"
