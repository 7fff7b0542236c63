-- reread_check
-- Checks a submission that was taken. $1 its number, $2 programme, $3 quarter, $4 form, $5 to $7 lines, fields, answers,
-- $8 hidden sheets, $9 hidden rows, $10 numbers beside no label.
SELECT intake.check($1::bigint, $2, $3, $4, $5::int[], $6::text[], $7::text[], $8::int, $9::int, $10::int)
