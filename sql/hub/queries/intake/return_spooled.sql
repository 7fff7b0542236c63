-- Says where the bytes of a submission lie. $1 the submission, $2 the name of its spool file. No row: it has one already.
UPDATE intake.submission SET spool = $2 WHERE id = $1::bigint AND spool IS NULL RETURNING id
