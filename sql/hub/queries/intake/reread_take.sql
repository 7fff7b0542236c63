-- reread_take
-- Takes one submission that is to be checked. $1 the submission. No row: somebody else has it.
UPDATE intake.submission SET state = 'checking', taken_by = 'command line', taken_until = clock_timestamp() + interval '1 hour'
WHERE id = $1::bigint AND state = 'received'
RETURNING id
