-- How many rows the planner expects of functions whose arguments tell it.
CREATE FUNCTION expected_rows(query text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END
$$;
SELECT expected_rows('SELECT * FROM demand_projection(ARRAY[3, 4, 5])') AS four, expected_rows('SELECT * FROM demand_projection(ARRAY[3, 4, 5], 2)') AS two,
	expected_rows('SELECT * FROM demand_projection(ARRAY[''[3,4)''::int4range, NULL], 7)') AS seven;
SELECT expected_rows(format('SELECT * FROM %s', f)) AS rows, left(f, 20) AS of
FROM unnest(ARRAY[
	$q$local_moran(ARRAY[1,2,3,4,5,6,7,8,9,10,11,12], '{1,2,3,4,5,6,7,8,9,10,11,12}', ARRAY[1], ARRAY[2])$q$,
	$q$getis_ord('{a,b,c,d,e,f,g,h,i,j,k,l}'::text[], '{1,2,3,4,5,6,7,8,9,10,11,12}', ARRAY['a'], ARRAY['b'])$q$,
	$q$proforma_band_bounds('{}', '{}', (SELECT NULL::int4range[]))$q$]) f;
-- No more is known than the function's own figure; nothing, and one that is refused, count as a row.
SELECT expected_rows('SELECT * FROM (SELECT array_agg(n) AS a FROM generate_series(1, 5) n) x, local_moran(a, a::float8[], a, a)') AS thousand,
	expected_rows('SELECT * FROM local_moran(''{}''::int[], ''{}'', ''{}''::int[], ''{}''::int[])') AS one,
	expected_rows('SELECT * FROM proforma_band_bounds(''{}'', ''{}'', ARRAY[''[0,5)'', ''[5,9)'']::int4range[])') AS two,
	expected_rows('SELECT * FROM demand_projection(ARRAY[3], -5)') AS refused;
DROP FUNCTION expected_rows(text);
