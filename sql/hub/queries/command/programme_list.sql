-- The register of programmes.
SELECT p.programme, p.organisation,
	coalesce((SELECT string_agg(e.period, ', ' ORDER BY e.period) FROM returns.expected e
		WHERE e.programme = p.programme AND e.expected), '') AS expected,
	coalesce((SELECT string_agg(e.period, ', ' ORDER BY e.period) FROM returns.expected e
		WHERE e.programme = p.programme AND NOT e.expected), '') AS not_expected,
	coalesce(p.starts_on::text, '') AS starts, coalesce(p.ends_on::text, '') AS ends,
	concat_ws('; ', p.serves, CASE WHEN p.ages IS NOT NULL THEN 'ages ' || lower(p.ages) || coalesce('-' || (upper(p.ages) - 1), '+') END,
		array_to_string(p.sexes, ', ')) AS who_it_is_for,
	coalesce(array_to_string(p.districts, ', '), '') AS districts,
	coalesce((SELECT string_agg(f.form || coalesce(' from ' || f.first, '') || coalesce(' to ' || f.last, '') || ', ' || f.due_days || ' days', '; ' ORDER BY f.first NULLS FIRST, f.form)
		FROM returns.programme_form f WHERE f.programme = p.programme), '') AS forms_and_when_due,
	CASE WHEN p.made_up THEN 'made up' ELSE '' END AS note
FROM returns.programme p
ORDER BY p.programme
