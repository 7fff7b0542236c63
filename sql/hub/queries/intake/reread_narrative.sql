-- reread_narrative
-- Keeps the words of an accepted return that may be kept, and writes its receipt anew. $1 the submission, $2 to $4 lines,
-- fields and answers, $5 to $7 are not used.
SELECT n.kept, intake.keep_receipt($1::bigint), $5::text, $6::text, $7::text
FROM (SELECT intake.keep_narrative($1::bigint, $3::text[], $4::text[]) AS kept WHERE $2::text IS NOT NULL OFFSET 0) n
