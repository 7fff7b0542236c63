-- The file of these bytes that is loaded and in force. $1: SHA-256 in hex.
SELECT id, kind, edition, loaded_at FROM reference.source_file
WHERE sha256 = decode($1, 'hex') AND replaced_by IS NULL
