#!/usr/bin/env bash
# Rates, standardised rates and clusters, each beside its rival in one run. Figures are the best of 5 runs taken in turn,
# on one core: milliseconds, and the ratio of ours to the rival's (or of the rival's to ours where it says "times as fast").
# The clusters' rivals are run where they are at hand: R's spdep (Debian r-cran-spdep), and esda (PyPI) if $PYTHON has it.
# ROWS is the number of rows of the rates, 1,000,000 unless set; the standardised rates take five times as many.
. "$(dirname "$0")/lib.sh"
rows=${ROWS:-1000000}
here=$(cd "$(dirname "$0")" && pwd)
bench_server 'fsync = off' 'shared_buffers = 1GB' 'work_mem = 256MB' 'max_parallel_workers_per_gather = 0' 'jit = off' \
	'autovacuum = off'

psql -v rows="$rows" <<'END'
CREATE EXTENSION wardstar;
-- Made-up areas: most have few events, as small areas have.
CREATE TABLE area AS
SELECT n AS id, (abs(hashint4(n)) % 40)::float8 AS events, (abs(hashint4(n + 1)) % 2000 + 500)::float8 AS population,
       (abs(hashint4(n + 2)) % 7000 + 1000)::float8 AS standard
FROM generate_series(1, :rows) n;
CREATE TABLE few AS SELECT events, population FROM area LIMIT 200000;
CREATE TABLE fewest AS SELECT events FROM area LIMIT 4000;
CREATE TABLE stratum AS SELECT events, population, standard FROM area, generate_series(1, 5);
VACUUM (ANALYZE) area;
VACUUM (ANALYZE) few;
VACUUM (ANALYZE) fewest;
VACUUM (ANALYZE) stratum;
CREATE FUNCTION byar_lower_plpgsql(x float8, z float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	IF x = 0 THEN
		RETURN 0;
	END IF;
	RETURN x * (1 - 1 / (9 * x) - z / (3 * sqrt(x))) ^ 3;
END $$;
-- rate_limits with Byar's limits, the quantile given
CREATE FUNCTION rate_limits_plpgsql(x float8, n float8, multiplier float8, z float8) RETURNS estimate LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	result estimate;
BEGIN
	IF n IS NULL OR n = 0 THEN
		result.method := 'no population';
		RETURN result;
	END IF;
	result.value := x / n * multiplier;
	result.lower := CASE WHEN x = 0 THEN 0 ELSE x * (1 - 1 / (9 * x) - z / (3 * sqrt(x))) ^ 3 END / n * multiplier;
	result.upper := (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * sqrt(x + 1))) ^ 3 / n * multiplier;
	result.confidence := 0.95;
	result.method := 'Byar';
	RETURN result;
