#!/usr/bin/env bash
# gss_code and uk_postcode against text, in one run: 5 million rows (ROWS=n) with the LSOA codes and months of the real
# crime files under $WARDSTAR_DATA, or made-up ones where there are none. Each figure is the best of 3 runs taken in turn;
# a ratio is text by type for times, type by text for sizes. The rival is text in the database's collation, C.UTF-8; beside
# it stand text in the C collation, which is its fastest, and in that of British English.
. "$(dirname "$0")/lib.sh"
rows=${ROWS:-5000000}
bench_server 'fsync = off' 'wal_level = minimal' 'max_wal_senders = 0' 'max_wal_size = 8GB' 'shared_buffers = 1GB' \
	'work_mem = 512MB' 'maintenance_work_mem = 1GB' 'max_parallel_workers_per_gather = 0' \
	'max_parallel_maintenance_workers = 0' 'jit = off' 'autovacuum = off'

psql <<'END'
CREATE EXTENSION wardstar;
CREATE TABLE file (crime_id text, month text, reported_by text, falls_within text, longitude text, latitude text, location text,
	lsoa_code text, lsoa_name text, crime_type text, outcome text, context text);
END
source='made-up codes'
for f in "${WARDSTAR_DATA:-}"/crime/*-street.csv; do
	[ -r "$f" ] || continue
	source='codes and months of the real crime files'
	psql -c "\\copy file FROM '$f' (FORMAT csv, HEADER)"
done
psql -v rows="$rows" <<'END'
INSERT INTO file (month, lsoa_code)
SELECT '2025-' || lpad((n % 9 + 1)::text, 2, '0'), 'E01' || lpad((6000 + n * 7919 % 1900)::text, 6, '0')
FROM generate_series(1, 130000) n WHERE NOT EXISTS (SELECT FROM file);

-- The files over and over, each time in another year, as on disk: by month, and within it as published.
CREATE TABLE crime AS
SELECT lsoa_code::gss_code AS code, lsoa_code AS text,
	((month || '-01')::date + make_interval(years => -k))::date AS month
FROM generate_series(0, :rows / (SELECT count(*)::int FROM file)) k, file
LIMIT :rows;
CREATE TABLE by_type AS SELECT code AS v, month FROM crime;
CREATE TABLE by_text AS SELECT text AS v, month FROM crime;
CREATE TABLE by_text_c AS SELECT text COLLATE "C" AS v, month FROM crime;
CREATE TABLE by_text_en AS SELECT text COLLATE "en-GB-x-icu" AS v, month FROM crime;
-- Made-up postcodes, each once, in no order.
CREATE TABLE postcode AS
SELECT (ARRAY['L', 'CH', 'WA', 'PR', 'M', 'WN', 'EC', 'SW'])[1 + n % 8] || n / 8 % 100 || ' ' || n / 800 % 10
	|| substr('ABDEFGHJLNPQRSTUWXYZ', 1 + n / 8000 % 20, 1) || substr('ABDEFGHJLNPQRSTUWXYZ', 1 + n / 160000 % 20, 1) AS t
FROM generate_series(0, least(:rows, 3200000) - 1) n;
CREATE TABLE each_type AS SELECT t::uk_postcode AS v FROM postcode ORDER BY md5(t);
CREATE TABLE each_text AS SELECT v::text AS v FROM each_type;
CREATE TABLE each_text_c AS SELECT v::text COLLATE "C" AS v FROM each_type;
CREATE TABLE each_text_en AS SELECT v::text COLLATE "en-GB-x-icu" AS v FROM each_type;
CREATE TABLE code_type AS SELECT ('E0' || lpad((n::bigint * 3999971 % 9999991)::text, 7, '0'))::gss_code AS v FROM generate_series(1, :rows) n;
CREATE TABLE code_text AS SELECT v::text AS v FROM code_type;
CREATE TABLE code_text_c AS SELECT v::text COLLATE "C" AS v FROM code_type;
CREATE TABLE code_text_en AS SELECT v::text COLLATE "en-GB-x-icu" AS v FROM code_type;
DROP TABLE crime, postcode;
VACUUM ANALYZE;
CHECKPOINT;

CREATE TABLE result (tables text, what text, kind text, amount float8);
CREATE PROCEDURE measure(tables text, what text, query text, undo text DEFAULT NULL) LANGUAGE plpgsql AS $$
DECLARE
	kind text; began timestamptz;
BEGIN
	FOR run IN 1 .. 3 LOOP
		FOREACH kind IN ARRAY ARRAY['type', 'text', 'text_c', 'text_en'] LOOP
			began := clock_timestamp();
			EXECUTE format(query, tables || '_' || kind);
			INSERT INTO result VALUES (tables, what, kind, extract(epoch FROM clock_timestamp() - began) * 1000);
			IF undo IS NOT NULL THEN
				INSERT INTO result VALUES (tables, replace(what, 'build', 'size'), kind, pg_relation_size('i') / 1048576.0);
				EXECUTE undo;
			END IF;
		END LOOP;
	END LOOP;
END $$;
END

printf '%s rows, %s\n' "$rows" "$source"
psql <<'END'
CALL measure('by', 'group by', 'SELECT count(*) FROM (SELECT v, count(*) FROM %I GROUP BY v) x');
CALL measure('by', 'group by code and month', 'SELECT count(*) FROM (SELECT v, month, count(*) FROM %I GROUP BY v, month) x');
CALL measure('by', 'sort', 'SELECT count(*) FROM (SELECT v FROM %I ORDER BY v OFFSET 0) x');
CALL measure('by', 'index with duplicates: build', 'CREATE INDEX i ON %I (v)', 'DROP INDEX i');
CALL measure('code', 'unique index: build', 'CREATE UNIQUE INDEX i ON %I (v)', 'DROP INDEX i');
CALL measure('each', 'sort', 'SELECT count(*) FROM (SELECT v FROM %I ORDER BY v OFFSET 0) x');
CALL measure('each', 'unique index: build', 'CREATE UNIQUE INDEX i ON %I (v)', 'DROP INDEX i');
END
psql -P format=aligned -P tuples_only=off -P footer=off -P null=- <<'END'
WITH best AS (
	SELECT tables, what, what LIKE '%size%' AS is_size, min(amount) FILTER (WHERE kind = 'type') AS type,
		min(amount) FILTER (WHERE kind = 'text') AS text, min(amount) FILTER (WHERE kind = 'text_c') AS c,
		min(amount) FILTER (WHERE kind = 'text_en') AS en
	FROM result GROUP BY tables, what),
ratio AS (
	SELECT *, CASE WHEN is_size THEN type / text ELSE text / type END AS by_text, CASE WHEN is_size THEN type / c ELSE c / type END AS by_c,
		CASE WHEN is_size THEN type / en ELSE en / type END AS by_en
	FROM best),
target (tables, what, target) AS (
	VALUES ('by', 'group by', 1.2), ('by', 'sort', 1.5), ('by', 'index with duplicates: build', 1.5), ('by', 'index with duplicates: size', 1.0),
		('code', 'unique index: size', 0.75))
SELECT CASE tables WHEN 'each' THEN 'uk_postcode' ELSE 'gss_code' END || ': ' || what AS "what", CASE WHEN is_size THEN 'MB' ELSE 'ms' END AS unit,
	type::numeric(9, 1) AS type, text::numeric(9, 1) AS text, c::numeric(9, 1) AS "text (C)", en::numeric(9, 1) AS "text (en-GB)",
	by_text::numeric(9, 2) AS ratio, by_c::numeric(9, 2) AS "ratio (C)", by_en::numeric(9, 2) AS "ratio (en-GB)",
	CASE WHEN target IS NULL THEN '' ELSE format('at %s %s: %s', CASE WHEN is_size THEN 'most' ELSE 'least' END, target,
		CASE WHEN by_text = target OR is_size = (by_text < target) THEN 'met' ELSE 'missed' END) END AS target
FROM ratio LEFT JOIN target USING (tables, what)
ORDER BY CASE tables WHEN 'by' THEN 1 WHEN 'code' THEN 2 ELSE 3 END, is_size, what;
END
