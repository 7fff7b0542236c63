-- Makes a key known. $1 purpose, $2 number, $3 fingerprint, $4 the day it was made.
INSERT INTO hub.key (purpose, number, fingerprint, made_on)
VALUES ($1, $2::bigint, $3, $4::date)
ON CONFLICT (purpose, number) DO NOTHING
