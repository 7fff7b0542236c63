INSERT INTO hub.grant_list (kind, object, loader, analyst, partner, service) VALUES
	('schema', 'api', 'USAGE', 'USAGE', 'USAGE', 'USAGE'),
	-- Before a role is taken on there is nobody but the service.
	('function', 'api.sign_in', '', '', '', 'EXECUTE'),
	('function', 'api.submit', '', '', 'EXECUTE', '');

INSERT INTO hub.grant_list (kind, object, loader, analyst, partner)
SELECT 'function', 'api.' || f, 'EXECUTE', 'EXECUTE', 'EXECUTE'
FROM unnest('{bounds_words,csv_cell,csv_line,due,form,forms,html_text,own_organisation,returns_data,receipt,receipt_counts,receipt_csv,receipt_data,receipt_facts,receipt_findings,
	receipt_format,receipt_grouped,receipt_html,receipt_json,receipt_lines,receipt_list,receipt_marking,receipt_paragraphs,receipt_rows,
	receipt_style,receipt_text,receipt_verdict,some_of,stars_data,
	submission,submission_file,submission_json,submissions,submitted,wrapped}'::text[]) f;

INSERT INTO hub.grant_list (kind, object, loader, analyst)
SELECT 'function', 'api.' || f, 'EXECUTE', 'EXECUTE'
FROM unnest('{demand_lines,demand_period,demand_table,demand_title,star_distance,star_instrument_title,star_page,star_picture,
	star_table,star_title}'::text[]) f;
