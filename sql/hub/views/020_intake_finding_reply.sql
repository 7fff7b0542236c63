-- A reply holds for the same question of the same programme and quarter, in whichever file it comes again: the same
-- rule, field, and value seen and expected. Where the value is not kept it holds for the one submission alone.
CREATE VIEW intake.finding_reply WITH (security_invoker = true) AS
SELECT f.*, s.programme, s.period, r.kind AS reply, r.words, r.given_by, r.given_at
FROM intake.finding f
JOIN intake.submission s ON s.id = f.submission
LEFT JOIN LATERAL (
	SELECT r.kind, r.words, r.given_by, r.given_at
	FROM intake.reply r
	WHERE r.programme = s.programme AND r.period = s.period AND r.rule = f.rule AND r.field IS NOT DISTINCT FROM f.field
	AND r.observed IS NOT DISTINCT FROM f.observed AND r.expected IS NOT DISTINCT FROM f.expected
	AND (NOT r.here_only OR r.submission = f.submission) AND (r.line IS NULL OR r.line = f.line)
	ORDER BY r.id DESC
	LIMIT 1) r ON true;
COMMENT ON VIEW intake.finding_reply IS 'findings with what was replied to them, if anything was';
COMMENT ON COLUMN intake.finding_reply.reply IS 'explained (by the sender), waived (by the hub''s staff), or NULL: still open';
