-- Tokens, newest first. $1 an organisation, or NULL for all.
SELECT t.prefix, t.organisation, to_char(t.issued_at, 'YYYY-MM-DD') AS issued, t.issued_by,
	coalesce(to_char(t.last_used_on, 'YYYY-MM-DD'), 'never') AS last_used,
	coalesce(to_char(t.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), 'never') AS expires,
	CASE WHEN t.revoked_at IS NOT NULL THEN 'revoked ' || to_char(t.revoked_at, 'YYYY-MM-DD')
		WHEN t.expires_at <= now() THEN 'expired'
		WHEN o.disabled_at IS NOT NULL THEN 'organisation disabled' ELSE 'valid' END AS state
FROM hub.token t
JOIN returns.organisation o USING (organisation)
WHERE $1::text IS NULL OR t.organisation = $1
ORDER BY t.issued_at DESC, t.prefix
