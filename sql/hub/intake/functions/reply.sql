-- What is said to findings: the sender explains a query, the hub's staff waive a query or an error. Both are kept with who
-- and when, and hold for the same question of the same programme and quarter in any later file (intake.finding_reply).

-- What looks as if it named a person, by the rules that returns are checked by. It finds no name that stands alone.
CREATE OR REPLACE FUNCTION intake.person_in(words text) RETURNS TABLE (rule text, what text)
LANGUAGE sql IMMUTABLE STRICT
SET search_path FROM CURRENT
AS $$
	SELECT c.rule, CASE c.rule WHEN 'P802' THEN 'a date of birth' WHEN 'P803' THEN 'an NHS number' WHEN 'P804' THEN 'a telephone number'
		WHEN 'P805' THEN 'an e-mail address' WHEN 'P806' THEN 'a full postcode' ELSE 'a prison, police or National Insurance number' END
	FROM proforma_check('{"name": "words", "version": "1", "title": "words", "fields": [], "narrative": [{"name": "narrative.words", "type": "string", "title": "words"}]}',
		jsonb_build_object('narrative.words', words)) c
	WHERE c.field = 'narrative.words' AND c.rule = ANY (intake.person_rules())
$$;
COMMENT ON FUNCTION intake.person_in(text) IS 'what in a text may identify a person';

-- The words of a reply, in one line; refused when they may identify somebody.
CREATE OR REPLACE FUNCTION intake.reply_words(words text, what text) RETURNS text
LANGUAGE plpgsql IMMUTABLE
SET search_path FROM CURRENT
AS $$
DECLARE
	said text := btrim(regexp_replace(words, E'[\\s\\u0001-\\u001f\\u007f-\\u009f]+', ' ', 'g'));
	person text := (SELECT string_agg(p.what, ' and ' ORDER BY p.rule) FROM intake.person_in(words) p);
BEGIN
	IF coalesce(said, '') = '' OR length(said) > 2000 THEN
		RAISE EXCEPTION '% needs a few words', what USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It has from 1 to 2,000 characters.';
	END IF;
	IF person IS NOT NULL THEN
		RAISE EXCEPTION '% seems to hold %', what, person
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It is not kept, and not repeated here.',
				HINT = 'Say it without ' || person || ', and name nobody.';
	END IF;
	RETURN said;
END
$$;
COMMENT ON FUNCTION intake.reply_words(text, text) IS 'the words of a reply as they are kept';

-- The findings that a reply is for. A field that is not on the form, or none, is given as '' or '-'.
CREATE OR REPLACE FUNCTION intake.replied_to(submission bigint, rule text, field text, line int) RETURNS SETOF intake.finding
LANGUAGE plpgsql STABLE ROWS 20
SET search_path FROM CURRENT
AS $$
#variable_conflict use_column
DECLARE
	sent intake.submission := (SELECT s FROM intake.submission s WHERE s.id = replied_to.submission);
BEGIN
	IF sent.id IS NULL THEN
		RAISE EXCEPTION 'there is no submission %', replied_to.submission USING ERRCODE = 'no_data_found';
	END IF;
	IF sent.state = 'superseded' THEN
		RAISE EXCEPTION 'submission % was replaced by %', sent.id, sent.superseded_by
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Reply to submission ' || sent.superseded_by || '.';
	ELSIF sent.state IN ('received', 'checking') THEN
		RAISE EXCEPTION 'submission % is not checked yet', sent.id USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	RETURN QUERY SELECT f.* FROM intake.finding f
	WHERE f.submission = sent.id AND f.rule = upper(btrim(replied_to.rule))
	AND f.field IS NOT DISTINCT FROM nullif(nullif(btrim(replied_to.field), ''), '-')
	AND (replied_to.line IS NULL OR f.line = replied_to.line)
	ORDER BY f.number;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'submission % has no such finding', sent.id
			USING ERRCODE = 'no_data_found',
				DETAIL = coalesce('Open are: ' || (SELECT string_agg(DISTINCT o.rule || ' ' || coalesce(o.field, '-'), ', ')
					FROM intake.finding_reply o WHERE o.submission = sent.id AND o.severity <> 'note' AND o.reply IS NULL) || '.', 'Nothing is open.');
	END IF;
