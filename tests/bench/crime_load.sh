#!/usr/bin/env bash
# The ten real months of street crime written out as 390 distinct force-months (5 million rows: month, force and ID altered):
# wardstar-hub load against psql \copy of the same files into a plain table with the same columns and indexes. The hub
# also resolves areas, moves codes to the other vintage and keeps the counts, and it uses both cores. Its own peak
# memory must stay below 64 MiB. COPIES=N writes N copies of the ten months instead of 39.
. "$(dirname "$0")/lib.sh"
cd "$WARDSTAR_ROOT"
data=$WARDSTAR_DATA
copies=${COPIES:-39}
rounds=${ROUNDS:-1}
if [ ! -d "$data/crime" ]; then
	echo "no real data in $data: skipped"
	exit
fi
dir=${BENCH_DIR:-$PWD/build/bench}/crime_load
files=$dir/files
mkdir -p "$dir"

if [ "$(cat "$dir/copies" 2>/dev/null)" != "$copies" ]; then
	rm -rf "$files" "$dir/copies"
	# Copy k: another force, the year k % 3 earlier, the first four digits of each ID replaced by its number.
	for k in $(seq 1 "$copies"); do
		for f in "$data"/crime/*.csv; do
			name=$(basename "$f")
			month=$((${name:0:4} - k % 3))${name:4:3}
			mkdir -p "$files/$month"
			awk -v k="$k" -v month="$month" 'BEGIN { FS = OFS = "," } NR > 1 {
				if ($1 != "") $1 = sprintf("%04x", k) substr($1, 5)
				$2 = month
				$3 = $4 = "Force " k } { print }' "$f" > "$files/$month/$month-force-$k-street.csv"
		done
	done
	echo "$copies" > "$dir/copies"
fi
rows=$(find "$files" -name '*.csv' -exec cat {} + | wc -l)
number=$(find "$files" -name '*.csv' | wc -l)
rows=$((rows - number))
echo "$number files, $rows rows, $(du -sm --apparent-size "$files" | cut -f1) MB"

bench_locale=C
TMPDIR=$dir bench_server 'shared_buffers = 512MB' 'max_wal_size = 8GB' 'checkpoint_timeout = 30min' 'autovacuum = off'

seconds() {
	local from to
	from=$(date +%s.%N)
	"$@" >&2
	to=$(date +%s.%N)
	awk -v a="$from" -v b="$to" 'BEGIN { printf "%.2f", b - a }'
}

psql -q -d postgres -c 'CREATE DATABASE hub' -c 'CREATE DATABASE plain'
wardstar-hub migrate --dsn dbname=hub --quiet
# With everything that a crime's area is resolved by: LSOAs of both vintages, today's wards, lookups, population.
wardstar-hub load --dsn dbname=hub --quiet "$data"/boundaries/{lsoa,ward2025}* "$data/lookups" "$data/population"
psql -q -d hub -c ANALYZE

for round in $(seq 1 "$rounds"); do
	psql -q -d plain -c 'SET client_min_messages = warning' -c 'DROP TABLE IF EXISTS crime' -c 'CREATE TABLE crime (crime_id text, month text, reported_by text,
		falls_within text, longitude float8, latitude float8, location text, lsoa text, lsoa_name text, crime_type text,
		outcome text, context text)' -c 'CREATE INDEX ON crime (reported_by, month)' \
		-c 'CREATE INDEX ON crime (reported_by, month) WHERE lsoa IS NULL AND longitude IS NOT NULL'
	psql -q -d hub -c 'TRUNCATE reference.crime, reference.crime_force_count, reference.crime_moved, reference.ward_crime_by_point,
		reference.crime_month, reference.rejected_row' -c "DELETE FROM reference.source_file WHERE kind = 'crime'"
	find "$files" -name '*.csv' | sort | sed "s/.*/\\\\copy crime FROM '&' (FORMAT csv, HEADER)/" > "$dir/copy.sql"
	psql -q -d postgres -c CHECKPOINT
	plain=$(seconds psql -q -d plain -f "$dir/copy.sql")
	psql -q -d postgres -c CHECKPOINT
	hub=$(seconds /usr/bin/time -f '%M' -o "$dir/memory" wardstar-hub load --dsn dbname=hub --log-level warning "$files")
	memory=$(tail -n 1 "$dir/memory")
	[ "$(psql -At -d hub -c 'SELECT count(*) FROM reference.crime')" = "$rows" ]
	[ "$(psql -At -d hub -c 'SELECT sum(n) FROM reference.crime_count')" = "$rows" ]
	[ "$(psql -At -d plain -c 'SELECT count(*) FROM crime')" = "$rows" ]
	echo "psql \\copy $plain s, hub $hub s: the hub is $(awk -v a="$plain" -v b="$hub" 'BEGIN { printf "%.2f", a / b }') times as fast (wanted: at least 1)"
	echo "the hub's own peak memory $(awk -v m="$memory" 'BEGIN { printf "%.1f", m / 1024 }') MiB (wanted: below 64)"
	echo "size with indexes: plain $(psql -At -d plain -c "SELECT pg_size_pretty(pg_total_relation_size('crime'))"), hub $(psql -At -d hub -c "SELECT pg_size_pretty(pg_total_relation_size('reference.crime'))")"
done
