-- Whose a token is. $1 its SHA-256.
SELECT t.organisation, t.role, t.prefix, coalesce(EXTRACT(epoch FROM t.expires_at)::bigint, 0) FROM api.sign_in($1::bytea) t
