-- Enters uploads of one organisation into the ledger. $1 a JSON array of objects, with the fields of intake.arrival.
SELECT s.place, s.submission, s.already, s.decided, s.keep_file, s.problem, s.answer
FROM api.submit($1::json) s
