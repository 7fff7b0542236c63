INSERT INTO hub.grant_list (kind, object, loader, analyst, partner, service) VALUES
	('schema', 'hub', 'USAGE', 'USAGE', 'USAGE', 'USAGE'),
	-- What receipts say of the partnership.
	('table', 'hub.partnership', 'SELECT', 'SELECT', 'SELECT', '');

INSERT INTO hub.grant_list (kind, object, loader, analyst, service) VALUES
	('table', 'hub.owned_schema', '', '', ''),
	('table', 'hub.migration', 'SELECT', 'SELECT', 'SELECT'),
	('table', 'hub.code_object', '', '', ''),
	('table', 'hub.grant_list', '', '', ''),
	('table', 'hub.policy_list', '', '', ''),
	-- Fingerprints alone; whoever stores a token or a spool file makes its key known.
	('table', 'hub.key', 'SELECT INSERT', '', ''),
	('table', 'hub.token', '', '', '');

-- For who administers the hub: a superuser, or a member of wardstar_owner that may make roles.
INSERT INTO hub.grant_list (kind, object)
SELECT 'function', 'hub.' || f FROM unnest('{ensure_role,let_in,shut_out,add_organisation,disable_organisation,issue_token,revoke_token,set_partnership}'::text[]) f;
