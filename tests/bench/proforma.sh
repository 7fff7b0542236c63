#!/usr/bin/env bash
# Checks of forms and records, all in one run: proforma_check of a whole return; over 1 million made-up rows of 12 fields
# (ROWS=n), one process, record_check against hand-written SQL that returns the same findings, record_ok against the same
# rules in one hand-written WHERE, and record_check against Frictionless: the same rules over the same rows, of which both
# must find the same number broken, on the first 20,000 rows and on all. Times are the best of 3 runs (of Frictionless on all
# rows, which takes two minutes: of one). Frictionless is the module of $FRICTIONLESS_PYTHON (default python3): "pip install
# frictionless".
. "$(dirname "$0")/lib.sh"
rows=${ROWS:-1000000}
python=${FRICTIONLESS_PYTHON:-python3}
bench_server 'fsync = off' 'wal_level = minimal' 'max_wal_senders = 0' 'shared_buffers = 1GB' \
	'max_parallel_workers_per_gather = 0' 'jit = off' 'autovacuum = off'

cat > "$dir/form.json" <<'JSON'
{"name": "clients", "version": "1", "title": "Clients", "fields": [
	{"name": "client", "type": "string", "title": "Client", "constraints": {"required": true, "pattern": "C[0-9]{7}"}},
	{"name": "sex", "type": "string", "title": "Sex", "constraints": {"required": true, "enum": ["female", "male", "other", "not_known"]}},
	{"name": "born", "type": "integer", "title": "Year of birth", "constraints": {"minimum": 1920, "maximum": 2025}},
	{"name": "started", "type": "date", "title": "Started", "constraints": {"required": true}},
	{"name": "ended", "type": "date", "title": "Ended"},
	{"name": "postcode", "type": "string", "title": "Postcode", "constraints": {"pattern": "[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}"}},
	{"name": "lsoa", "type": "string", "title": "LSOA", "constraints": {"pattern": "[EW]01[0-9]{6}"}},
	{"name": "family", "type": "integer", "title": "Family", "constraints": {"minimum": 1, "maximum": 20}},
	{"name": "children", "type": "integer", "title": "Children", "constraints": {"minimum": 0, "maximum": 20}},
	{"name": "score", "type": "integer", "title": "Score", "constraints": {"minimum": 1, "maximum": 10}},
	{"name": "worker", "type": "string", "title": "Worker", "constraints": {"required": true, "maxLength": 10}},
	{"name": "status", "type": "string", "title": "Status", "constraints": {"required": true, "enum": ["open", "closed", "waiting"]}}],
"rules": [{"check": "date_order", "fields": ["started", "ended"]}, {"check": "not_more_than", "fields": ["children", "family"]}]}
JSON
form=$(tr -d '\n\t' < "$dir/form.json")

# One value in 500 or so is wrong, each in a way of its own.
psql -v rows="$rows" <<'SQL'
CREATE EXTENSION wardstar;
CREATE UNLOGGED TABLE client AS
SELECT CASE WHEN i % 1511 = 0 THEN 'X1' ELSE 'C' || lpad(i::text, 7, '0') END AS client,
	CASE WHEN i % 2003 = 0 THEN 'Fem' ELSE (ARRAY['female', 'male', 'other', 'not_known'])[1 + i % 4] END AS sex,
	CASE WHEN i % 1601 = 0 THEN '1066' WHEN i % 1603 = 0 THEN 'about 30' ELSE (1960 + i % 50)::text END AS born,
	CASE WHEN i % 1607 = 0 THEN '31/02/2025' WHEN i % 1609 = 0 THEN '' ELSE (date '2025-04-01' + i % 60)::text END AS started,
	CASE WHEN i % 1613 = 0 THEN '2025-03-01' WHEN i % 3 = 0 THEN '' ELSE (date '2025-06-01' + i % 60)::text END AS ended,
	CASE WHEN i % 1619 = 0 THEN 'L1' ELSE 'L' || 1 + i % 9 || ' ' || i % 10 || 'AB' END AS postcode,
	CASE WHEN i % 1621 = 0 THEN 'E05000001' ELSE 'E0100' || 6000 + i % 900 END AS lsoa,
	(CASE WHEN i % 1627 = 0 THEN 40 ELSE 1 + i % 6 END)::text AS family,
	(CASE WHEN i % 1637 = 0 THEN 9 ELSE i % 2 END)::text AS children,
	(i % 10 + 1)::text AS score,
	CASE WHEN i % 1657 = 0 THEN '' ELSE 'W' || i % 50 END AS worker,
	CASE WHEN i % 1663 = 0 THEN 'shut' ELSE (ARRAY['open', 'closed', 'waiting'])[1 + i % 3] END AS status
