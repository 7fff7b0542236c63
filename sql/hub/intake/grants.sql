INSERT INTO hub.grant_list (kind, object, loader, analyst, partner) VALUES
	('schema', 'intake', 'USAGE', 'USAGE', 'USAGE'),
	('table', 'intake.form', 'SELECT', 'SELECT', 'SELECT'),
	('table', 'intake.submission', 'SELECT INSERT UPDATE', 'SELECT',
		'SELECT INSERT(organisation,kind,asked_programme,asked_period,asked_form,file_name,file_size,sha256,received_from,spool)'),
	-- Written by triggers, as wardstar_owner.
	('table', 'intake.submission_event', 'SELECT', 'SELECT', ''),
	('table', 'intake.event_loose', 'SELECT', '', ''),
	('table', 'intake.event_anchor', 'SELECT', 'SELECT', ''),
	('table', 'intake.finding', 'SELECT INSERT UPDATE DELETE', 'SELECT', 'SELECT'),
	('table', 'intake.answer', 'SELECT INSERT UPDATE DELETE', 'SELECT', 'SELECT'),
	('table', 'intake.reply', 'SELECT INSERT', 'SELECT', 'SELECT'),
	('table', 'intake.form_title', 'SELECT', 'SELECT', 'SELECT'),
	('table', 'intake.receipt_kept', 'SELECT INSERT UPDATE', 'SELECT', 'SELECT'),
	('view', 'intake.finding_reply', 'SELECT', 'SELECT', 'SELECT'),
	-- Clients of a file by token, of rejected ones and of those who do not share as well.
	('table', 'intake.record_client', 'SELECT INSERT UPDATE DELETE', '', ''),
	('table', 'intake.withdrawn', 'SELECT INSERT UPDATE', '', ''),
	('table', 'intake.spool_to_remove', 'SELECT INSERT DELETE', '', ''),
	-- What receipts and findings with their replies need.
	('function', 'intake.form_of', 'EXECUTE', 'EXECUTE', 'EXECUTE'),
	('function', 'intake.receipt_stamp', 'EXECUTE', 'EXECUTE', 'EXECUTE'),
	('function', 'intake.reply_to', 'EXECUTE', 'EXECUTE', 'EXECUTE'),
	('function', 'intake.titled', 'EXECUTE', 'EXECUTE', 'EXECUTE');

-- Trigger functions are called by their triggers alone.
INSERT INTO hub.grant_list (kind, object) VALUES
	('function', 'intake.guard_submission'), ('function', 'intake.keep_entered'), ('function', 'intake.keep_event'), ('function', 'intake.refuse_change'),
	('function', 'intake.store_form'), ('function', 'intake.form_titles');

INSERT INTO hub.grant_list (kind, object, loader) VALUES
	('function', 'intake.anchor', 'EXECUTE'), ('function', 'intake.anchor_sha256', 'EXECUTE'),
	('function', 'intake.changes', 'EXECUTE'), ('function', 'intake.retention', 'EXECUTE'), ('function', 'intake.demand_sight', 'EXECUTE'), ('function', 'intake.read_age', 'EXECUTE'), ('function', 'intake.audit', 'EXECUTE');

INSERT INTO hub.grant_list (kind, object, loader, analyst)
SELECT 'function', 'intake.' || f, 'EXECUTE', 'EXECUTE' FROM unnest('{may_become,facts,event_sha256}'::text[]) f;

INSERT INTO hub.grant_list (kind, object, loader)
SELECT 'function', 'intake.' || f, 'EXECUTE'
FROM unnest('{accept,answers_of,area_problem,cell_bounds,check,check_answers,check_record_rows,check_record_tables,check_records,check_rows,
	count_records,counts_of,doubt,enter_again,explain,find,findings_of,
	form_counts,form_names,give_back,keep_narrative,keep_receipt,keep_reply,lacks_postcodes,lock_quarter,narrative_may_stay,note_stated,
	person_in,person_numbers,person_rules,plain_answer,previous_returns,read_answers,receive,receive_records,recheck,recheck_apply,
	record_counts,record_day,record_rows,refuse,remove_records,replied_to,reply_words,restate,set_counts,store_records,supersede_waiting,stored_rows,take,waive,worst_grade}'::text[]) f;

INSERT INTO hub.grant_list (kind, object, loader, partner) VALUES
	('function', 'intake.enter', 'EXECUTE', 'EXECUTE'),
	('function', 'intake.known_words', 'EXECUTE', 'EXECUTE'),
	('function', 'intake.plain_file_name', 'EXECUTE', 'EXECUTE');

INSERT INTO hub.policy_list (object, role, command, rows)
SELECT 'intake.' || t, 'loader', 'ALL', 'true' FROM unnest('{submission,submission_event,event_loose,event_anchor,finding,answer,reply,receipt_kept,record_client,withdrawn,
	spool_to_remove}'::text[]) t
UNION ALL
SELECT 'intake.' || t, 'analyst', 'SELECT', 'true' FROM unnest('{submission,submission_event,event_anchor,finding,answer,reply,receipt_kept}'::text[]) t;

INSERT INTO hub.policy_list (object, role, command, rows) VALUES
	('intake.form', 'owner', 'ALL', 'true'),
	('intake.form', 'loader', 'SELECT', 'true'),
	('intake.form', 'analyst', 'SELECT', 'true'),
	('intake.form', 'partner', 'SELECT', 'true'),
	('intake.form_title', 'owner', 'ALL', 'true'),
	('intake.form_title', 'loader', 'SELECT', 'true'),
	('intake.form_title', 'analyst', 'SELECT', 'true'),
	('intake.form_title', 'partner', 'SELECT', 'true'),
	-- A partner's own, and what hangs on it.
	('intake.submission', 'partner', 'SELECT', 'organisation = (SELECT o.organisation FROM returns.organisation o WHERE o.role = CURRENT_USER)'),
	('intake.submission', 'partner', 'INSERT', 'organisation = (SELECT o.organisation FROM returns.organisation o WHERE o.role = CURRENT_USER)'),
	('intake.finding', 'partner', 'SELECT', 'EXISTS (SELECT FROM intake.submission s WHERE s.id = submission)'),
	('intake.answer', 'partner', 'SELECT', 'EXISTS (SELECT FROM intake.submission s WHERE s.id = submission)'),
	('intake.reply', 'partner', 'SELECT', 'EXISTS (SELECT FROM intake.submission s WHERE s.id = submission)'),
	('intake.receipt_kept', 'partner', 'SELECT', 'EXISTS (SELECT FROM intake.submission s WHERE s.id = submission)'),
	-- What the functions need that run as the owner.
	('intake.submission_event', 'owner', 'SELECT', 'true'),
	('intake.submission_event', 'owner', 'INSERT', 'true'),
	('intake.event_loose', 'owner', 'ALL', 'true'),
	('intake.event_anchor', 'owner', 'SELECT', 'true'),
	('intake.event_anchor', 'owner', 'INSERT', 'true');

INSERT INTO hub.grant_list (kind, object, loader) VALUES
	('function', 'intake.spool_unnamed', 'EXECUTE');

INSERT INTO hub.grant_list (kind, object, loader, analyst) VALUES
	('function', 'intake.kept_answers', 'EXECUTE', 'EXECUTE');
