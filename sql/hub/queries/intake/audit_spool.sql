-- The files that the spool must hold, with the SHA-256 and size of their content (a size is not kept of all).
SELECT s.spool COLLATE "C", encode(s.sha256, 'hex'), s.file_size, 'submission ' || s.id FROM intake.submission s WHERE s.spool IS NOT NULL
UNION ALL
SELECT f.spool, encode(f.sha256, 'hex'), NULL, 'file ' || f.id || ' of ' || f.kind FROM casework.file f WHERE f.spool IS NOT NULL
ORDER BY 1