FROM generate_series(1, :rows) i;
VACUUM ANALYZE client;
SQL

# The rules by hand: what is right in each column, and all of it in one condition.
whole="'^[-+]?[0-9]{1,18}\$'"
day="'^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\$'"
right="client ~ '^C[0-9]{7}\$' AND sex IN ('female', 'male', 'other', 'not_known')
AND CASE WHEN born = '' THEN true WHEN born ~ $whole THEN born::int8 BETWEEN 1920 AND 2025 ELSE false END
AND started ~ $day AND CASE WHEN ended = '' THEN true WHEN ended ~ $day THEN started COLLATE \"C\" <= ended ELSE false END
AND (postcode = '' OR postcode ~ '^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}\$') AND (lsoa = '' OR lsoa ~ '^[EW]01[0-9]{6}\$')
AND CASE WHEN family = '' THEN true WHEN family ~ $whole THEN family::int8 BETWEEN 1 AND 20 ELSE false END
AND CASE WHEN children = '' THEN true WHEN children ~ $whole THEN children::int8 BETWEEN 0 AND 20
	AND CASE WHEN family ~ $whole THEN children::int8 <= family::int8 ELSE true END ELSE false END
AND CASE WHEN score = '' THEN true WHEN score ~ $whole THEN score::int8 BETWEEN 1 AND 10 ELSE false END
AND worker <> '' AND length(worker) <= 10 AND status IN ('open', 'closed', 'waiting')"
fill="Fill it in, or use the value for not known."
must() { echo "('R102', 'error', '$1', 'The column \"$2\" must be filled in, but it is blank.', '$fill', NULL, NULL, $1 = '')"; }
kind() { echo "('R101', 'error', '$1', format('In the column \"$2\" there is \"%s\", which is not $3.', $1), 'Write numbers in digits and dates as 2025-07-31.', $1, '$3', $1 <> '' AND $1 !~ $4)"; }
choice() { echo "('R103', 'error', '$1', format('In the column \"$2\" there is \"%s\". It should be $3.', $1), 'Choose one of the values of the list.', $1, '$3', $1 <> '' AND $1 NOT IN ($4))"; }
shape() { echo "('R104', 'error', '$1', format('In the column \"$2\" there is \"%s\", which is not written in the way that the form asks for.', $1), 'Write it as the form shows.', $1, NULL, $1 <> '' AND $1 !~ '^$3\$')"; }
limit() { echo "('$5', 'error', '$1', format('In the column \"$2\" there is %s, but it should be $3.', $1), 'Check the value.', $1, '$3', CASE WHEN $1 ~ $whole THEN $1::int8 $4 ELSE false END)"; }
findings="(VALUES $(must client Client), $(shape client Client 'C[0-9]{7}'), $(must sex Sex),
$(choice sex Sex 'female, male, other or not_known' "'female', 'male', 'other', 'not_known'"),
$(kind born 'Year of birth' 'a whole number' "$whole"), $(limit born 'Year of birth' '1920 or more' '< 1920' R105), $(limit born 'Year of birth' 'at most 2025' '> 2025' R106),
$(must started Started), $(kind started Started 'a date such as 2025-07-31' "$day"), $(kind ended Ended 'a date such as 2025-07-31' "$day"),
$(shape postcode Postcode '[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}'), $(shape lsoa LSOA '[EW]01[0-9]{6}'),
$(kind family Family 'a whole number' "$whole"), $(limit family Family '1 or more' '< 1' R105), $(limit family Family 'at most 20' '> 20' R106),
$(kind children Children 'a whole number' "$whole"), $(limit children Children '0 or more' '< 0' R105), $(limit children Children 'at most 20' '> 20' R106),
$(kind score Score 'a whole number' "$whole"), $(limit score Score '1 or more' '< 1' R105), $(limit score Score 'at most 10' '> 10' R106),
$(must worker Worker), ('R108', 'error', 'worker', 'What stands in the column \"Worker\" should have at most 10 characters.', 'Shorten it. Do not put notes about a person here.', NULL, 'at most 10 characters', length(worker) > 10),
$(must status Status), $(choice status Status 'open, closed or waiting' "'open', 'closed', 'waiting'"),
('R109', 'error', 'started', format('The dates \"Started\" and \"Ended\" are not in order: %s, %s.', started, ended), 'Check both dates.', started || ', ' || ended, NULL,
	started ~ $day AND ended ~ $day AND started COLLATE \"C\" > ended),
('R112', 'error', 'children', format('Of the numbers \"Children\" and \"Family\" each must be at most the next: %s, %s.', children, family), 'Check both numbers.', children || ', ' || family, NULL,
	CASE WHEN children ~ $whole AND family ~ $whole THEN children::int8 > family::int8 ELSE false END)
) f (rule, severity, field, message, suggestion, observed, expected, wrong)"
columns="rule, severity, field, message, suggestion, observed, expected"
by_hand="SELECT $columns FROM client, LATERAL $findings WHERE wrong"
by_hand_filtered="SELECT $columns FROM (SELECT * FROM client WHERE NOT ($right) OFFSET 0) client, LATERAL $findings WHERE wrong"
by_check="SELECT record_check('$form', t) FROM client t"
by_lateral="SELECT f.* FROM client t, record_check('$form', t) f"

