-- The keys that the database knows, oldest first.
SELECT purpose, number, fingerprint FROM hub.key ORDER BY purpose, number
