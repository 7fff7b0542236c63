-- reread_narrative
-- Keeps the words of an accepted return that may be kept. $1 the submission, $2 to $4 lines, fields and answers, $5 to $7
-- are not used.
SELECT intake.keep_narrative($1::bigint, $3::text[], $4::text[]), $2::text, $5::text, $6::text, $7::text WHERE $2 IS NOT NULL
