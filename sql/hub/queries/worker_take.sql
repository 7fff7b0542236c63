-- Takes the next submission to be checked. $1 who takes it.
SELECT t.submission, t.organisation, t.programme, t.period, t.form, t.kind, t.spool, t.attempts FROM intake.take($1) t
