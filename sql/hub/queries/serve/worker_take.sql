-- Takes the next submission to be checked. $1 who takes it, $2 those that somebody waits for, $3 whether only those, $4 whose
-- file was taken last.
SELECT t.submission, t.organisation, t.programme, t.period, t.form, t.kind, t.spool, t.attempts, t.file_name
FROM intake.take($1, awaited => $2::bigint[], awaited_only => $3::boolean, after => $4) t
