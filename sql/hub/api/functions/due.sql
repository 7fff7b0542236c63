-- What is due: for the page of partners and their programs. Runs with the rights of the caller, who sees his own.

CREATE OR REPLACE FUNCTION api.due() RETURNS json
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	WITH mine AS (
		SELECT o.organisation FROM returns.organisation o WHERE o.role = current_user
	), due AS (
		SELECT e.programme, e.period, s.id, s.state, s.form
		FROM mine m
		JOIN returns.programme p USING (organisation)
		JOIN returns.expected e ON e.programme = p.programme AND e.expected
		LEFT JOIN LATERAL (
			SELECT s.id, s.state, s.form
			FROM intake.submission s
			WHERE s.organisation = m.organisation AND s.state <> 'superseded'
				AND coalesce(s.programme, s.asked_programme) = e.programme AND coalesce(s.period::text, s.asked_period) = e.period
			ORDER BY s.state = 'accepted' DESC, s.id DESC
			LIMIT 1) s ON true
		WHERE returns.period_start(e.period) <= current_date
	)
	SELECT json_build_object('organisation', (SELECT m.organisation FROM mine m),
		'due', (SELECT coalesce(json_agg(json_build_object('programme', d.programme, 'period', d.period, 'dates', returns.period_words(d.period),
				'ends', returns.period_end(d.period), 'form', d.form, 'state', coalesce(d.state, 'not sent'), 'submission', d.id)
				ORDER BY d.state IS NOT DISTINCT FROM 'accepted', d.period DESC, d.programme), '[]'::json) FROM due d))
$$;
COMMENT ON FUNCTION api.due() IS 'returns expected of the organisation in force, for quarters that have begun, and how far each is; those not yet accepted first';
