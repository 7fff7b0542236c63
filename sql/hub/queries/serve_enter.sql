-- Enters an upload into the ledger. $1 programme, $2 quarter, $3 form, $4 kind as stated, $5 the file's name, $6 its size, $7 its
-- SHA-256 in hex, $8 from where, $9 its name in the spool.
SELECT s.submission, s.already, s.decided, s.keep_file, s.problem, s.answer
FROM api.submit($1, $2, $3, $4, $5, $6::bigint, pg_catalog.decode($7, 'hex'), $8, $9) s
