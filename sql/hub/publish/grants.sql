-- The public gets nothing that has not been through disclosure control (docs/security.md), and these tables have not.
INSERT INTO hub.grant_list (kind, object, loader, analyst, public) VALUES
	('schema', 'publish', 'USAGE', 'USAGE', 'USAGE'),
	('table', 'publish.demand_lsoa', 'SELECT INSERT DELETE', 'SELECT', ''),
	('table', 'publish.demand_ward', 'SELECT INSERT DELETE', 'SELECT', ''),
	('table', 'publish.version', 'SELECT UPDATE', 'SELECT', '');
