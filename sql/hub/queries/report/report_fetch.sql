-- The next lines of a report.
FETCH FORWARD 500 FROM report
