#!/usr/bin/env bash
# All need views of one quarter, and the neighbours, on a sixteenth of England's LSOAs, a quarter of them, and all 33,755:
# seconds, and how many times those of the row of four times fewer areas (4 would be linear). All data are made up: squares
# of 1 km with 80 corners, five LSOAs a ward, 110 a district, ages in six bands, three months of crime of four types, PROGRAMMES
# (20 unless set) returns that place people in one LSOA of twenty each. Best of RUNS, 2 unless set.
. "$(dirname "$0")/lib.sh"
programmes=${PROGRAMMES:-20}
runs=${RUNS:-2}
bench_server 'fsync = off' 'shared_buffers = 1GB' 'work_mem = 64MB'

views='need_lsoa need_ward need_district need_decile need_prevalence_lsoa need_prevalence_ward need_prevalence_district need_referrals need_rate_lsoa need_rate_ward need_cluster_lsoa need_cluster_ward'
declare -A before
printf '%-28s %8s %10s %8s\n' what LSOAs seconds times
report() {
	printf '%-28s %8s %10.2f %8s\n' "$1" "$2" "$3" "$(awk -v a="$3" -v b="${before[$1]:-0}" 'BEGIN { printf "%s", (b > 0 ? sprintf("%.1f", a / b) : "") }')"
	before[$1]=$3
}

for lsoas in 2110 8439 33755; do
	createdb "england$lsoas"
	export PGDATABASE=england$lsoas
	WARDSTAR_DSN="host=$dir dbname=$PGDATABASE user=$PGUSER" wardstar-hub migrate --quiet
	psql -v lsoas="$lsoas" -v programmes="$programmes" <<'END'
SET search_path = pg_catalog, public;
SELECT setseed(0.5);
INSERT INTO reference.source_file (name, sha256, size, kind, edition)
SELECT n.name, sha256(n.name::bytea), 1, n.kind, n.edition
FROM (VALUES ('made-up-lsoa', 'areas', 'LSOA 2021'), ('made-up-population', 'population', 'Census 2021'), ('made-up-deprivation', 'deprivation', '2025')) n (name, kind, edition);
CREATE TEMP TABLE place AS
SELECT i, ('E01' || lpad(i::text, 6, '0'))::gss_code AS lsoa, ('E05' || lpad((i / 5)::text, 6, '0'))::gss_code AS ward,
	('E07' || lpad((i / 110)::text, 6, '0'))::gss_code AS district, 1000 * (i % 180) AS x, 1000 * (i / 180) AS y,
	1 + abs(hashint4(i)) % 10 AS decile, 1000 + abs(hashint4(i + 1)) % 1500 AS n
FROM generate_series(0, :lsoas - 1) i;
INSERT INTO reference.area (level, vintage, code, name, district, geom, source_file)
SELECT 'lsoa', 2021, lsoa, 'Made up ' || i, district, ST_Multi(ST_Segmentize(ST_MakeEnvelope(x, y, x + 1000, y + 1000, 27700), 50)), 1 FROM place
UNION ALL
-- 180 LSOAs a row are 36 whole wards.
SELECT 'ward', 2024, ward, 'Made up ward ' || min(i), min(district::text)::gss_code,
	ST_Multi(ST_Segmentize(ST_MakeEnvelope(min(x), min(y), max(x) + 1000, max(y) + 1000, 27700), 50)), 1 FROM place GROUP BY ward;
INSERT INTO reference.ward_best_fit (lsoa_vintage, ward_vintage, lsoa, ward, district, district_name, source_file)
SELECT 2021, 2024, lsoa, ward, district, 'Made up', 1 FROM place;
INSERT INTO reference.population (edition, year, level, vintage, area, age, n, source_file)
SELECT 'Census 2021', 2021, 'lsoa', 2021, lsoa, b.age, n * b.share / 100, 2
FROM place, (VALUES ('[0,)'::int4range, 100), ('[0,16)', 20), ('[16,25)', 10), ('[25,35)', 15), ('[35,50)', 20), ('[50,65)', 20), ('[65,)', 15)) b (age, share);
INSERT INTO reference.deprivation (edition, lsoa, lsoa_vintage, score, rank, decile, source_files)
SELECT 2025, lsoa, 2021, 80 - 7 * decile + random(), 1 + i, decile, '{3}' FROM place;
INSERT INTO reference.force (name) VALUES ('Made up');
INSERT INTO reference.crime_type (name) VALUES ('Burglary'), ('Violence and sexual offences'), ('Robbery'), ('Anti-social behaviour');
INSERT INTO reference.crime_month (force, month, source_file, crimes, derived, unplaced)
SELECT 1, m, 1, 0, 0, 0 FROM (VALUES (date '2025-07-01'), ('2025-08-01'), ('2025-09-01')) m (m);
INSERT INTO reference.crime_force_count (force, month, area, crime_type, n)
SELECT 1, m.month, lsoa, t.id, 1 + (random() * (22 - 2 * decile))::int FROM place, reference.crime_month m, reference.crime_type t;
INSERT INTO returns.organisation VALUES ('Made up');
INSERT INTO returns.programme (programme, organisation, made_up) SELECT 'P' || p, 'Made up', true FROM generate_series(1, :programmes) p;
ANALYZE;
SELECT count(*) AS returns FROM generate_series(1, :programmes) p, LATERAL intake.receive('P' || p, '2025-Q2', 'new', 'f.csv', 1, sha256(('r' || p)::bytea), 'made up',
	(SELECT jsonb_object_agg('place.lsoa.' || lsoa, '3') || jsonb_build_object('basis', 'caseload_in_period', 'total', (3 * count(*) + 50)::text,
		'age.5-11', count(*)::text, 'age.25+', (2 * count(*) + 50)::text, 'place.not_known', '50')
	FROM place WHERE i % 20 = p % 20)) \g /dev/null
ANALYZE;
END
	for what in neighbours $views; do
		least=
		for _ in $(seq "$runs"); do
			start=$(now)
			case $what in
				neighbours) psql -c "SET search_path = pg_catalog, public" -c "SELECT reference.refresh_neighbours('lsoa', 2021::smallint), reference.refresh_neighbours('ward', 2024::smallint)" >/dev/null ;;
				*) rows=$(psql -c "SET search_path = pg_catalog, public" -c "SELECT count(*) FROM (SELECT * FROM analysis.$what WHERE period = '2025-Q2' OFFSET 0) v")
					[ "$rows" -gt 0 ] || { echo "$what: no rows" >&2; exit 1; } ;;
			esac
			took=$(seconds_since "$start")
			least=$(awk -v a="${least:-$took}" -v b="$took" 'BEGIN { print a < b ? a : b }')
		done
		report "$what" "$lsoas" "$least"
		sum=$(awk -v a="${sum:-0}" -v b="$least" 'BEGIN { print a + b }')
	done
	report 'all of them' "$lsoas" "$sum"
	sum=0
done
