-- Each case and reading as it was told last: quarters tell them again, and a file of cases or readings comes before all.
CREATE VIEW casework.latest_engagement AS
SELECT DISTINCT ON (e.programme, e.client, e.referred_on) e.*
FROM casework.engagement e
ORDER BY e.programme, e.client, e.referred_on, e.period DESC NULLS LAST;
COMMENT ON VIEW casework.latest_engagement IS 'engagements, each as the latest quarter tells it';

CREATE VIEW casework.latest_star_review AS
SELECT DISTINCT ON (r.programme, r.client, r.taken_on, r.instrument) r.*
FROM casework.star_review r
ORDER BY r.programme, r.client, r.taken_on, r.instrument, r.period DESC NULLS LAST;
COMMENT ON VIEW casework.latest_star_review IS 'readings of stars, each as the latest quarter tells it';
