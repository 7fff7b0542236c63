-- The ledger: how a submission goes from state to state, what is kept of that, and how workers take their work.

-- The arrows, once and for all. docs/security.md draws them.
CREATE OR REPLACE FUNCTION intake.may_become(was text, becomes text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE was
	WHEN 'received' THEN becomes = 'checking'
	WHEN 'checking' THEN becomes IN ('received', 'accepted', 'rejected', 'waiting for answer')
	WHEN 'waiting for answer' THEN becomes IN ('checking', 'accepted', 'rejected', 'superseded')
	WHEN 'accepted' THEN becomes = 'superseded'
	WHEN 'rejected' THEN becomes = 'superseded'
	ELSE false
	END;
COMMENT ON FUNCTION intake.may_become(text, text) IS 'whether a submission may go from one state to another';

-- Callers set the state, and what they know; the rest of the row follows from it here.
CREATE OR REPLACE FUNCTION intake.guard_submission() RETURNS trigger
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		IF NEW.state <> 'received' OR NEW.decision IS NOT NULL OR NEW.attempts <> 0 OR NEW.superseded_by IS NOT NULL THEN
			RAISE EXCEPTION 'a submission begins as "received", without a decision'
				USING ERRCODE = 'check_violation', HINT = 'Use intake.enter.';
		END IF;
		-- A file may be called after a person.
		NEW.file_name := intake.plain_file_name(NEW.file_name, NEW.organisation);
		RETURN NEW;
	END IF;

	IF (NEW.id, NEW.again, NEW.asked_programme, NEW.asked_period, NEW.asked_form, NEW.file_size, NEW.sha256, NEW.received_at, NEW.received_from)
		IS DISTINCT FROM
		(OLD.id, OLD.again, OLD.asked_programme, OLD.asked_period, OLD.asked_form, OLD.file_size, OLD.sha256, OLD.received_at, OLD.received_from)
	THEN
		RAISE EXCEPTION 'what was received can''t be changed'
			USING ERRCODE = 'check_violation', DETAIL = format('It is submission %s.', OLD.id);
	END IF;
	-- A name may change in the register, and with it here; a submission never goes from one owner to another.
	IF NEW.organisation <> OLD.organisation
		AND EXISTS (SELECT FROM returns.organisation o WHERE o.organisation = OLD.organisation)
	THEN
		RAISE EXCEPTION 'a submission stays with its organisation'
			USING ERRCODE = 'check_violation', DETAIL = format('It is submission %s.', OLD.id);
	END IF;
	IF NEW.state = OLD.state THEN
		IF OLD.state IN ('accepted', 'rejected', 'superseded')
			AND (NEW.kind, NEW.period, NEW.form, NEW.form_version, NEW.basis, NEW.decision, NEW.decided_by, NEW.decided_at, NEW.superseded_by)
				IS DISTINCT FROM
				(OLD.kind, OLD.period, OLD.form, OLD.form_version, OLD.basis, OLD.decision, OLD.decided_by, OLD.decided_at, OLD.superseded_by)
			OR OLD.state IN ('accepted', 'rejected', 'superseded') AND NEW.programme IS DISTINCT FROM OLD.programme
			AND EXISTS (SELECT FROM returns.programme p WHERE p.programme = OLD.programme)
		THEN
			RAISE EXCEPTION 'a decided submission can''t be changed'
				USING ERRCODE = 'check_violation', DETAIL = format('Submission %s is "%s".', OLD.id, OLD.state);
		END IF;
		RETURN NEW;
	END IF;

	IF NOT intake.may_become(OLD.state, NEW.state) THEN
		RAISE EXCEPTION 'a submission can''t go from "%" to "%"', OLD.state, NEW.state
			USING ERRCODE = 'check_violation', DETAIL = format('It is submission %s.', OLD.id);
	END IF;
	IF NEW.state = 'checking' THEN
		NEW.attempts := OLD.attempts + 1;
		NEW.decision := NULL;
		NEW.decided_by := NULL;
		NEW.decided_at := NULL;
	ELSE
		NEW.taken_by := NULL;
		NEW.taken_until := NULL;
	END IF;
	IF NEW.state IN ('accepted', 'rejected', 'waiting for answer') THEN
		NEW.decision := NEW.state;
		IF NEW.decided_at IS NOT DISTINCT FROM OLD.decided_at THEN
			NEW.decided_at := now();
		END IF;
		IF NEW.decided_by IS NULL OR OLD.decided_by IS NOT NULL AND NEW.decided_by = OLD.decided_by THEN
			NEW.decided_by := coalesce(nullif(current_setting('role'), 'none'), session_user);
		END IF;
	ELSIF NEW.state = 'superseded'
		AND (NEW.decision, NEW.decided_by, NEW.decided_at) IS DISTINCT FROM (OLD.decision, OLD.decided_by, OLD.decided_at)
	THEN
		RAISE EXCEPTION 'a submission keeps its decision when another supersedes it'
			USING ERRCODE = 'check_violation', DETAIL = format('It is submission %s.', OLD.id);
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION intake.guard_submission() IS 'implementation of the ledger: lets a submission go along its arrows only, and keeps what was received as it was';

CREATE OR REPLACE FUNCTION intake.facts(submission intake.submission) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET bytea_output = 'hex'
AS $$
	SELECT jsonb_strip_nulls(to_jsonb(submission) - '{id,state,taken_until}'::text[]
		|| jsonb_build_object('file_name', encode(sha256(convert_to(submission.file_name, 'UTF8')), 'hex')))
$$;
COMMENT ON FUNCTION intake.facts(intake.submission) IS 'the columns of a submission as its events keep them';

CREATE OR REPLACE FUNCTION intake.event_sha256(event intake.submission_event) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN pg_catalog.sha256((event).previous OPERATOR(pg_catalog.||) pg_catalog.convert_to(pg_catalog.jsonb_build_array((event).id, (event).submission,
	(event).number, (event).from_state, (event).to_state, EXTRACT(epoch FROM (event).happened_at), (event).caused_by,
	(event).change)::text, 'UTF8'));
COMMENT ON FUNCTION intake.event_sha256(intake.submission_event) IS 'what the sha256 of an event must be: over the previous one and a JSON array of id, submission, number, states, time in seconds since 1970, who, and the change';

-- Whoever may enter or change a submission can't help writing its event, and can write no other.
CREATE OR REPLACE FUNCTION intake.keep_entered() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	who text := coalesce(nullif(current_setting('role'), 'none'), session_user);
BEGIN
	WITH event AS (
		INSERT INTO intake.submission_event (id, submission, number, to_state, happened_at, caused_by, change, previous, sha256)
		OVERRIDING SYSTEM VALUE
		SELECT f.id, f.submission, f.number, f.to_state, f.happened_at, f.caused_by, f.change, f.previous,
			intake.event_sha256(ROW(f.id, f.submission, f.number, NULL, f.to_state, f.happened_at, f.caused_by, f.change, f.previous, NULL))
		FROM (SELECT nextval('intake.submission_event_id_seq') AS id, e.id AS submission, 1 AS number, e.state AS to_state,
				clock_timestamp() AS happened_at, who AS caused_by, intake.facts(e::intake.submission) AS change,
				decode(repeat('00', 32), 'hex') AS previous
			FROM entered e ORDER BY e.id OFFSET 0) f
		RETURNING id
	)
	INSERT INTO intake.event_loose SELECT e.id FROM event e;
	PERFORM pg_notify('wardstar_work', e.id::text) FROM entered e;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION intake.keep_entered() IS 'implementation of the ledger: writes the first event of each submission that was entered, and tells the workers';

CREATE OR REPLACE FUNCTION intake.keep_event() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	event intake.submission_event;
	was jsonb := intake.facts(OLD);
BEGIN
	event.change := intake.facts(NEW);
	SELECT coalesce(jsonb_object_agg(k.key, event.change -> k.key), '{}') INTO event.change
	FROM (SELECT jsonb_object_keys(was) UNION SELECT jsonb_object_keys(event.change)) k (key)
	WHERE was -> k.key IS DISTINCT FROM event.change -> k.key;
	IF event.change = '{}' AND NEW.state = OLD.state THEN
		RETURN NULL;
	END IF;
	SELECT e.number + 1, e.sha256 INTO event.number, event.previous
	FROM intake.submission_event e WHERE e.submission = NEW.id ORDER BY e.number DESC LIMIT 1;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'the events of submission % are gone', NEW.id
			USING ERRCODE = 'data_corrupted', HINT = 'Run wardstar-hub audit.';
	END IF;
	event.id := nextval('intake.submission_event_id_seq');
	event.submission := NEW.id;
	event.from_state := OLD.state;
	event.to_state := NEW.state;
	event.happened_at := clock_timestamp();
	event.caused_by := coalesce(nullif(current_setting('role'), 'none'), session_user);
	event.sha256 := intake.event_sha256(event);
	INSERT INTO intake.submission_event OVERRIDING SYSTEM VALUE VALUES (event.*);
	INSERT INTO intake.event_loose VALUES (event.id);
	IF NEW.state = 'received' THEN
		PERFORM pg_notify('wardstar_work', NEW.id::text);
	ELSIF NEW.state IN ('accepted', 'rejected', 'waiting for answer') AND NEW.state <> OLD.state THEN
		PERFORM pg_notify('wardstar_checked', NEW.id::text);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION intake.keep_event() IS 'implementation of the ledger: writes the event of each change, and tells workers and the service';

CREATE OR REPLACE FUNCTION intake.refuse_change() RETURNS trigger
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
AS $$
BEGIN
	RAISE EXCEPTION '% of %.% is not allowed', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
		USING ERRCODE = 'insufficient_privilege', DETAIL = 'The ledger is never rewritten, by nobody.';
END
$$;
COMMENT ON FUNCTION intake.refuse_change() IS 'implementation of the ledger: refuses to change what must stay';

CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON intake.submission
	FOR EACH ROW EXECUTE FUNCTION intake.guard_submission();
CREATE OR REPLACE TRIGGER keep_entered AFTER INSERT ON intake.submission
	REFERENCING NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION intake.keep_entered();
CREATE OR REPLACE TRIGGER keep_event AFTER UPDATE ON intake.submission
	FOR EACH ROW EXECUTE FUNCTION intake.keep_event();
CREATE OR REPLACE TRIGGER refuse_change BEFORE DELETE OR TRUNCATE ON intake.submission
	FOR EACH STATEMENT EXECUTE FUNCTION intake.refuse_change();
CREATE OR REPLACE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON intake.submission_event
	FOR EACH STATEMENT EXECUTE FUNCTION intake.refuse_change();
CREATE OR REPLACE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON intake.event_anchor
	FOR EACH STATEMENT EXECUTE FUNCTION intake.refuse_change();
ALTER TABLE intake.submission ENABLE ALWAYS TRIGGER guard;
ALTER TABLE intake.submission ENABLE ALWAYS TRIGGER keep_entered;
ALTER TABLE intake.submission ENABLE ALWAYS TRIGGER keep_event;
ALTER TABLE intake.submission ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE intake.submission_event ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE intake.event_anchor ENABLE ALWAYS TRIGGER refuse_change;

-- Into the ledger, all that came at about the same time at once. What the sender states is kept only if it is a programme of
-- theirs, a quarter, a form: anything else may be anything, a name among it, and is kept as "…". Whether it is right is
-- found when the file is checked.
CREATE OR REPLACE FUNCTION intake.enter(organisation text, arrivals intake.arrival[])
RETURNS TABLE (place int, already boolean, submission intake.submission)
LANGUAGE plpgsql VOLATILE ROWS 1
SET search_path FROM CURRENT
AS $$
#variable_conflict use_column
DECLARE
	programmes text[] := ARRAY(SELECT p.programme FROM returns.programme p WHERE p.organisation = enter.organisation);
	forms text[] := ARRAY(SELECT f.form FROM intake.form f) || 'records'::text;
	new bigint[];
BEGIN
	arrivals := ARRAY(SELECT ROW(a.place, CASE WHEN a.programme = ANY (programmes) THEN a.programme WHEN a.programme IS NOT NULL THEN '…' END,
			CASE WHEN a.period !~ '^(19|20)[0-9][0-9]-Q[1-4]$' THEN '…' ELSE a.period END,
			CASE WHEN a.form = ANY (forms) THEN a.form WHEN a.form IS NOT NULL THEN '…' END,
			coalesce(a.kind, 'return'), a.file_name, a.file_size, a.sha256, a.received_from, a.spool)::intake.arrival
		FROM unnest(arrivals) a);
	-- In one order for all, so that two that enter the same files don't wait for each other.
	WITH entered AS (
		INSERT INTO intake.submission AS s (organisation, asked_programme, asked_period, asked_form, kind, file_name, file_size,
			sha256, received_from, spool)
		SELECT enter.organisation, a.programme, a.period, a.form, a.kind, a.file_name, a.file_size, a.sha256, a.received_from, a.spool
		FROM unnest(arrivals) a
		ORDER BY a.sha256, a.programme, a.period, a.form, a.place
		ON CONFLICT ON CONSTRAINT submission_same DO NOTHING
		RETURNING s.id
	)
	SELECT array_agg(e.id) INTO new FROM entered e;
	RETURN QUERY
	SELECT a.place, o.id <> ALL (coalesce(new, '{}')) OR row_number() OVER (PARTITION BY o.id ORDER BY a.place) > 1, o.row
	FROM unnest(arrivals) a
	CROSS JOIN LATERAL (SELECT s.id, s AS row FROM intake.submission s
		WHERE s.organisation = enter.organisation AND s.sha256 = a.sha256
			AND s.asked_programme IS NOT DISTINCT FROM a.programme
			AND s.asked_period IS NOT DISTINCT FROM a.period
			AND s.asked_form IS NOT DISTINCT FROM a.form
		ORDER BY s.again DESC LIMIT 1) o;
END
$$;
COMMENT ON FUNCTION intake.enter(text, intake.arrival[]) IS 'puts received files into the ledger; the same bytes from the same organisation with the same statements are the same submission. The spool file that is named is used only if already is false';

CREATE OR REPLACE FUNCTION intake.enter(organisation text, programme text, period text, form text, kind text, file_name text,
	file_size bigint, sha256 bytea, received_from text, spool text,
	OUT submission bigint, OUT state text, OUT already boolean)
LANGUAGE sql VOLATILE
SET search_path FROM CURRENT
AS $$
	SELECT (e.submission).id, (e.submission).state, e.already
	FROM intake.enter(organisation, ARRAY[ROW(1, programme, period, form, kind, file_name, file_size, sha256, received_from, spool)::intake.arrival]) e
$$;
COMMENT ON FUNCTION intake.enter(text, text, text, text, text, text, bigint, bytea, text, text) IS 'puts one received file into the ledger, as intake.enter does with many';

-- The same bytes once more, by decision of the hub's staff: a verdict stands, and another needs another submission.
CREATE OR REPLACE FUNCTION intake.enter_again(submission bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	old intake.submission;
	new bigint;
BEGIN
	SELECT s.* INTO STRICT old FROM intake.submission s WHERE s.id = submission FOR UPDATE;
	IF old.state NOT IN ('accepted', 'rejected') THEN
		RAISE EXCEPTION 'submission % is "%", so it is not taken in anew', submission, old.state
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	UPDATE intake.submission s SET spool = NULL WHERE s.id = submission AND s.spool IS NOT NULL;
	INSERT INTO intake.submission AS s (organisation, kind, asked_programme, asked_period, asked_form, again, file_name, file_size,
		sha256, received_at, received_from, spool)
	VALUES (old.organisation, old.kind, old.asked_programme, old.asked_period, old.asked_form, old.again + 1, old.file_name,
		old.file_size, old.sha256, old.received_at, old.received_from, old.spool)
	RETURNING s.id INTO new;
	RETURN new;
END
$$;
COMMENT ON FUNCTION intake.enter_again(bigint) IS 'a second submission of the same bytes, to be decided anew; it takes the spool file over';

-- Gives back what dead workers hold, then takes the oldest of those that somebody waits for, or of the organisation whose turn
-- it is: one that sends thousands of files doesn't hold up the others. Of those taken least often: a file that kills its
-- worker doesn't either.
CREATE OR REPLACE FUNCTION intake.take(worker text, lease interval DEFAULT '1 minute', awaited bigint[] DEFAULT NULL,
	awaited_only boolean DEFAULT false, after text DEFAULT NULL)
RETURNS TABLE (submission bigint, organisation text, programme text, period text, form text, kind text, file_name text,
	spool text, attempts int)
LANGUAGE plpgsql VOLATILE ROWS 1
SET search_path FROM CURRENT
AS $$
#variable_conflict use_column
DECLARE
	next bigint;
	whose text;
BEGIN
	UPDATE intake.submission u SET state = 'received'
	WHERE u.id IN (SELECT s.id FROM intake.submission s
		WHERE s.state = 'checking' AND s.taken_until < statement_timestamp() FOR UPDATE SKIP LOCKED);
	IF awaited IS NOT NULL THEN
		SELECT s.id INTO next FROM intake.submission s WHERE s.id = ANY (awaited) AND s.state = 'received'
		ORDER BY s.attempts, s.id LIMIT 1 FOR UPDATE SKIP LOCKED;
	END IF;
	IF next IS NULL AND NOT awaited_only THEN
		-- One after the other: what is looked at is locked, and hidden from other workers.
		FOR whose IN SELECT o.organisation FROM returns.organisation o ORDER BY coalesce(o.organisation <= after, false), o.organisation LOOP
			SELECT s.id INTO next FROM intake.submission s WHERE s.state = 'received' AND s.organisation = whose
			ORDER BY s.attempts, s.id LIMIT 1 FOR UPDATE SKIP LOCKED;
			EXIT WHEN next IS NOT NULL;
		END LOOP;
	END IF;
	RETURN QUERY
	UPDATE intake.submission u SET state = 'checking', taken_by = worker, taken_until = clock_timestamp() + lease
	WHERE u.id = next
	RETURNING u.id, u.organisation, coalesce(u.programme, u.asked_programme), coalesce(u.period, u.asked_period),
		coalesce(u.form, u.asked_form), u.kind, u.file_name, u.spool, u.attempts;
END
$$;
COMMENT ON FUNCTION intake.take(text, interval, bigint[], boolean, text) IS 'takes the next submission to be checked, or one whose worker did not finish in its time; no row: there is none. Two workers never get the same. Those awaited come first; then the organisations have their turns, in the order of their names from the one after "after"';

CREATE OR REPLACE FUNCTION intake.give_back(submission bigint) RETURNS boolean
LANGUAGE sql VOLATILE STRICT
SET search_path FROM CURRENT
AS $$
	WITH given AS (UPDATE intake.submission s SET state = 'received'
		WHERE s.id = give_back.submission AND s.state = 'checking' RETURNING s.id)
	SELECT EXISTS (SELECT FROM given)
$$;
COMMENT ON FUNCTION intake.give_back(bigint) IS 'gives a submission that was taken back, for another worker; false: it was not being checked';