# seconds SQL: the best of three, without sending rows.
seconds() {
	for _ in 1 2 3; do
		psql -c "EXPLAIN (ANALYZE, TIMING OFF) $1" | sed -n 's/^Execution Time: \(.*\) ms$/\1/p'
	done | sort -n | head -n 1 | awk '{printf "%.4f", $1 / 1000}'
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.1f", a / b}'; }

same=$(psql <<SQL
WITH a AS MATERIALIZED ($by_hand), b AS MATERIALIZED ($by_lateral), c AS MATERIALIZED ($by_hand_filtered)
SELECT (SELECT count(*) FROM b) || ' findings, ' ||
	(SELECT count(*) FROM ((TABLE a EXCEPT ALL TABLE b) UNION ALL (TABLE b EXCEPT ALL TABLE a) UNION ALL (TABLE c EXCEPT ALL TABLE b) UNION ALL (TABLE b EXCEPT ALL TABLE c)) s) || ' differ';
SQL
)
echo "$rows rows of 12 fields: $same between record_check and SQL by hand"
case $same in *", 0 differ") ;; *) exit 1 ;; esac

scan=$(seconds "SELECT status FROM client")
whole_rows=$(seconds "SELECT t FROM client t")
check=$(seconds "$by_check")
lateral=$(seconds "$by_lateral")
hand=$(seconds "$by_hand")
filtered=$(seconds "$by_hand_filtered")
ok=$(seconds "SELECT count(*) FROM client t WHERE record_ok('$form', t)")
where=$(seconds "SELECT count(*) FROM client WHERE $right")
best=$(printf '%s\n' "$hand" "$filtered" | sort -n | head -n 1)
rate=$(awk -v n="$rows" -v s="$check" 'BEGIN {printf "%.1f", n * 12 / s / 1e6}')
echo "scan that reads the last column  $scan s; scan that makes a value of each row  $whole_rows s"
echo "record_check                     $check s, $rate million cells a second (asked: 5)"
echo "record_check, FROM … , function  $lateral s, $(awk -v n="$rows" -v s="$lateral" 'BEGIN {printf "%.1f", n * 12 / s / 1e6}') million cells a second"
echo "SQL by hand, one list a row      $hand s"
echo "SQL by hand, wrong rows first    $filtered s; record_check is $(ratio "$best" "$check") times as fast as the better (asked: 2)"
echo "record_ok                        $ok s"
echo "one WHERE by hand                $where s; record_ok is $(ratio "$where" "$ok") times as fast (asked: 1)"

# A whole return, by a new query each time, so that the form is read each time.
psql -v improved="$(cat "$WARDSTAR_ROOT/sql/hub/forms/improved.json")" <<'SQL'
CREATE TABLE form AS SELECT :'improved'::jsonb AS form;
CREATE TABLE answers AS
SELECT jsonb_object_agg(f->>'name', CASE WHEN f->>'type' = 'integer' THEN to_jsonb(7) ELSE to_jsonb('Some words about the quarter.'::text) END)
	|| (SELECT jsonb_object_agg('place.lsoa.E0100' || 6000 + i, 3) FROM generate_series(1, 40) i) || '{"period": "2025-Q2", "basis": "caseload_in_period"}' AS answers
FROM form, jsonb_array_elements(form->'fields' || (form->'narrative')) f WHERE f->>'name' NOT LIKE '%*';
SQL
psql <<'SQL'
CREATE TABLE took (ms float8, findings int);
DO $$
DECLARE
	began timestamptz;
	f jsonb; a jsonb; p jsonb; n int;
