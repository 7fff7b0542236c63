-- The register of programmes.
SELECT p.programme, p.organisation,
	coalesce((SELECT string_agg(e.period, ', ' ORDER BY e.period) FROM returns.expected e
		WHERE e.programme = p.programme AND e.expected), '') AS expected,
	coalesce((SELECT string_agg(e.period, ', ' ORDER BY e.period) FROM returns.expected e
		WHERE e.programme = p.programme AND NOT e.expected), '') AS not_expected,
	CASE WHEN p.made_up THEN 'made up' ELSE '' END AS note
FROM returns.programme p
ORDER BY p.programme