END
$$;
COMMENT ON FUNCTION intake.replied_to(bigint, text, text, int) IS 'the findings of a rule and field, to which a reply is given; an error if there are none';

-- A reply holds for the same question of the same programme and quarter, in whichever file it comes again: the same
-- rule, field, and value seen and expected. Where the value is not kept it holds for the one submission alone.
CREATE OR REPLACE FUNCTION intake.reply_to(submission bigint, programme text, period text, rule text, field text, observed text,
	expected text, line int) RETURNS SETOF intake.reply
LANGUAGE sql STABLE ROWS 1
SET search_path FROM CURRENT
AS $$
	SELECT r.* FROM intake.reply r
	WHERE r.programme = reply_to.programme AND r.period = reply_to.period AND r.rule = reply_to.rule
	AND r.field IS NOT DISTINCT FROM reply_to.field AND r.observed IS NOT DISTINCT FROM reply_to.observed
	AND r.expected IS NOT DISTINCT FROM reply_to.expected
	AND (NOT r.here_only OR r.submission = reply_to.submission) AND (r.line IS NULL OR r.line = reply_to.line)
	ORDER BY r.id DESC LIMIT 1
$$;
COMMENT ON FUNCTION intake.reply_to(bigint, text, text, text, text, text, text, int) IS 'the newest reply that holds for a finding; no row: there is none';

-- A value that is not kept can't be compared with that of another file, so that a reply to it holds for its own alone.
CREATE OR REPLACE FUNCTION intake.keep_reply(finding intake.finding, kind text, line int, words text) RETURNS void
LANGUAGE sql VOLATILE
SET search_path FROM CURRENT
AS $$
	INSERT INTO intake.reply (submission, programme, period, kind, rule, field, line, observed, expected, here_only, words, given_by)
	SELECT s.id, s.programme, s.period, keep_reply.kind, (finding).rule, (finding).field, keep_reply.line, (finding).observed, (finding).expected,
		(finding).field LIKE 'narrative%' OR (finding).field LIKE 'place.postcode%' OR (finding).rule = 'P204' OR concat((finding).observed, (finding).expected) LIKE '%…%',
		keep_reply.words, coalesce(nullif(current_setting('role'), 'none'), session_user)
	FROM intake.submission s WHERE s.id = (finding).submission
$$;
COMMENT ON FUNCTION intake.keep_reply(intake.finding, text, int, text) IS 'keeps what was said to a finding';

-- answered: how many findings; open: queries still without an answer; reread: words that were held back may now be kept,
-- if the file is read again.
CREATE OR REPLACE FUNCTION intake.explain(submission bigint, rule text, field text, words text, line int DEFAULT NULL,
	OUT answered int, OUT open int, OUT reread boolean)
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	said text := intake.reply_words(words, 'an explanation');
	f intake.finding;
	seen text[] := '{}';
BEGIN
	answered := 0;
	FOR f IN SELECT * FROM intake.replied_to(submission, rule, field, line) LOOP
		IF f.severity = 'error' THEN
			RAISE EXCEPTION '% is an error, which can''t be explained away', f.rule
				USING ERRCODE = 'invalid_parameter_value', HINT = 'Correct it and send the file again. If it can''t be corrected, the hub''s staff may waive it.';
		ELSIF f.severity = 'note' THEN
			RAISE EXCEPTION '% is a note, which needs no answer', f.rule USING ERRCODE = 'invalid_parameter_value';
		ELSIF f.rule = ANY ('{H121,H122,H123,H124}') THEN
			RAISE EXCEPTION '% is answered by saying what the file is', f.rule
				USING ERRCODE = 'invalid_parameter_value', HINT = 'Say it: wardstar-hub explain ' || submission || ' --programme NAME --period 2025-Q2 --form new.';
		ELSIF f.rule = ANY (intake.person_numbers()) THEN
			RAISE EXCEPTION '% can''t be answered: such a number is never kept', f.rule
				USING ERRCODE = 'invalid_parameter_value', HINT = 'Take the number out, and send the file again.';
		END IF;
		answered := answered + 1;
		IF coalesce(f.observed, '') || E'\n' || coalesce(f.expected, '') <> ALL (seen) THEN
			seen := seen || (coalesce(f.observed, '') || E'\n' || coalesce(f.expected, ''));
			PERFORM intake.keep_reply(f, 'explained', line, said);
		END IF;
	END LOOP;
	SELECT count(*) INTO open FROM intake.finding_reply r WHERE r.submission = explain.submission AND r.severity = 'query' AND r.reply IS NULL;
	reread := upper(btrim(rule)) = ANY (intake.person_rules()) AND intake.narrative_may_stay(submission, btrim(field))
		AND EXISTS (SELECT FROM intake.submission s WHERE s.id = submission AND s.state = 'accepted');
	PERFORM intake.keep_receipt(submission);
