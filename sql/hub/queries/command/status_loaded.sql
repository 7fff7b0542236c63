-- Reference data by kind and edition.
SELECT l.kind, coalesce(l.edition, '') AS edition, l.files, l.rows_stored AS rows, l.rows_rejected AS rejected,
	to_char(l.last_loaded, 'YYYY-MM-DD HH24:MI') AS loaded
FROM analysis.loaded l
ORDER BY l.kind, l.edition
