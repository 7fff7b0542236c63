-- Findings with what was said to them: intake.reply_to says for which a reply holds.
CREATE VIEW intake.finding_reply WITH (security_invoker = true) AS
SELECT f.*, s.programme, s.period, r.kind AS reply, r.words, r.given_by, r.given_at
FROM intake.finding f
JOIN intake.submission s ON s.id = f.submission
LEFT JOIN LATERAL intake.reply_to(f.submission, s.programme, s.period, f.rule, f.field, f.observed, f.expected, f.line) r ON true;
COMMENT ON VIEW intake.finding_reply IS 'findings with what was replied to them, if anything was';
COMMENT ON COLUMN intake.finding_reply.reply IS 'explained (by the sender), waived (by the hub''s staff), or NULL: still open';