END
$$;
COMMENT ON FUNCTION intake.explain(bigint, text, text, text, int) IS 'answers a query of a submission; it is not asked again for that value in the same quarter';

-- Staff only. When the last error of a rejected return is waived, the return is entered again, by the same bytes, and
-- accepted: what was rejected stays on record as rejected, and as replaced.
CREATE OR REPLACE FUNCTION intake.waive(INOUT submission bigint, rule text, field text, reason text, line int DEFAULT NULL,
	OUT waived int, OUT state text, OUT reread boolean)
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	said text := intake.reply_words(reason, 'a reason');
	old intake.submission;
	f intake.finding;
	seen text[] := '{}';
BEGIN
	SELECT s.* INTO old FROM intake.submission s WHERE s.id = submission;
	PERFORM intake.lock_quarter(old.programme, old.period);
	SELECT s.* INTO old FROM intake.submission s WHERE s.id = submission FOR UPDATE;
	IF old.kind <> 'return' THEN
		RAISE EXCEPTION 'findings of a record-level return can''t be waived'
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'Nothing of a rejected one is kept.', HINT = 'Ask for a corrected file.';
	END IF;
	waived := 0;
	FOR f IN SELECT * FROM intake.replied_to(submission, rule, field, line) LOOP
		IF f.severity = 'note' THEN
			RAISE EXCEPTION '% is a note: there is nothing to waive', f.rule USING ERRCODE = 'invalid_parameter_value';
		ELSIF NOT EXISTS (SELECT FROM intake.answer a WHERE a.submission = old.id AND a.category = 'everyone') THEN
			RAISE EXCEPTION '% can''t be waived: the file was not read', f.rule
				USING ERRCODE = 'invalid_parameter_value', DETAIL = 'There is nothing in it that could be accepted.';
		ELSIF f.rule = ANY ('{H101,P205}') THEN
			RAISE EXCEPTION '% can''t be waived: it is not known which figure is meant', f.rule
				USING ERRCODE = 'invalid_parameter_value', HINT = 'Ask for a corrected file.';
		END IF;
		waived := waived + 1;
		IF coalesce(f.observed, '') || E'\n' || coalesce(f.expected, '') <> ALL (seen) THEN
			seen := seen || (coalesce(f.observed, '') || E'\n' || coalesce(f.expected, ''));
			PERFORM intake.keep_reply(f, 'waived', line, said);
		END IF;
	END LOOP;
	state := old.state;
	reread := false;
	IF old.state = 'rejected'
		AND NOT EXISTS (SELECT FROM intake.finding_reply r WHERE r.submission = old.id AND r.severity = 'error' AND r.reply IS DISTINCT FROM 'waived') THEN
		submission := intake.enter_again(old.id);
		UPDATE intake.submission s
		SET state = 'checking', taken_by = 'waive', taken_until = clock_timestamp() + interval '1 hour',
			programme = old.programme, period = old.period, form = old.form, form_version = old.form_version, basis = old.basis
		WHERE s.id = submission;
		INSERT INTO intake.finding (submission, number, rule, severity, field, message, suggestion, observed, expected, line)
		SELECT waive.submission, o.number, o.rule, o.severity, o.field, o.message, o.suggestion, o.observed, o.expected, o.line
		FROM intake.finding o WHERE o.submission = old.id;
		INSERT INTO intake.answer (submission, category, area_level, area, ward, grade, people)
		SELECT waive.submission, o.category, o.area_level, o.area, o.ward, o.grade, o.people FROM intake.answer o WHERE o.submission = old.id;
		-- What was said of the first of the two about values that are not kept is true of the same bytes.
		INSERT INTO intake.reply (submission, programme, period, kind, rule, field, line, observed, expected, here_only, words, given_by, given_at)
		SELECT waive.submission, o.programme, o.period, o.kind, o.rule, o.field, o.line, o.observed, o.expected, true, o.words, o.given_by, o.given_at
		FROM intake.reply o WHERE o.submission = old.id AND o.here_only ORDER BY o.id;
		PERFORM intake.accept(submission, coalesce(nullif(current_setting('role'), 'none'), session_user));
		state := 'accepted';
		reread := true;
	END IF;
	PERFORM intake.keep_receipt(submission);
