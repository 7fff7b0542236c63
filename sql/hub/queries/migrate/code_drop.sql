-- Drops the views and functions that the last migrate made. Views go in reverse order, and one that a view
-- of somebody else's reads is an error, never taken along. A function that a trigger, policy, default or
-- index needs stays, to be replaced in place.
DO $$
DECLARE
	object record;
	dropped boolean;
BEGIN
	FOR object IN SELECT identity FROM hub.code_object WHERE kind = 'view' ORDER BY ordinal DESC LOOP
		EXECUTE 'DROP VIEW IF EXISTS ' || object.identity;
	END LOOP;
	LOOP
		dropped := false;
		FOR object IN SELECT identity FROM hub.code_object WHERE kind = 'routine' ORDER BY ordinal DESC LOOP
			CONTINUE WHEN to_regprocedure(object.identity) IS NULL;
			BEGIN
				EXECUTE 'DROP ROUTINE ' || object.identity;
				dropped := true;
			EXCEPTION WHEN dependent_objects_still_exist THEN
				NULL;
			END;
		END LOOP;
		EXIT WHEN NOT dropped;
	END LOOP;
	-- Receipts are kept as the old code wrote them.
	IF to_regclass('intake.receipt_kept') IS NOT NULL THEN
		TRUNCATE intake.receipt_kept;
	END IF;
	DELETE FROM hub.code_object WHERE kind = 'view' OR to_regprocedure(identity) IS NULL;
END
$$
