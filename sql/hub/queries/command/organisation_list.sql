-- Organisations, with how they may sign in.
SELECT o.organisation,
	CASE WHEN o.disabled_at IS NOT NULL THEN 'disabled since ' || to_char(o.disabled_at, 'YYYY-MM-DD')
		WHEN o.role IS NULL THEN 'can''t sign in' ELSE 'may sign in' END AS access,
	(SELECT count(*) FROM hub.token t WHERE t.organisation = o.organisation AND t.revoked_at IS NULL
		AND coalesce(t.expires_at > now(), true)) AS tokens,
	coalesce((SELECT to_char(max(t.last_used_on), 'YYYY-MM-DD') FROM hub.token t WHERE t.organisation = o.organisation), '') AS last_used,
	coalesce((SELECT string_agg(p.programme, ', ' ORDER BY p.programme) FROM returns.programme p
		WHERE p.organisation = o.organisation), '') AS programmes,
	coalesce(o.role, '') AS role
FROM returns.organisation o
ORDER BY o.organisation
