-- reread
-- What is known of a return that came before, or of a file that is being checked: programme, quarter, form, its file in the spool,
-- whose it is and its name. $1 the submission.
SELECT coalesce(s.programme, s.asked_programme), coalesce(s.period, s.asked_period), coalesce(s.form, s.asked_form), s.spool,
	s.organisation, s.file_name
FROM intake.submission s
WHERE s.id = $1::bigint AND (s.kind = 'return' OR s.state = 'checking')
