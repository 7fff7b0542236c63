-- The module and its catalogue: what holds for every object of the extension.

SELECT wardstar_version() = extversion AS library_matches_sql FROM pg_extension WHERE extname = 'wardstar';
SELECT extrelocatable FROM pg_extension WHERE extname = 'wardstar';
SELECT superuser, trusted, relocatable FROM pg_available_extension_versions WHERE name = 'wardstar';

CREATE TEMP VIEW member AS
SELECT classid, objid FROM pg_depend
WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
  AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'wardstar');

-- Every object has a comment (array types, row types and operator families apart).
SELECT pg_describe_object(classid, objid, 0) AS without_comment
FROM member m
WHERE obj_description(objid, (SELECT relname FROM pg_class WHERE oid = m.classid)) IS NULL
  AND classid NOT IN ('pg_opfamily'::regclass, 'pg_class'::regclass)
  AND NOT EXISTS (SELECT FROM pg_type t WHERE m.classid = 'pg_type'::regclass AND t.oid = m.objid AND t.typelem <> 0 AND t.typlen = -1)
ORDER BY 1;

-- Parallel safety is stated.
SELECT p.oid::regprocedure AS parallel_unsafe
FROM member JOIN pg_proc p ON p.oid = objid
WHERE classid = 'pg_proc'::regclass AND proparallel = 'u' ORDER BY 1;

-- Aggregates combine, and states that are internal can be sent to another process.
SELECT a.aggfnoid::regprocedure AS not_parallel
FROM member JOIN pg_aggregate a ON a.aggfnoid = objid
WHERE classid = 'pg_proc'::regclass AND aggkind = 'n'
  AND (aggcombinefn = 0 OR (aggtranstype = 'internal'::regtype AND (aggserialfn = 0 OR aggdeserialfn = 0)))
ORDER BY 1;

-- Operators that compare know their commutator, negator and selectivity.
SELECT o.oid::regoperator AS operator_lacks
FROM member JOIN pg_operator o ON o.oid = objid
WHERE classid = 'pg_operator'::regclass AND oprresult = 'bool'::regtype
  AND (oprcom = 0 OR oprnegate = 0 OR oprrest = 0)
ORDER BY 1;

-- Operator classes are valid.
SELECT opcname FROM member JOIN pg_opclass o ON o.oid = objid
WHERE classid = 'pg_opclass'::regclass AND NOT amvalidate(o.oid) ORDER BY 1;

-- No error of the module is an internal one for bad input: input functions are strict and immutable.
SELECT t.oid::regtype AS type_with_loose_input
FROM member JOIN pg_type t ON t.oid = objid JOIN pg_proc p ON p.oid = t.typinput
WHERE classid = 'pg_type'::regclass AND typtype = 'b' AND typcategory <> 'A'
  AND NOT (p.proisstrict AND p.provolatile = 'i')
ORDER BY 1;