END $$;
-- The exact upper limit: the mean at which P(X <= x) is 0.025, by halving.
CREATE FUNCTION poisson_upper_plpgsql(x float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	low float8 := x; high float8 := x + 10 + 6 * sqrt(x); mean float8; term float8; total float8;
BEGIN
	FOR i IN 1..50 LOOP
		mean := (low + high) / 2;
		term := exp(-mean); total := term;
		FOR k IN 1..x::int LOOP
			term := term * mean / k;
			total := total + term;
		END LOOP;
		IF total > 0.025 THEN low := mean; ELSE high := mean; END IF;
	END LOOP;
	RETURN (low + high) / 2;
END $$;
END

# best NAME SQL ...: runs each statement 5 times in turn; sets best_NAME to the least milliseconds.
best() {
	local i name sql out ms
	local -A least=()
	for i in 1 2 3 4 5; do
		local -a args=("$@")
		while [ ${#args[@]} -gt 0 ]; do
			name=${args[0]} sql=${args[1]}
			args=("${args[@]:2}")
			out=$(printf '\\timing on\n%s;\n' "$sql" | psql | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' | tail -n 1)
			ms=${least[$name]:-999999999}
			least[$name]=$(awk -v a="$ms" -v b="$out" 'BEGIN { print a < b ? a : b }')
		done
	done
	for name in "${!least[@]}"; do eval "best_$name=${least[$name]}"; done
}
ratio() { awk -v a="$2" -v b="$3" -v name="$1" -v want="$4" 'BEGIN { printf "%-64s %9.1f ms %9.1f ms %7.2f  (%s)\n", name, a, b, a / b, want }'; }
faster() { awk -v a="$2" -v b="$3" -v name="$1" -v want="$4" 'BEGIN { printf "%-64s %9.1f ms %9.1f ms %7.1f times as fast  (%s)\n", name, a, b, b / a, want }'; }

best scan 'SELECT count(events * 100000 / population) FROM area' \
	composite 'SELECT count(rate_limits(events, population)) FROM area' \
	apart 'SELECT sum((rate_limits(events, population)).upper) FROM area' \
	byar 'SELECT count(byar_lower(events)) FROM area'
echo "$rows rows"
ratio 'rate_limits, the whole estimate; scan that multiplies' "$best_composite" "$best_scan" 'at most 4'
ratio 'rate_limits, one column summed; scan that multiplies' "$best_apart" "$best_scan" 'for information'
ratio 'byar_lower; scan that multiplies' "$best_byar" "$best_scan" 'at most 2'

# Beside a twin in plpgsql, both read the same rows. What reading and counting them takes is measured too, so that the
# functions can be compared by themselves.
twin() {
	best base "$2" ours "$3" theirs "$4"
	faster "$1" "$best_ours" "$best_theirs" 'at least 8'
	awk -v s="$best_base" -v a="$best_ours" -v b="$best_theirs" 'BEGIN {
		printf "%-64s %9.1f ms %9.1f ms %7.1f times as fast  (for information; the scan takes %.1f ms)\n", "  the same less the scan", a - s, b - s, (b - s) / (a > s ? a - s : 0.1), s }'
}
twin 'byar_lower; plpgsql, 200,000 rows' 'SELECT count(events) FROM few' 'SELECT count(byar_lower(events)) FROM few' \
	'SELECT count(byar_lower_plpgsql(events, 1.959963984540054)) FROM few'
twin "rate_limits; plpgsql with Byar's limits, 200,000 rows" 'SELECT count(events + population) FROM few' \
	'SELECT count(rate_limits(events, population)) FROM few' \
	'SELECT count(rate_limits_plpgsql(events, population, 100000, 1.959963984540054)) FROM few'
best ours 'SELECT count(poisson_upper(events)) FROM fewest' \
	theirs 'SELECT count(poisson_upper_plpgsql(events)) FROM fewest'
faster 'poisson_upper; plpgsql, 4,000 rows' "$best_ours" "$best_theirs" 'at least 50'

best sums 'SELECT sum(events), sum(population), sum(standard) FROM stratum' \
	dsr 'SELECT dsr(events, population, standard) FROM stratum'
ratio 'dsr; three sums of the same rows, five times the rows' "$best_dsr" "$best_sums" 'at most 1.5'

# 33,755 areas, as many as England has LSOAs, on a lattice of 183 a row with queen neighbours
psql <<'END'
CREATE TABLE lattice AS
SELECT i AS area, i / 183 AS r, i % 183 AS c, sin(i / 183 / 20.0) + cos(i % 183 / 15.0) + (abs(hashint4(i)) % 1000) / 250.0 AS value
FROM generate_series(0, 33754) i;
CREATE TABLE areas AS SELECT array_agg(area ORDER BY area) AS area, array_agg(value ORDER BY area) AS value FROM lattice;
CREATE TABLE pairs AS
SELECT array_agg(a.area) AS f, array_agg(b.area) AS t
FROM lattice a, generate_series(-1, 1) dr, generate_series(-1, 1) dc, LATERAL (SELECT (a.r + dr) * 183 + a.c + dc AS area) b
WHERE (dr, dc) <> (0, 0) AND a.c + dc BETWEEN 0 AND 182 AND b.area BETWEEN 0 AND 33754;
END
best moran "SELECT count(*) FROM areas, pairs, local_moran(area, value, f, t, 999) m"
psql -c "\\copy (SELECT value FROM lattice ORDER BY area) TO '$dir/value'" \
	-c "\\copy (SELECT p.* FROM pairs, unnest(pairs.f, pairs.t) p) TO '$dir/pair'"
printf '%-64s %9.1f ms\n' 'local_moran, 33,755 areas, 999 permutations' "$best_moran"
for rival in "${PYTHON:-python3} $here/demand_moran.py" "Rscript $here/demand_moran.R"; do
	name=esda
	case $rival in Rscript*) name=spdep ;; esac
	if ms=$($rival "$dir/value" "$dir/pair" 2>"$dir/err"); then
		faster "local_moran; $name" "$best_moran" "$ms" 'more than 1'
	else
		echo "$name is not at hand: $(tail -n 1 "$dir/err")"
	fi
done
