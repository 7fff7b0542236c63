-- How many different people, by age: what each return allows, and what several returns together do.

CREATE VIEW analysis.age_band AS
SELECT b.place, b.title, b.band::int4range AS band
FROM (VALUES (0, 'all ages', NULL), (1, '0 to 4', '[0,5)'), (2, '5 to 10', '[5,11)'), (3, '11 to 15', '[11,16)'), (4, '16 and 17', '[16,18)'),
	(5, '18 to 24', '[18,25)'), (6, '25 and over', '[25,)'), (7, 'under 18', '[0,18)'), (8, '18 and over', '[18,)')) b (place, title, band);
COMMENT ON VIEW analysis.age_band IS 'the bands to which the ages of all forms are brought; their bounds may not be added to each other';

-- One row a programme, quarter and band, of the submission that gives the figures.
CREATE VIEW analysis.beneficiaries_returned AS
WITH source AS (
	SELECT c.programme, c.period, s.id AS submission, s.kind, s.form, c.people AS everyone, f.definition,
		coalesce(s.basis, f.definition #>> '{basis,value}') AS basis
	FROM returns.count c
	JOIN intake.submission s ON s.id = c.submission
	LEFT JOIN intake.form f ON f.form = s.form AND f.version = s.form_version AND s.kind = 'return'
	WHERE c.category = 'everyone'
)
SELECT s.programme, s.period, b.place, b.title AS ages, b.band, s.submission, s.form, s.basis, s.everyone AS people
FROM source s JOIN analysis.age_band b ON b.band IS NULL
UNION ALL
SELECT s.programme, s.period, b.place, b.title, b.band, s.submission, s.form, s.basis, a.people
FROM source s
CROSS JOIN LATERAL proforma_band_bounds(s.definition, intake.kept_answers(s.submission), (SELECT array_agg(b.band ORDER BY b.place) FROM analysis.age_band b WHERE b.band IS NOT NULL)) a
JOIN analysis.age_band b ON b.band = a.band
WHERE s.kind = 'return'
UNION ALL
-- Of records: surely of the band; and those who may be, among them whose age is not known and who don't share.
SELECT s.programme, s.period, b.place, b.title, b.band, s.submission, s.form, s.basis,
	int4range(n.least::int, (n.most + coalesce(h.clients, 0))::int, '[]')
FROM source s
JOIN analysis.age_band b ON b.band IS NOT NULL
LEFT JOIN LATERAL (SELECT lower(c.people) AS clients FROM returns.count c WHERE c.submission = s.submission AND c.category = 'not_sharing') h ON true
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE a.ages <@ b.band) AS least, count(*) FILTER (WHERE a.ages IS NULL OR a.ages && b.band) AS most
	FROM casework.client_quarter c
	CROSS JOIN LATERAL casework.ages_on(returns.period_start(s.period), c.year_of_birth, c.age_band) a (ages)
	WHERE c.submission = s.submission AND c.relation = 'primary') n
WHERE s.kind = 'records';
COMMENT ON VIEW analysis.beneficiaries_returned IS 'different people that each return allows, by programme, quarter and age';

CREATE VIEW analysis.beneficiaries AS
WITH wanted AS (
	SELECT e.programme, e.period FROM returns.expected e WHERE e.expected
	UNION SELECT c.programme, c.period FROM returns.count c WHERE c.category = 'everyone'
), cell AS (
	SELECT returns.reporting_year(w.period) AS reporting_year, w.programme, w.period, b.place, b.title AS ages, b.band, r.people, r.form, r.basis, p.made_up,
		-- Different people served at any time: only who counts everybody seen in the quarter gives an upper limit.
		CASE WHEN r.people IS NULL THEN NULL WHEN r.basis = 'caseload_in_period' THEN r.people
			ELSE int4range(lower(r.people), NULL) END AS served,
		CASE WHEN r.people IS NULL THEN 'no return'
			WHEN r.basis IS NULL THEN 'it is not said whom they count'
			WHEN r.basis = 'new_referrals' THEN 'new referrals only'
			WHEN r.basis = 'caseload_at_end' THEN 'only those open at the end of the quarter' END AS lack
	FROM wanted w
	JOIN returns.programme p ON p.programme = w.programme
	CROSS JOIN analysis.age_band b
	LEFT JOIN analysis.beneficiaries_returned r ON r.programme = w.programme AND r.period = w.period AND r.place = b.place
), grouped AS (
	SELECT c.reporting_year, c.period, c.programme, c.place, c.ages, c.band, grouping(c.period) + grouping(c.programme) > 0 AS several,
		bounds_union(c.served) AS served, bounds_union(c.people) FILTER (WHERE c.people IS NOT NULL) AS returned,
		count(c.people) AS returns, count(*) - count(c.people) AS missing, bool_or(c.made_up) AS made_up,
		array_agg(DISTINCT c.form) FILTER (WHERE c.form IS NOT NULL) AS forms, min(c.basis) AS basis,
		array_agg(c.lack || ': ' || c.programme || ' ' || c.period ORDER BY c.lack, c.programme, c.period) FILTER (WHERE c.lack IS NOT NULL) AS lacks
	FROM cell c
	GROUP BY GROUPING SETS ((c.reporting_year, c.period, c.programme, c.place, c.ages, c.band), (c.reporting_year, c.period, c.place, c.ages, c.band),
		(c.reporting_year, c.programme, c.place, c.ages, c.band), (c.reporting_year, c.place, c.ages, c.band))
)
SELECT g.reporting_year, g.period, g.programme, g.ages, g.band,
	CASE WHEN g.several THEN g.served ELSE g.returned END AS people, g.returned, g.returns, g.missing,
	CASE WHEN NOT g.several THEN g.basis END AS basis, array_to_string(g.forms, ', ') AS forms,
	nullif(concat_ws('; ', array_to_string(g.lacks, '; '),
		CASE WHEN cardinality(g.forms) > 1 AND g.band IS NOT NULL THEN 'forms with different ages: ' || array_to_string(g.forms, ', ') END), '') AS cannot_be_compared,
	g.made_up, g.place
FROM grouped g
WHERE g.returns > 0;
COMMENT ON VIEW analysis.beneficiaries IS 'different people, as bounds, by programme, quarter and age; programme NULL: all programmes together, period NULL: the whole reporting year. Programmes and quarters may share people, so they are united, never added';
COMMENT ON COLUMN analysis.beneficiaries.people IS 'of one return: as it says. Of several: different people served at any time, without an upper limit where a return is missing or does not count everybody seen in the quarter';
COMMENT ON COLUMN analysis.beneficiaries.returned IS 'the same of the returns that are in, each taken as if it counted everybody';
COMMENT ON COLUMN analysis.beneficiaries.missing IS 'returns that are expected and not in';
COMMENT ON COLUMN analysis.beneficiaries.cannot_be_compared IS 'why the returns can''t be put together or set beside others as they are';
COMMENT ON COLUMN analysis.beneficiaries.place IS 'to sort by: 0 is all ages';
