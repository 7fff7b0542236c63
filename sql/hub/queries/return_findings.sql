-- How many findings of a submission want an answer. $1 the submission.
SELECT count(*) FROM intake.finding WHERE submission = $1::bigint AND severity <> 'note'
