-- reread
-- What is known of a return that came before: programme, quarter, form, and its file in the spool. $1 the submission.
SELECT coalesce(s.programme, s.asked_programme), coalesce(s.period, s.asked_period), coalesce(s.form, s.asked_form), s.spool
FROM intake.submission s
WHERE s.id = $1::bigint AND s.kind = 'return'
