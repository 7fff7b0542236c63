-- Takes the next submission to be checked. $1 who takes it.
SELECT t.submission, t.organisation, t.programme, t.period, t.form, t.kind, t.spool, t.attempts, t.file_name FROM intake.take($1) t
