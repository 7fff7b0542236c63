-- reread_doubt
-- Lets a submission that was taken wait. $1 its number, $2 what is in doubt, $3 why, $4 what to do.
SELECT 'waiting for answer' FROM intake.doubt($1::bigint, CASE $2 WHEN 'programme' THEN 'H121' WHEN 'period' THEN 'H122' ELSE 'H123' END, $3, $4)
