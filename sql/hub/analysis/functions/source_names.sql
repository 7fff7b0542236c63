CREATE OR REPLACE FUNCTION analysis.source_names(kind text, edition text) RETURNS text
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	SELECT string_agg(f.name, ', ' ORDER BY f.name) FILTER (WHERE f.place <= 3)
		|| CASE WHEN count(*) > 3 THEN ' and ' || count(*) - 3 || ' more' ELSE '' END
	FROM (SELECT f.name, row_number() OVER (ORDER BY f.name) AS place
		FROM reference.source_file f
		WHERE f.kind = source_names.kind AND f.edition = source_names.edition AND f.replaced_by IS NULL) f
$$;
COMMENT ON FUNCTION analysis.source_names(text, text) IS 'names of the files that an edition was loaded from, the first three and how many more';
