INSERT INTO hub.grant_list (kind, object, partner) VALUES
	('function', 'api.due', 'EXECUTE');
