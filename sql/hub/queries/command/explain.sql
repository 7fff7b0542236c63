-- explain
-- Answers a query. $1 submission, $2 rule, $3 field, $4 the words, $5 a line or NULL.
SELECT e.answered, e.open, e.reread FROM intake.explain($1::bigint, $2, $3, $4, $5::int) e
