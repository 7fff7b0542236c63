-- Removes what is older than $1, such as 7y, and says how much of what.
SELECT r.removed AS what, sum(r.n) AS rows FROM intake.retention(intake.read_age($1)) r GROUP BY r.removed HAVING sum(r.n) > 0 ORDER BY r.removed
