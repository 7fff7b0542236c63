#!/usr/bin/env bash
# distance_travelled with all its statistics against mean, sd and the three counts (a) by SQL over two smallint[]
# columns, (b) by SQL over twenty plain columns, (c) by DuckDB over twenty plain columns, all in one run on 1 million made-up
# pairs of ten scales (ROWS=n), one thread each; then 1 worker against none on five times as many pairs. A figure is the best of
# 3 runs, taken in turn; each rival may choose JIT or not. DuckDB is the module of $DUCKDB_PYTHON (default python3):
# "pip install duckdb" in a venv.
. "$(dirname "$0")/lib.sh"
rows=${ROWS:-1000000}
bench_server 'fsync = off' 'wal_level = minimal' 'max_wal_senders = 0' 'max_wal_size = 8GB' 'shared_buffers = 2GB' \
	'work_mem = 256MB' 'max_parallel_workers_per_gather = 0' 'autovacuum = off'

# LIST TEMPLATE: the template for scales 1 to 10, parted by commas; # is the scale.
list() {
	local s out=
	for s in 1 2 3 4 5 6 7 8 9 10; do out+="${out:+, }${1//#/$s}"; done
	echo "$out"
}

psql -v rows="$rows" <<END
CREATE EXTENSION wardstar;
SELECT setseed(0.2021);
CREATE TABLE plain AS SELECT $(list '(1 + floor(random() * 10))::smallint AS b#, (1 + floor(random() * 10))::smallint AS l#')
FROM generate_series(1, :rows);
CREATE TABLE arrays AS SELECT ARRAY[$(list 'b#')] AS baseline, ARRAY[$(list 'l#')] AS latest FROM plain;
CREATE TABLE star AS SELECT outcome_star('homelessness', baseline::int[]) AS baseline, outcome_star('homelessness', latest::int[]) AS latest FROM arrays;
CREATE TABLE star_5 AS SELECT star.* FROM star, generate_series(1, 5);
VACUUM ANALYZE plain; VACUUM ANALYZE arrays; VACUUM ANALYZE star; VACUUM ANALYZE star_5;
END

ours='SELECT * FROM star_distance_table((SELECT distance_travelled(baseline, latest) FROM star))'
ours_5='SELECT * FROM star_distance_table((SELECT distance_travelled(baseline, latest) FROM star_5))'
by_array='SELECT scale, avg(l - b), stddev_samp(l - b), count(*) FILTER (WHERE l > b), count(*) FILTER (WHERE l = b), count(*) FILTER (WHERE l < b)
	FROM arrays, unnest(baseline, latest) WITH ORDINALITY AS u(b, l, scale) GROUP BY scale'
by_column="SELECT $(list 'avg(l# - b#), stddev_samp(l# - b#), count(*) FILTER (WHERE l# > b#), count(*) FILTER (WHERE l# = b#), count(*) FILTER (WHERE l# < b#)') FROM plain"

# ms SETTINGS SQL: milliseconds of one run, after the settings, on a warm table.
ms() { psql -c "$1" -c '\timing on' -c "$2" | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p'; }
least() { printf '%s\n' "$@" | sort -g | head -n 1; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
none='SET max_parallel_workers_per_gather = 0' one='SET max_parallel_workers_per_gather = 1'

duckdb_ms() {
	"${DUCKDB_PYTHON:-python3}" - "$dir/plain.csv" "$by_column" 2>/dev/null <<-'END'
		import sys, time, duckdb
		db = duckdb.connect()
		db.execute("SET threads = 1")
		db.execute(f"CREATE TABLE plain AS SELECT * FROM read_csv('{sys.argv[1]}', header = true, all_varchar = false)")
		columns = [c[0] for c in db.execute("DESCRIBE plain").fetchall()]
		db.execute("CREATE TABLE small AS SELECT " + ", ".join(f"{c}::SMALLINT AS {c}" for c in columns) + " FROM plain")
		db.execute("DROP TABLE plain")
		db.execute("ALTER TABLE small RENAME TO plain")
		best = 1e9
		for _ in range(5):
		    start = time.perf_counter()
		    db.execute(sys.argv[2]).fetchall()
		    best = min(best, time.perf_counter() - start)
		print(f"{best * 1000:.1f} {duckdb.__version__}")
	END
}
psql -c "\\copy plain TO '$dir/plain.csv' (FORMAT csv, HEADER)"

# The figures agree before they are timed.
psql <<END
SELECT 'figures differ: ' || s.scale FROM star_distance_table((SELECT distance_travelled(baseline, latest) FROM star)) WITH ORDINALITY s
JOIN ($by_array) a(position, mean, sd, improved, maintained, declined) ON a.position = s.ordinality
WHERE abs(s.mean_change - a.mean) > 1e-12 OR abs(s.sd_change - a.sd) > 1e-12 OR (s.improved, s.maintained, s.declined) <> (a.improved, a.maintained, a.declined);
END

o=() a=() b=() s=() p0=() p1=()
for _ in 1 2 3; do
	o+=("$(ms "$none" "$ours")")
	for jit in on off; do
		a+=("$(ms "$none; SET jit = $jit" "$by_array")")
		b+=("$(ms "$none; SET jit = $jit" "$by_column")")
	done
	s+=("$(ms "$none" 'SELECT count(baseline), count(latest) FROM star')")
done
for _ in 1 2 3; do
	p0+=("$(ms "$none; SET jit = off" "$ours_5")")
	p1+=("$(ms "$one; SET jit = off" "$ours_5")")
done
o=$(least "${o[@]}") a=$(least "${a[@]}") b=$(least "${b[@]}") s=$(least "${s[@]}") p0=$(least "${p0[@]}") p1=$(least "${p1[@]}")
printf '%s pairs of ten scales: distance_travelled with all statistics %s ms; the bare scan of the two columns %s ms\n' "$rows" "$o" "$s"
printf '(a) SQL over two smallint[]:     %10s ms, ratio %s (at least 40)\n' "$a" "$(ratio "$a" "$o")"
printf '(b) SQL over twenty columns:     %10s ms, ratio %s (at least 5)\n' "$b" "$(ratio "$b" "$o")"
if d=$(duckdb_ms) && [ -n "$d" ]; then
	printf '(c) DuckDB %s, twenty columns: %8s ms, ratio %s (at least 1.5)\n' "${d#* }" "${d% *}" "$(ratio "${d% *}" "$o")"
else
	echo '(c) DuckDB: skipped, no module duckdb (pip install duckdb; DUCKDB_PYTHON=.../bin/python)'
fi
psql -F ' ' <<'END'
SELECT format('table of stars %s MB, of smallint[] %s MB: %s of it (at most 0.65)', pg_relation_size('star') / 1048576, pg_relation_size('arrays') / 1048576,
	round(pg_relation_size('star')::numeric / pg_relation_size('arrays'), 3));
END
printf 'five times the pairs: no worker %s ms, 1 worker %s ms, ratio %s (at least 1.6)\n' "$p0" "$p1" "$(ratio "$p0" "$p1")"
