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
	WHERE (f.valid, f.definition) IS DISTINCT FROM (excluded.valid, excluded.definition)
$$;
COMMENT ON FUNCTION intake.store_form(jsonb) IS 'keeps a form definition by name and version';
