-- The spool files that the database names, with the SHA-256 of what was received.
SELECT n.spool, encode(n.sha256, 'hex')
FROM (SELECT s.spool, s.sha256 FROM intake.submission s UNION ALL SELECT f.spool, f.sha256 FROM casework.file f) n
WHERE n.spool IS NOT NULL
ORDER BY n.spool COLLATE "C"
