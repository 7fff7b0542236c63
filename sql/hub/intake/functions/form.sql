-- The forms, as the program ships them: sql/hub/forms/*.json.

CREATE OR REPLACE FUNCTION intake.store_form(definition jsonb) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path FROM CURRENT
AS $$
	INSERT INTO intake.form AS f (form, version, valid, definition)
	VALUES (store_form.definition ->> 'name', store_form.definition ->> 'version',
		daterange(returns.period_start((store_form.definition #>> '{valid,from}')::returns.period),
			returns.period_end((store_form.definition #>> '{valid,to}')::returns.period), '[]'),
		store_form.definition)
	ON CONFLICT (form, version) DO UPDATE SET valid = excluded.valid, definition = excluded.definition
	WHERE (f.valid, f.definition) IS DISTINCT FROM (excluded.valid, excluded.definition);
	DELETE FROM intake.form_title t WHERE t.form = store_form.definition ->> 'name' AND t.version = store_form.definition ->> 'version';
	INSERT INTO intake.form_title (form, version, name, place, section, title)
	SELECT store_form.definition ->> 'name', store_form.definition ->> 'version', t.name, t.place, t.section, t.title
	FROM intake.form_titles(store_form.definition) t;
$$;
COMMENT ON FUNCTION intake.store_form(jsonb) IS 'keeps a form definition by name and version';

-- What a field is called on the form. Boxes that a form takes though it doesn't ask for them are called as the others
-- would be. A family of places is listed by its name without the ".*".
CREATE OR REPLACE FUNCTION intake.form_titles(definition jsonb)
RETURNS TABLE (name text, place numeric, section text, title text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 100
SET search_path FROM CURRENT
AS $$
	WITH field AS (
		SELECT f.field ->> 'name' AS name, f.place::numeric AS place, f.field ->> 'section' AS section, f.field ->> 'title' AS title
		FROM jsonb_array_elements(definition -> 'fields') WITH ORDINALITY f (field, place)
	), part AS (
		SELECT g.part ->> 'name' AS name, coalesce(g.part ->> 'title', g.part ->> 'name') AS title, g.place::numeric AS place,
			(SELECT max(f.place) FROM field f WHERE g.part -> 'fields' ? f.name) AS last,
			(SELECT max(f.section) FROM field f WHERE g.part #>> '{fields,0}' = f.name) AS section
		FROM jsonb_array_elements(definition -> 'groups') WITH ORDINALITY g (part, place)
	)
	SELECT DISTINCT ON (t.name) t.name, t.place, t.section, t.title
	FROM (SELECT 1 AS rank, rtrim(f.name, '.*') AS name, f.place, f.section, f.title FROM field f
		UNION ALL
		SELECT 2, q.question ->> 'name', 10000 + q.place, NULL, q.question ->> 'title'
		FROM jsonb_array_elements(definition -> 'narrative') WITH ORDINALITY q (question, place)
		UNION ALL
		SELECT 3, p.name || '.not_known', p.last + 0.5, coalesce(p.section, p.title), 'Not known' FROM part p
		UNION ALL
		SELECT 4, p.name, 5000 + p.place, NULL, p.title FROM part p
		UNION ALL
		VALUES (5, 'everyone', -3, NULL, 'Different people in all'), (5, 'total', -2, NULL, 'Total'),
			(5, 'basis', -1, NULL, 'Whom you counted'), (5, 'period', -4, NULL, 'Quarter')
		) t
	ORDER BY t.name, t.rank
$$;
COMMENT ON FUNCTION intake.form_titles(jsonb) IS 'section and title of every field, part and question of a form, in its order';

CREATE OR REPLACE FUNCTION intake.titled(section text, title text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN pg_catalog.lower(section) <> pg_catalog.lower(title) THEN section || ': ' || title ELSE coalesce(title, section) END;
COMMENT ON FUNCTION intake.titled(text, text) IS 'a title with the section that it stands under';
