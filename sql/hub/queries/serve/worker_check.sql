-- Checks a return. $1 the submission, $2 programme, $3 quarter, $4 to $6 its rows: line, field, answer, $7 hidden sheets, $8
-- answers in hidden rows, $9 form, $10 numbers beside no label.
SELECT intake.check($1::bigint, $2, $3, $9, $4::int[], $5::text[], $6::text[], $7::int, $8::int, $10::int)
