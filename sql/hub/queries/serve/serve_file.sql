-- Where the bytes of a submission lie. $1 its id.
SELECT f.spool, f.file_name, f.file_size FROM api.submission_file($1::bigint) f
