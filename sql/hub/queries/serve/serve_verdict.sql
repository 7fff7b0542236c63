-- What an upload is answered with after waiting. $1 the submission, $2 whether the same bytes had come before.
SELECT api.submitted($1::bigint, $2::boolean)
