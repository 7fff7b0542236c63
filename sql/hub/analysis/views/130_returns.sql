CREATE VIEW analysis.return_status AS
SELECT p.programme, q.period, returns.period_words(q.period) AS dates,
	CASE WHEN s.form = 'old' THEN 'Old form' WHEN s.id IS NOT NULL THEN 'New form'
		WHEN e.expected THEN 'No return' ELSE 'N/A' END AS status,
	coalesce(e.expected, false) AS expected,
	s.id AS submission,
	s.received_at,
	(SELECT count(*) FROM intake.finding f WHERE f.submission = s.id AND f.severity = 'query') AS queries,
	(SELECT count(*) FROM intake.submission r
		WHERE r.programme = p.programme AND r.period = q.period AND r.state = 'rejected') AS rejected,
	p.organisation,
	p.made_up,
	s.form,
	e.due_on
FROM returns.programme p
CROSS JOIN (SELECT e.period FROM returns.expected e UNION SELECT s.period FROM intake.submission s WHERE s.period IS NOT NULL) q
LEFT JOIN returns.expected e ON e.programme = p.programme AND e.period = q.period
-- Where a programme sent a form and records, the form is its return.
LEFT JOIN LATERAL (SELECT s.* FROM intake.submission s WHERE s.programme = p.programme AND s.period = q.period AND s.state = 'accepted'
	ORDER BY s.kind = 'return' DESC LIMIT 1) s ON true;
COMMENT ON VIEW analysis.return_status IS 'programme by quarter: Old form, New form, No return (one was expected) or N/A';
COMMENT ON COLUMN analysis.return_status.form IS 'old, new, improved …; records is a record-level return, whose status is New form';
COMMENT ON COLUMN analysis.return_status.rejected IS 'files that were refused and not yet corrected';
COMMENT ON COLUMN analysis.return_status.queries IS 'queries of the accepted return';

CREATE VIEW analysis.return_year AS
SELECT s.programme, s.year AS reporting_year,
	coalesce(max(s.status) FILTER (WHERE right(s.period, 1) = '1'), '') AS "Q1",
	coalesce(max(s.status) FILTER (WHERE right(s.period, 1) = '2'), '') AS "Q2",
	coalesce(max(s.status) FILTER (WHERE right(s.period, 1) = '3'), '') AS "Q3",
	coalesce(max(s.status) FILTER (WHERE right(s.period, 1) = '4'), '') AS "Q4",
	bool_or(s.made_up) AS made_up
FROM (SELECT r.*, left(r.period, 4) || '/' || lpad((left(r.period, 4)::int % 100 + 1)::text, 2, '0') AS year
	FROM analysis.return_status r) s
GROUP BY s.programme, s.year;
COMMENT ON VIEW analysis.return_year IS 'return_status with a column for each quarter of the reporting year, April to March';