END
$$;
COMMENT ON FUNCTION intake.waive(bigint, text, text, text, int) IS 'lets a query or an error of a submission be, with a reason; accepts the return if no other error is left: then its number is a new one';

-- Says of a file that waits what it is: it goes back among those that are to be checked.
CREATE OR REPLACE FUNCTION intake.restate(submission bigint, programme text, period text, form text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	sent intake.submission;
BEGIN
	SELECT s.* INTO sent FROM intake.submission s WHERE s.id = submission FOR UPDATE;
	IF sent.id IS NULL THEN
		RAISE EXCEPTION 'there is no submission %', submission USING ERRCODE = 'no_data_found';
	ELSIF sent.state <> 'waiting for answer' THEN
		RAISE EXCEPTION 'submission % does not wait to be told what it is', submission
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'It is "' || sent.state || '".';
	END IF;
	programme := coalesce(nullif(programme, ''), sent.programme);
	IF programme IS NOT NULL AND NOT EXISTS (SELECT FROM returns.programme p WHERE p.programme = restate.programme AND p.organisation = sent.organisation) THEN
		RAISE EXCEPTION 'its organisation has no programme "%"', programme
			USING ERRCODE = 'invalid_parameter_value',
				HINT = coalesce('It has: ' || (SELECT string_agg(p.programme, ', ' ORDER BY p.programme) FROM returns.programme p WHERE p.organisation = sent.organisation) || '.', 'It has none yet.');
	END IF;
	IF period !~ '^(19|20)[0-9][0-9]-Q[1-4]$' THEN
		RAISE EXCEPTION '"%" is not a quarter', period
			USING ERRCODE = 'invalid_datetime_format', HINT = 'Write it as 2025-Q2, which is 1 July to 30 September 2025.';
	END IF;
	IF form IS NOT NULL AND NOT EXISTS (SELECT FROM intake.form f WHERE f.form = restate.form) THEN
		RAISE EXCEPTION 'form "%" is not known', form
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Forms are: ' || (SELECT string_agg(DISTINCT f.form, ', ') FROM intake.form f) || '.';
	END IF;
	UPDATE intake.submission s
	SET state = 'checking', taken_by = 'restate', taken_until = clock_timestamp(),
		programme = coalesce(restate.programme, s.programme), period = coalesce(restate.period, s.period), form = coalesce(restate.form, s.form)
	WHERE s.id = submission;
	UPDATE intake.submission s SET state = 'received' WHERE s.id = submission;
END
$$;
COMMENT ON FUNCTION intake.restate(bigint, text, text, text) IS 'says what a file that waits is for; it is then checked like one that has just come';

-- What was said stays as it was said; only a programme's name may change, with the register.
CREATE OR REPLACE TRIGGER refuse_change BEFORE UPDATE OF submission, period, kind, rule, field, line, observed, expected, here_only, words, given_by, given_at
	OR DELETE OR TRUNCATE ON intake.reply
	FOR EACH STATEMENT EXECUTE FUNCTION intake.refuse_change();
ALTER TABLE intake.reply ENABLE ALWAYS TRIGGER refuse_change;
