# Sourced by the benchmarks: their heading.
set -euo pipefail

# Answers of one column, without heading; stops at the first error.
psql() { command psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }
now() { date +%s.%N; }
# seconds_since TIME: TIME is one that now printed.
seconds_since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.3f", b - a }'; }

# What a benchmark has to end itself; one that has something names it anew.
bench_finish() { :; }
bench_end() {
	bench_finish
	pg_ctl -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true
	rm -rf "$dir"
}

# bench_server SETTING …: a PostgreSQL of the benchmark's own in the new folder $dir, which goes with it. Its locale is
# $bench_locale, C.UTF-8 unless set.
bench_server() {
	dir=$(mktemp -d "${TMPDIR:-/tmp}/wardstar-bench.XXXXXX")
	trap bench_end EXIT
	initdb -D "$dir/data" -A trust -N --locale="${bench_locale:-C.UTF-8}" -E UTF8 -U postgres >/dev/null
	printf '%s\n' "listen_addresses = ''" "unix_socket_directories = '$dir'" "$@" >> "$dir/data/postgresql.conf"
	pg_ctl -D "$dir/data" -l "$dir/log" -w start >/dev/null
	unset PGPORT
	export PGHOST=$dir PGUSER=postgres PGDATABASE=postgres WARDSTAR_DSN="host=$dir dbname=postgres user=postgres"
}
