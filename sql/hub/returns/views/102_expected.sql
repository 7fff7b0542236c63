-- From the register: the quarters that are over and in which a programme ran, of the forms that it has to send. What is
-- stated of a quarter overrides.
CREATE VIEW returns.expected WITH (security_invoker = true) AS
SELECT coalesce(s.programme, d.programme) AS programme, coalesce(s.period, d.period)::returns.period AS period,
	coalesce(s.expected, true) AS expected,
	CASE WHEN coalesce(s.expected, true) THEN coalesce(d.due_on, returns.period_end(s.period) + 28) END AS due_on,
	s.programme IS NOT NULL AS stated
FROM returns.expected_stated s
FULL JOIN (
	SELECT p.programme, q.period, returns.period_end(q.period) + min(f.due_days) AS due_on
	FROM returns.programme p
	JOIN returns.programme_form f ON f.programme = p.programme
	CROSS JOIN LATERAL returns.quarters(p.starts_on, least(p.ends_on, current_date - 1)) q (period)
	WHERE returns.period_end(q.period) < current_date
	AND q.period >= coalesce(f.first, q.period) AND q.period <= coalesce(f.last, q.period)
	GROUP BY p.programme, q.period) d ON d.programme = s.programme AND d.period = s.period;
COMMENT ON VIEW returns.expected IS 'whether a return is expected of a programme for a quarter: it tells N/A from no return';
COMMENT ON COLUMN returns.expected.due_on IS 'the day by which it should be in: 28 days after the quarter where the register does not say';
COMMENT ON COLUMN returns.expected.stated IS 'by programme add --expected or --not-expected, not by the register';
