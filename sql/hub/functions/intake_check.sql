-- Checks of a return's answers.

-- Fields of the forms; the definitions of the forms take this over.
CREATE OR REPLACE FUNCTION intake.known_fields(form text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE form WHEN 'old' THEN '{age.0-4,age.5-11,age.11-16,age.16-18,age.not_applicable,age.18-25,age.25+}'::text[]
		|| '{role.lone_parent,role.parent_carer}'::text[]
	ELSE '{age.0-4,age.5-11,age.11-16,age.16-18,age.18-25,age.25+,age.not_known}'::text[]
		|| '{role.lone_parent,role.parent_carer}'::text[] END
	|| '{sex.female,sex.male,sex.not_known}'::text[]
	|| '{ethnicity.W1,ethnicity.W2,ethnicity.W3,ethnicity.W9,ethnicity.M1,ethnicity.M2,ethnicity.M3,ethnicity.M9}'::text[]
	|| '{ethnicity.A1,ethnicity.A2,ethnicity.A3,ethnicity.A9,ethnicity.B1,ethnicity.B2,ethnicity.B9}'::text[]
	|| '{ethnicity.O1,ethnicity.O9,ethnicity.NS,ethnicity.not_known,basis,total,secondary.total,place,place.not_known}'::text[]
	|| '{narrative.activities,narrative.difference_beneficiaries,narrative.difference_community}'::text[]
	|| '{narrative.challenges,narrative.secondary,narrative.unexpected,narrative.stories}'::text[];
COMMENT ON FUNCTION intake.known_fields(text) IS 'fields that a form has';

-- The least and the greatest number of different people that the answers allow.
CREATE OR REPLACE FUNCTION intake.everyone(rows intake.reading[]) RETURNS int4range
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	WITH one AS (
		SELECT split_part(r.category, '.', 1) AS part, r.category LIKE '%.not_known' AS not_known,
			lower(r.people) AS least, upper(r.people) - 1 AS most
		FROM unnest(rows) r
		WHERE r.people IS NOT NULL AND r.category ~ '^(total|age\.|role\.|sex\.|ethnicity\.|place)'
	),
	part AS (
		SELECT part,
			CASE part WHEN 'role' THEN max(least) ELSE sum(least) END::int AS least,
			CASE WHEN bool_or(most IS NULL) THEN NULL ELSE sum(most) END::int AS most,
			bool_or(not_known) AS whole
		FROM one
		GROUP BY part
	),
	ends AS (
		SELECT (SELECT p.least FROM part p WHERE p.part = 'total' AND p.least = p.most) AS total,
			(SELECT max(p.least) FROM part p WHERE p.part <> 'total') AS least,
			(SELECT min(p.most) FROM part p WHERE p.whole) AS whole,
			(SELECT CASE WHEN bool_or(p.most IS NULL) THEN NULL ELSE sum(p.most) END::int FROM part p
				WHERE p.part IN ('age', 'role')) AS counted
	)
	SELECT CASE WHEN total IS NOT NULL THEN int4range(total, total, '[]')
		WHEN least(whole, counted) IS NULL THEN int4range(coalesce(least, 0), NULL)
		ELSE int4range(coalesce(least, 0), greatest(least(whole, counted), least), '[]') END
	FROM ends
$$;
COMMENT ON FUNCTION intake.everyone(intake.reading[]) IS 'bounds of the number of different people that the answers of a return allow';

CREATE OR REPLACE FUNCTION intake.check_answers(form text, rows intake.reading[])
RETURNS TABLE (rule text, severity text, field text, message text, suggestion text, observed text, expected text, line int)
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	WITH given AS (
		SELECT r.*, r.category = ANY (intake.known_fields(form)) AS known,
			split_part(r.category, '.', 1) AS part,
			lower(r.people) AS least, upper(r.people) - 1 AS most
		FROM unnest(rows) r
	),
	total AS (
		SELECT g.most AS n FROM given g WHERE g.category = 'total' AND g.least = g.most
	),
	part AS (
		SELECT g.part, sum(g.most) AS n, bool_or(g.category LIKE '%.not_known') AS whole
		FROM given g
		WHERE g.part IN ('age', 'sex', 'ethnicity', 'place') AND g.known AND g.people IS NOT NULL
		GROUP BY g.part
		HAVING count(*) = count(*) FILTER (WHERE g.least = g.most)
	)
	SELECT 'R101', 'error', CASE WHEN g.part IN ('age', 'role', 'sex', 'ethnicity') THEN g.part || '.…' END,
		'the form has no field of this name', 'Write the field as docs/return-format.md lists it.',
		NULL, (SELECT string_agg(k, ', ') FROM unnest(intake.known_fields(form)) k WHERE k LIKE g.part || '.%'), g.line
	FROM given g WHERE NOT g.known
	UNION ALL
	SELECT 'R103', CASE g.reading WHEN 'unreadable' THEN 'error' ELSE 'query' END, g.field,
		CASE g.reading WHEN 'yes' THEN 'a number is needed here, not "yes"; it is taken as at least 1'
			WHEN 'below' THEN 'an exact number is needed here; it is taken as any number below the one given'
			ELSE 'this is not a whole number' END,
		'Write the number of people in digits; leave it empty if you do not know it.',
		CASE WHEN g.reading <> 'unreadable' THEN g.answer ELSE length(g.answer) || ' characters' END, 'a whole number', g.line
	FROM given g
	WHERE g.known AND g.part NOT IN ('basis', 'narrative') AND g.reading IN ('yes', 'below', 'unreadable')
	UNION ALL
	SELECT 'R104', 'error', 'basis', 'this is none of the three ways of counting', 'Write one of the three words.',
		length(g.answer) || ' characters', 'new_referrals, caseload_in_period or caseload_at_end', g.line
	FROM given g
	WHERE g.category = 'basis' AND btrim(lower(g.answer)) NOT IN ('', 'new_referrals', 'caseload_in_period', 'caseload_at_end')
	UNION ALL
	SELECT 'R105', 'query', f.field, 'the return does not say ' || f.what, 'Please add it.', NULL, NULL, NULL
	FROM (VALUES ('total', 'how many people there were in all'),
		('basis', 'whom it counts: new referrals, everybody seen in the quarter, or those open at its end')) f (field, what)
	WHERE form <> 'old' AND NOT EXISTS (SELECT FROM given g WHERE g.category = f.field AND btrim(g.answer) <> '')
	UNION ALL
	SELECT 'R106', 'query', p.part,
		CASE WHEN p.n > t.n THEN 'the ' || p.part || ' rows add up to ' || p.n || ', which is ' || p.n - t.n || ' more than the total of ' || t.n
			ELSE 'the ' || p.part || ' rows add up to ' || p.n || ' of ' || t.n || ': ' || t.n - p.n || ' are unaccounted for' END,
		CASE WHEN p.whole THEN 'Please check the rows and the total.' ELSE 'If they are not known, add the row ' || p.part || '.not_known.' END,
		p.n::text, t.n::text, NULL
	FROM part p CROSS JOIN total t WHERE p.n <> t.n
	UNION ALL
	SELECT 'R107', 'query', 'total', 'the return says that nobody was reached', 'Please confirm that it is so, or send the numbers.', '0', NULL, NULL
	FROM given g WHERE g.category = 'total' AND g.most = 0
	UNION ALL
	SELECT 'R108', 'query', 'role', 'roles such as parent or carer stand beside ages: the same people may be counted twice',
		'Say how many different people there were in all.', NULL, NULL, NULL
	WHERE NOT EXISTS (SELECT FROM total) AND EXISTS (SELECT FROM given g WHERE g.part = 'role' AND g.least > 0)
		AND EXISTS (SELECT FROM given g WHERE g.part = 'age' AND g.least > 0)
	UNION ALL
	SELECT 'R109', 'note', 'narrative.activities', 'nothing is said about the activities', 'Please tell us what you did.', NULL, NULL, NULL
	WHERE NOT EXISTS (SELECT FROM given g WHERE g.category = 'narrative.activities' AND btrim(g.answer) <> '')
$$;
COMMENT ON FUNCTION intake.check_answers(text, intake.reading[]) IS 'findings on the answers of a return';
