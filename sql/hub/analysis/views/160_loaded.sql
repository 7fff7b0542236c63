-- What is loaded, and what the demand tables still lack.

CREATE VIEW analysis.loaded AS
SELECT f.kind, f.edition, count(*) AS files, sum(f.rows_stored)::bigint AS rows_stored,
	sum(f.rows_rejected)::bigint AS rows_rejected, max(f.loaded_at) AS last_loaded
FROM reference.source_file f
WHERE f.replaced_by IS NULL AND f.kind <> 'crime'
GROUP BY f.kind, f.edition
UNION ALL
SELECT 'crime', p.name || ', ' || count(*) || ' months, ' || to_char(min(m.month), 'YYYY-MM') || ' to ' || to_char(max(m.month), 'YYYY-MM'),
	count(DISTINCT m.source_file), sum(m.crimes)::bigint,
	(SELECT sum(f.rows_rejected)::bigint FROM reference.source_file f WHERE f.id = ANY (array_agg(DISTINCT m.source_file))),
	(SELECT max(f.loaded_at) FROM reference.source_file f WHERE f.id = ANY (array_agg(DISTINCT m.source_file)))
FROM reference.crime_month m
JOIN reference.force p ON p.id = m.force
GROUP BY p.name;
COMMENT ON VIEW analysis.loaded IS 'reference data by kind and edition; crime by force';

CREATE VIEW analysis.missing AS
SELECT w.ordinal, w.what, w.how
FROM analysis.chosen c
CROSS JOIN LATERAL (VALUES
	(1, c.lsoa_vintage IS NULL, 'boundaries of LSOAs', 'load the LSOA boundaries (ONS Open Geography Portal)'),
	(2, c.ward_vintage IS NULL, 'boundaries of wards', 'load the ward boundaries (ONS Open Geography Portal)'),
	(3, c.lsoa_vintage IS NOT NULL AND c.lookup_vintage IS NULL, 'the lookup of LSOA ' || c.lsoa_vintage || ' to wards',
		'load the LSOA to ward best-fit lookup (ONS Open Geography Portal)'),
	(4, c.wards_covered < c.wards, (c.wards - c.wards_covered) || ' of ' || c.wards || ' wards have no LSOA best fitted to them',
		'nothing need be done if their lookup is the newest'),
	(5, c.lsoa_vintage IS NOT NULL AND c.population_edition IS NULL, 'population by LSOA ' || c.lsoa_vintage,
		'load a population file for LSOA ' || c.lsoa_vintage || ' (ONS or Nomis)'),
	(6, c.lsoa_vintage IS NOT NULL AND c.deprivation_edition IS NULL, 'deprivation of LSOA ' || c.lsoa_vintage,
		'load the Indices of Deprivation, File 7 or File 1 (MHCLG)'),
	(7, NOT EXISTS (SELECT FROM reference.crime_month), 'street crime', 'load the street files (data.police.uk)'),
	(8, NOT EXISTS (SELECT FROM reference.postcode), 'postcodes', 'load ONSPD, NSPL or Code-Point Open'),
	(9, NOT EXISTS (SELECT FROM reference.lsoa_change), 'the lookup of LSOA 2011 to LSOA 2021',
		'load the LSOA 2011 to LSOA 2021 lookup (ONS Open Geography Portal)'),
	(10, NOT EXISTS (SELECT FROM returns.programme), 'programmes', 'wardstar-hub programme add')
	) w (ordinal, missing, what, how)
WHERE w.missing
UNION ALL
SELECT 11, 'months of crime of ' || p.name || ': ' || string_agg(to_char(g.month, 'YYYY-MM'), ', ' ORDER BY g.month),
	'load the street files (data.police.uk)'
FROM (SELECT m.force, min(m.month) AS first, max(m.month) AS last FROM reference.crime_month m GROUP BY m.force) f
JOIN reference.force p ON p.id = f.force
CROSS JOIN LATERAL generate_series(f.first::timestamp, f.last::timestamp, interval '1 month') g (month)
WHERE NOT EXISTS (SELECT FROM reference.crime_month m WHERE m.force = f.force AND m.month = g.month::date)
GROUP BY p.name
UNION ALL
SELECT 12, 'the return of ' || s.programme || ' for ' || s.period || ' (' || s.dates || ')'
	|| CASE WHEN s.rejected > 0 THEN ': the file sent was refused' ELSE '' END,
	'wardstar-hub load --as return'
FROM analysis.return_status s
WHERE s.status = 'No return';
COMMENT ON VIEW analysis.missing IS 'what the demand tables lack, and how to mend it';
