CREATE VIEW analysis.finding_summary AS
SELECT f.rule, f.severity, f.programme, f.period, count(*) FILTER (WHERE s.state <> 'superseded') AS n,
	count(*) FILTER (WHERE s.state <> 'superseded' AND f.reply = 'explained') AS answered,
	count(*) FILTER (WHERE s.state <> 'superseded' AND f.reply = 'waived') AS waived,
	count(*) FILTER (WHERE s.state <> 'superseded' AND f.reply IS NULL AND f.severity <> 'note') AS open,
	count(*) FILTER (WHERE s.state = 'superseded') AS replaced,
	coalesce(p.made_up, false) AS made_up
FROM intake.finding_reply f
JOIN intake.submission s ON s.id = f.submission
LEFT JOIN returns.programme p ON p.programme = f.programme
GROUP BY f.rule, f.severity, f.programme, f.period, p.made_up;
COMMENT ON VIEW analysis.finding_summary IS 'findings by rule, programme and quarter';
COMMENT ON COLUMN analysis.finding_summary.n IS 'findings of files that stand: those that were replaced apart';
COMMENT ON COLUMN analysis.finding_summary.answered IS 'of these, explained by the sender';
COMMENT ON COLUMN analysis.finding_summary.waived IS 'of these, waived by the hub';
COMMENT ON COLUMN analysis.finding_summary.open IS 'of these, errors and queries to which nothing was said yet';
COMMENT ON COLUMN analysis.finding_summary.replaced IS 'findings of files that a later file has replaced';
