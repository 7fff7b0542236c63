-- star_svg and star_distance_svg: well-formed XML in every case, all that was asked for in it, nothing else. Made-up data.
-- How they look is for eyes: docs/star.md.

\pset null '(null)'
CREATE TEMP TABLE picture AS
SELECT n, svg, xml_is_well_formed_document(svg) AS well_formed, count(*) OVER () FROM (
	SELECT name AS n, star_svg(outcome_star(name, array_fill(lowest + 1, ARRAY[scales])), outcome_star(name, array_fill(lowest, ARRAY[scales]))) AS svg FROM star_instruments()
	UNION ALL SELECT 'only latest', star_svg('teen(1,2,3,4,5,1)')
	UNION ALL SELECT 'missing', star_svg('teen(1,-,3,-,5,1)', 'teen(-,-,1,2,-,3)')
	UNION ALL SELECT 'nothing given', star_svg('teen(-,-,-,-,-,-)', 'teen(-,-,-,-,-,-)')
	UNION ALL SELECT 'one scale', star_svg('goals[0-5](3)', 'goals[0-5](1)')
	UNION ALL SELECT 'two scales', star_svg('goals[0-5](3,4)', 'goals[0-5](1,5)')
	UNION ALL SELECT 'three scales', star_svg('goals[0-5](3,4,0)')
	UNION ALL SELECT 'many scales', star_svg(outcome_star('wide[-100-100 low]', array_fill(7, ARRAY[64])))
	UNION ALL SELECT 'hostile title', star_svg('teen(1,2,3,4,5,1)', title => E'</title><script>alert("1")</script> & \x01 ''x'' \uFFFE]]> ' || repeat('w', 200))
	UNION ALL SELECT 'title in other letters', star_svg('teen(1,2,3,4,5,1)', title => 'Étoile, звезда, 星星')
	UNION ALL SELECT 'long title', star_svg('teen(1,2,3,4,5,1)', title => repeat('long title ', 200))
	UNION ALL SELECT 'empty title', star_svg('teen(1,2,3,4,5,1)', title => '')
	UNION ALL SELECT 'distance', star_distance_svg('goals[0-5]{4;1>0:1,1>2:1,3>-:1;->3:1,4>-:1,5>5:1;1:1>2:1,2:6>5:1}')
	UNION ALL SELECT 'distance of sdq', star_distance_svg('sdq{6;1>5:1,5>2:2;2>4:1;3>3:1;4>2:1,2>3:3;5>8:2,5>9:2;}', '<SDQ> & more', 0.8)
	UNION ALL SELECT 'distance without pairs', star_distance_svg('goals[0-5]{3;1>-:3;}')) s;
SELECT count(*) AS pictures, count(*) FILTER (WHERE NOT well_formed) AS not_well_formed FROM picture;
-- 640 wide; a title and a description first; no script, style sheet, link, image or event; ASCII where the title is.
SELECT count(*) FILTER (WHERE svg !~ '^<svg xmlns="http://www.w3.org/2000/svg" role="img" width="640" height="\d+" viewBox="0 0 640 \d+"[^>]*>\n<title>.*</title>\n<desc>[^<]+</desc>\n') AS without_title,
	count(*) FILTER (WHERE svg ~* '<(script|style|image|use|foreignObject|a|link|iframe)\M' OR svg ~* '\son\w+=|href|url\(|@import|javascript:|<!|<\?') AS reaches_out,
	count(*) FILTER (WHERE n <> 'title in other letters' AND svg ~ '[^\x01-\x7f]') AS not_ascii
FROM picture;
-- Every scale is named in the description and on the picture, and the lines on it are its name whole.
SELECT count(*) AS scales, count(*) FILTER (WHERE position(scale || ': baseline ' IN svg) = 0) AS undescribed,
	count(*) FILTER (WHERE position(replace(scale, ' ', '') IN replace(regexp_replace(regexp_replace(svg, '^.*</desc>', ''), '<[^>]*>|\n', '', 'g'), ' ', '')) = 0) AS unlabelled
FROM picture JOIN (SELECT name, s.scale FROM star_instruments(), star_scales(name) s) i ON i.name = picture.n;
-- Baseline and latest differ in dash and in marker; without a baseline neither is drawn.
SELECT n, (SELECT count(*) FROM regexp_matches(svg, 'stroke-dasharray', 'g')) AS dashed, (SELECT count(*) FROM regexp_matches(svg, 'width="12" height="12"', 'g')) AS squares,
	(SELECT count(*) FROM regexp_matches(svg, 'r="5"', 'g')) AS circles, (SELECT count(*) FROM regexp_matches(svg, '>not given<', 'g')) AS not_given
FROM picture WHERE n IN ('homelessness', 'only latest', 'missing', 'nothing given', 'one scale', 'three scales') ORDER BY n;
-- No text begins or ends beyond the picture: each lies within, by an ample measure of its width.
WITH line AS (
	SELECT n, m[1]::float8 AS x, m[2]::float8 AS size, m[3] AS anchor,
		coalesce(m[4]::float8, 0.6 * m[2]::float8 * length(regexp_replace(m[5], '&#?\w+;', 'x', 'g'))) AS width
	FROM picture, regexp_matches(svg, '<text x="([\d.-]+)" y="[\d.]+" font-size="([\d.]+)" text-anchor="(\w+)"[^>]*?(?: textLength="(\d+)"[^>]*)?>([^<]*)<', 'g') m)
SELECT count(*) AS lines, count(*) FILTER (WHERE CASE anchor WHEN 'start' THEN x + width > 640 OR x < 0 WHEN 'end' THEN x - width < 0 OR x > 640 ELSE x - width / 2 < 0 OR x + width / 2 > 640 END) AS beyond
FROM line;
-- Most improved first, by the scale's own direction; those without pairs last.
SELECT array_agg(m[1]) AS drawn FROM picture, regexp_matches(svg, 'text-anchor="end">([a-z ]+)<', 'g') m WHERE n = 'distance of sdq';
SELECT star_svg(NULL, 'teen(1,2,3,4,5,1)'), star_distance_svg(NULL), star_distance_svg('goals[0-5]{3;1>-:3;}', 't', NULL);
\set VERBOSITY sqlstate
SELECT star_svg('teen(1,2,3,4,5,1)', 'youth(1,2,3,4,5,1)');
SELECT star_distance_svg('goals[0-5]{3;1>-:3;}', 't', 1);
SELECT length(star_svg('teen(1,2,3,4,5,1)', NULL, repeat('t', 10000))) > 10000;
SELECT star_svg('teen(1,2,3,4,5,1)', NULL, repeat('t', 10001));
SELECT star_distance_svg('goals[0-5]{3;1>-:3;}', repeat('t', 10001));