BEGIN
	SELECT form, answers, jsonb_build_array(jsonb_build_object('period', '2025-Q1', 'status', 'returned', 'form', form, 'answers', answers)) INTO f, a, p FROM form, answers;
	FOR i IN 1 .. 400 LOOP
		began := clock_timestamp();
		SELECT count(*) INTO n FROM proforma_check(f, a, p);
		INSERT INTO took VALUES (extract(epoch FROM clock_timestamp() - began) * 1000, n);
	END LOOP;
END $$;
SELECT format('proforma_check of a whole return (%s answers, %s findings, and the quarter before): median %s ms (asked: below 1)',
	(SELECT count(*) FROM answers, jsonb_object_keys(answers)), max(findings), round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric, 3)) FROM took;
SQL

if ! "$python" -c 'import frictionless' 2>/dev/null; then
	echo "Frictionless is not installed for $python: not compared"
	exit 0
fi
# The fields alone, then with the rules over two columns, which Frictionless has as row constraints.
fields_form=$(psql -c "SELECT '$form'::jsonb - 'rules'")
psql <<'SQL'
CREATE UNLOGGED TABLE client_few AS SELECT * FROM client LIMIT 20000;
VACUUM ANALYZE client_few;
SQL
cat > "$dir/validate.py" <<'PY'
# FILE RUNS READING: seconds of the fastest run, and how many cells are of a wrong type, how many broke a constraint of
# their field, and how many rows broke a rule over two columns.
import collections, csv, json, sys, time
from frictionless import Checklist, Resource, Schema, checks
path, runs, reading = sys.argv[1], int(sys.argv[2]), sys.argv[3]
schema = {'fields': json.load(open('form.json'))['fields']}
rules = [checks.row_constraint(formula='started is None or ended is None or started <= ended'),
         checks.row_constraint(formula='children is None or family is None or children <= family')]
lines = list(csv.reader(open(path))) if reading == 'inline' else None
best = None
for _ in range(runs):
    given = {'data': lines} if lines else {'path': path}
    resource = Resource(**given, schema=Schema.from_descriptor(schema))
    began = time.perf_counter()
    report = resource.validate(Checklist(checks=rules) if reading == 'rules' else None, limit_errors=10000000)
    took = time.perf_counter() - began
    best = took if best is None else min(best, took)
found = collections.Counter(error.type for task in report.tasks for error in task.errors)
print('%.4f %d/%d/%d' % (best, found.pop('type-error', 0), found.pop('constraint-error', 0), found.pop('row-constraint', 0)),
      'and others' if found else '')
PY

# against TABLE RUNS READING: both sides over a table, and the ratio.
against() {
	local judged=$form took found wanted ours n
	[ "$3" = rules ] || judged=$fields_form
	n=$(psql -c "SELECT count(*) FROM $1")
	wanted=$(psql -c "SELECT format('%s/%s/%s', count(*) FILTER (WHERE rule = 'R101'), count(*) FILTER (WHERE rule BETWEEN 'R102' AND 'R108'),
		count(*) FILTER (WHERE rule IN ('R109', 'R112'))) FROM (SELECT (r).rule FROM (SELECT record_check('$judged', t) AS r FROM $1 t) s) s")
	ours=$(seconds "SELECT record_check('$judged', t) FROM $1 t")
	read -r took found < <(cd "$dir" && "$python" validate.py "$1.csv" "$2" "$3")
	if [ "$found" != "$wanted" ]; then
		echo "Frictionless finds $found, record_check $wanted"
		return 1
	fi
	awk -v what="$4" -v n="$n" -v f="$took" -v c="$ours" -v found="$found" 'BEGIN {
		printf "Frictionless, %d rows, %s: %s s, %.2f million cells a second; record_check %s s, %.1f million, %.0f times as fast (asked: 100); both find %s\n",
			n, what, f, n * 12 / f / 1e6, c, n * 12 / c / 1e6, f / c, found}'
}
for table in client_few client; do
	psql -c "COPY $table TO STDOUT (FORMAT csv, HEADER)" > "$dir/$table.csv"
done
against client_few 3 fields "rules of fields, CSV file"
against client_few 3 inline "rules of fields, rows in memory"
against client_few 3 rules "and rules over two columns"
against client 1 fields "rules of fields, CSV file"
against client 1 rules "and rules over two columns"
