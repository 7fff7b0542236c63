-- return_findings
-- How many findings of a submission want an answer and have none. $1 the submission.
SELECT count(*) FROM intake.finding_reply WHERE submission = $1::bigint AND severity <> 'note' AND reply IS NULL
