-- Checks a return. $1 the submission, $2 programme, $3 quarter, $4 form, $5 to $7 its rows: line, field, answer, $8 hidden
-- sheets, $9 answers in hidden rows, $10 numbers beside no label.
SELECT intake.check($1::bigint, $2, $3, $4, $5::int[], $6::text[], $7::text[], $8::int, $9::int, $10::int)
