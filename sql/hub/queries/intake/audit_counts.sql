-- How much there is.
SELECT (SELECT count(*) FROM intake.submission), (SELECT count(*) FROM intake.submission_event), (SELECT count(*) FROM intake.event_anchor)
