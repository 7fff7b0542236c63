-- How a submission was decided; NULL: not yet. $1 its id.
SELECT CASE WHEN s.state NOT IN ('received', 'checking') THEN s.decision END FROM intake.submission s WHERE s.id = $1::bigint
