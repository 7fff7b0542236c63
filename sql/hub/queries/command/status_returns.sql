-- Returns by programme and quarter.
SELECT y.programme, y.reporting_year AS year, y."Q1", y."Q2", y."Q3", y."Q4", CASE WHEN y.made_up THEN 'made up' ELSE '' END AS note
FROM analysis.return_year y
ORDER BY y.reporting_year, y.programme
