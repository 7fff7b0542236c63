-- Programme by quarter.
SELECT programme, period, status
FROM analysis.return_status
ORDER BY programme, period
\crosstabview programme period status
