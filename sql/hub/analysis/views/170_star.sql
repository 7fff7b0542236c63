CREATE VIEW analysis.review_due AS
SELECT r.*, p.made_up
FROM analysis.review_due_on(current_date) r
JOIN returns.programme p ON p.programme = r.programme;
COMMENT ON VIEW analysis.review_due IS 'reviews of stars that are due every three calendar months from the baseline until the case closes, as of today';
COMMENT ON COLUMN analysis.review_due.days IS 'done: days after the due date, below 0 before it; overdue: days since; due: days left';

CREATE VIEW analysis.distance_travelled AS
SELECT d.programme, d.period, d.instrument, d.clients, d.paired, d.mean_days, t.*, p.made_up
FROM analysis.distance_travelled() d
JOIN returns.programme p ON p.programme = d.programme
CROSS JOIN LATERAL star_distance_table(d.distance) t;
COMMENT ON VIEW analysis.distance_travelled IS 'distance travelled by programme and quarter of the latest reading, first against last, a row a scale; undisclosed';
COMMENT ON COLUMN analysis.distance_travelled.clients IS 'clients (by episode) with a baseline; paired are those with a later reading';
