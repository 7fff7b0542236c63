-- All of the status as one JSON object.
SELECT json_build_object('not_for_publication', true,
	'loaded', (SELECT coalesce(json_agg(l ORDER BY l.kind, l.edition), '[]'::json) FROM analysis.loaded l),
	'missing', (SELECT coalesce(json_agg(json_build_object('what', m.what, 'how', m.how) ORDER BY m.ordinal, m.what), '[]'::json)
		FROM analysis.missing m),
	'returns', (SELECT coalesce(json_agg(r ORDER BY r.period, r.programme), '[]'::json) FROM analysis.return_status r),
	'published', (SELECT json_build_object('version', v.version, 'at', nullif(v.published_at, '-infinity')) FROM publish.version v))
