# Who may do what: roles, owners, every privilege against docs/security.md, row-level security by every object a partner can
# reach, tokens, and the commands by a member of wardstar_loader. All organisations and figures are made up.
use strict;
use warnings;
use HubTest;
use PostgreSQL::Test::Cluster;
use Test::More;

my $root = $ENV{WARDSTAR_ROOT};
my $node = PostgreSQL::Test::Cluster->new('access');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nlog_statement = 'none'");
$node->start;
hub_ok($node, 'migrate', '--quiet');
hub_keys($node);
my $page = do { local (@ARGV, $/) = "$root/docs/security.md"; <> };
sub value { my ($sql, $db) = @_; return $node->safe_psql($db // 'postgres', $sql); }

# As somebody: exit code, what came, what was said.
sub as { my ($role, $sql) = @_; my ($rc, $out, $err) = $node->psql('postgres', $sql, connstr => $node->connstr('postgres') . " user=$role"); return ($rc, $out, $err); }
value("CREATE ROLE hub_service LOGIN IN ROLE wardstar_service; CREATE ROLE loader_login LOGIN IN ROLE wardstar_loader;
	CREATE ROLE analyst_login LOGIN IN ROLE wardstar_analyst; CREATE ROLE linker_login LOGIN IN ROLE wardstar_linker;
	CREATE ROLE reader_login LOGIN IN ROLE wardstar_public; CREATE ROLE nobody_login LOGIN");

# Roles and owners.
is(value("SELECT string_agg(rolname || CASE WHEN rolinherit THEN '' ELSE ' noinherit' END, ', ' ORDER BY rolname) FROM pg_roles WHERE rolname LIKE 'wardstar%'
	AND NOT (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls OR rolcanlogin)"),
	'wardstar_analyst, wardstar_linker, wardstar_loader, wardstar_owner, wardstar_partner, wardstar_public, wardstar_service noinherit', 'roles, without powers');
is(value("SELECT count(*) FROM pg_auth_members m WHERE m.member::regrole::text LIKE 'wardstar%' AND m.member <> 'wardstar_service'::regrole"), 0, 'none is a member of another, but for the service');
is(value("SELECT string_agg(o, ', ') FROM (SELECT c.oid::regclass::text AS o FROM pg_class c WHERE c.relnamespace::regnamespace::name IN (SELECT name FROM hub.owned_schema) AND c.relowner <> 'wardstar_owner'::regrole AND c.relkind NOT IN ('i', 'c')
	UNION ALL SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace::regnamespace::name IN (SELECT name FROM hub.owned_schema) AND p.proowner <> 'wardstar_owner'::regrole
	UNION ALL SELECT n.nspname FROM pg_namespace n WHERE n.nspname IN (SELECT name FROM hub.owned_schema) AND n.nspowner <> 'wardstar_owner'::regrole
	UNION ALL SELECT t.oid::regtype::text FROM pg_type t WHERE t.typnamespace::regnamespace::name IN (SELECT name FROM hub.owned_schema) AND t.typowner <> 'wardstar_owner'::regrole) s"), '', 'all is owned by wardstar_owner');

# Every object has a row in the grant table, and every row an object.
my $objects = "SELECT CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END AS kind, n.nspname || '.' || c.relname AS object FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname IN (SELECT name FROM hub.owned_schema) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
	UNION SELECT 'function', n.nspname || '.' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN (SELECT name FROM hub.owned_schema)
	UNION SELECT 'schema', name FROM hub.owned_schema";
is($_, '', 'an object without a row: say in sql/hub/' . (split /[ .]/)[1] . '/grants.sql who may use it (hub/README.md), then run script/security-matrix')
	for split(/\n/, value("SELECT kind || ' ' || object FROM ($objects) o WHERE NOT EXISTS (SELECT FROM hub.grant_list g WHERE (g.kind, g.object) = (o.kind, o.object)) ORDER BY 1"));
is($_, '', 'a row of a grants.sql without an object: take it out')
	for split(/\n/, value("SELECT kind || ' ' || object FROM hub.grant_list g WHERE NOT EXISTS (SELECT FROM ($objects) o WHERE (g.kind, g.object) = (o.kind, o.object)) ORDER BY 1"));

# The whole matrix: as the server sees it, and as the page has it.
my $query = do { local (@ARGV, $/) = "$root/tests/fixtures/privileges.sql"; <> };
my $matrix = value($query);
my ($documented) = $page =~ /<!-- privileges -->\n\|[^\n]*\n\|[-|]+\n(.*?)\n<!-- end -->/s;
if (!is($matrix, $documented, 'every privilege of every role is the documented one; after a change of a grants.sql run script/security-matrix'))
{
	my %page = map { $_ => 1 } split /\n/, $documented // '';
	my %is = map { $_ => 1 } split /\n/, $matrix;
	diag("not on the page: $_") for grep { !$page{$_} } sort keys %is;
	diag("on the page only: $_") for grep { !$is{$_} } sort keys %page;
}
cmp_ok(scalar(split /\n/, $matrix), '>', 100, 'and that is a lot');
# The same by another way: from the access lists themselves.
is(value("SELECT string_agg(DISTINCT o, ', ') FROM (SELECT c.oid::regclass::text, c.relacl FROM pg_class c WHERE c.relnamespace::regnamespace::name IN (SELECT name FROM hub.owned_schema)
	UNION ALL SELECT p.oid::regprocedure::text, coalesce(p.proacl, acldefault('f', p.proowner)) FROM pg_proc p WHERE p.pronamespace::regnamespace::name IN (SELECT name FROM hub.owned_schema)
	UNION ALL SELECT n.nspname, n.nspacl FROM pg_namespace n WHERE n.nspname IN (SELECT name FROM hub.owned_schema)) s (o, acl), aclexplode(acl) a WHERE a.grantee = 0"), '', 'nothing is open to PUBLIC');
is(value("SELECT string_agg(DISTINCT a.grantee::regrole::text, ', ') FROM (SELECT c.relacl FROM pg_class c WHERE c.relnamespace::regnamespace::name IN (SELECT name FROM hub.owned_schema)
	UNION ALL SELECT p.proacl FROM pg_proc p WHERE p.pronamespace::regnamespace::name IN (SELECT name FROM hub.owned_schema)) s (acl), aclexplode(acl) a WHERE a.grantee::regrole::text NOT LIKE 'wardstar%'"), '', 'nor to anybody else');

# Row-level security, views, and functions with the owner's rights.
is(value("SELECT string_agg(c.oid::regclass::text, ', ') FROM pg_class c WHERE c.relnamespace::regnamespace::name IN ('intake', 'returns', 'casework') AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"), '',
	'row-level security is on, and forced, on every table of intake, returns and casework');
is($_, '', 'a table that nobody can read: say in the grants.sql of its schema who sees which rows (hub.policy_list)')
	for split(/\n/, value("SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace::regnamespace::name IN ('intake', 'returns', 'casework') AND c.relkind = 'r' AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)"));
is(value("SELECT string_agg(p.polrelid::regclass || ' ' || p.polname, ', ') FROM pg_policy p WHERE 'wardstar_partner'::regrole = ANY (p.polroles) AND pg_get_expr(coalesce(p.polqual, p.polwithcheck), p.polrelid) = 'true' AND p.polrelid NOT IN ('intake.form'::regclass, 'intake.form_title'::regclass, 'casework.record_form'::regclass)"), '', 'no policy shows partners every row, but for the forms');
is(value("SELECT string_agg(c.oid::regclass::text, ', ') FROM pg_class c WHERE c.relnamespace::regnamespace::name IN (SELECT name FROM hub.owned_schema) AND c.relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)"), '', 'every view is security_invoker');
is(value("SELECT string_agg(n.nspname || '.' || p.proname, ', ' ORDER BY n.nspname || '.' || p.proname) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef AND n.nspname IN (SELECT name FROM hub.owned_schema) GROUP BY ()"),
	join(', ', map { /^\| `(\w+\.\w+)` \|/ ? $1 : () } split /\n/, $page =~ /<!-- security definer -->(.*?)<!-- end -->/s ? $1 : ''), 'SECURITY DEFINER: those that docs/security.md justifies');
is(value("SELECT string_agg(p.oid::regprocedure::text, ', ') FROM pg_proc p WHERE p.prosecdef AND p.pronamespace::regnamespace::name IN (SELECT name FROM hub.owned_schema) AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)"), '', '... with a pinned search_path');

# Organisations and tokens.
hub_ok($node, 'organisation', 'add', $_, '--quiet') for 'Alpha', 'Zebedee Trust';
my ($code, $out, $err) = hub($node, 'organisation', 'disable', 'Nobody');
is($code, 2, 'an organisation that there is not');
my $printed = hub_ok($node, 'token', 'issue', 'Alpha');
my ($token, $prefix) = $printed =~ /^(wst_([0-9a-z]{8})_[0-9a-z]{52})$/m;
ok($token, 'a token is printed');
is(() = $printed =~ /\Q$token\E/g, 1, 'once');
my ($secret) = $token =~ /_([0-9a-z]{52})$/;
my $dump = `pg_dumpall -d "@{[ $node->connstr('postgres') ]}"`;
like($dump, qr/\Q$prefix\E/, 'the prefix is in the database');
unlike($dump, qr/\Q$secret\E/, 'the secret is not');
unlike(PostgreSQL::Test::Utils::slurp_file($node->logfile), qr/\Q$secret\E/, 'nor in the log');
like(hub_ok($node, 'token', 'list', 'Alpha'), qr/^$prefix +Alpha .* never +never +valid$/m, 'token list');
sub sign_in { my ($t) = @_; my ($rc, $o, $e) = as('hub_service', "SELECT organisation, role, prefix FROM api.sign_in(sha256('$t'))"); return $rc ? $e : $o; }
my ($alpha, $zebedee) = map { value("SELECT role FROM returns.organisation WHERE organisation = '$_'") } 'Alpha', 'Zebedee Trust';
is(sign_in($token), "Alpha|$alpha|$prefix", 'the service signs in with it');
like(hub_ok($node, 'token', 'list'), qr/^$prefix +Alpha .* \d{4}-\d\d-\d\d +never +valid$/m, 'and when is kept');
is(sign_in($token . 'x'), '', 'another token opens nothing');
is(sign_in(substr $token, 0, -1), '', 'nor a part of it');
like((as($_, "SELECT * FROM api.sign_in(sha256('x'))"))[2], qr/permission denied/, "$_ may not ask") for 'analyst_login', 'nobody_login', 'reader_login';
my $listener = $node->background_psql('postgres');
$listener->query_safe('LISTEN wardstar_token');
for my $case ([ '2001-01-01', qr/expired already/ ], [ 'soon', qr/invalid input syntax for type date/ ])
{
	($code, $out, $err) = hub($node, 'token', 'issue', 'Alpha', '--expires', $case->[0]);
	is($code, 2, "--expires $case->[0]: refused");
	like($err, $case->[1], '... with the reason');
}
my ($brief, $brief_prefix) = hub_ok($node, 'token', 'issue', 'Alpha', '--expires', '2999-01-01') =~ /^(wst_([0-9a-z]{8})_\w+)$/m;
is(sign_in($brief), "Alpha|$alpha|$brief_prefix", 'one that expires later');
value("UPDATE hub.token SET expires_at = now() WHERE prefix = '$brief_prefix'");
is(sign_in($brief), '', 'one that has expired');
like(hub_ok($node, 'token', 'revoke', $prefix), qr/^$prefix: revoked; it was of Alpha$/, 'token revoke');
is(sign_in($token), '', 'one that was revoked');
like(hub_ok($node, 'token', 'revoke', $prefix), qr/revoked before/, 'twice does no harm');
like($listener->query_safe('SELECT 1'), qr/"wardstar_token" with payload "$prefix"/, 'the service is told');
$listener->quit;
($code, $out, $err) = hub($node, 'token', 'revoke', 'zzzzzzzz');
is($code, 2, 'a token that there is not');
($code, $out, $err) = hub($node, 'token', 'issue', 'Nobody');
is($code, 2, 'a token of nobody');
my ($again) = hub_ok($node, 'token', 'issue', 'Alpha') =~ /^(wst_\w+)$/m;
is((as('hub_service', "SET ROLE $alpha"))[0], 0, 'the service takes on the role');
hub_ok($node, 'organisation', 'disable', 'Alpha', '--quiet');
is(sign_in($again), '', 'a disabled organisation does not sign in');
like((as('hub_service', "SET ROLE $alpha"))[2], qr/permission denied to set role/, 'nor can the service take its role on');
($code, $out, $err) = hub($node, 'token', 'issue', 'Alpha');
is($code, 4, 'nor is it given a token');
hub_ok($node, 'organisation', 'add', 'Alpha', '--quiet');
isnt(sign_in($again), '', 'until it is let in again');
like(hub_ok($node, 'organisation', 'list'), qr/^Alpha +may sign in +1 /m, 'organisation list');

# The service itself: nothing but that.
like((as('hub_service', "SELECT * FROM $_"))[2], qr/permission denied/, "the service does not read $_") for 'intake.submission', 'hub.token', 'returns.organisation', 'casework.engagement', 'publish.demand_ward', 'reference.area';
like((as('hub_service', "SET ROLE $_"))[2], qr/permission denied/, "nor become $_") for 'wardstar_owner', 'wardstar_analyst', 'wardstar_linker', 'loader_login';

# Two partners with returns, findings and readings. What is Zebedee's is told by its words.
hub_ok($node, 'programme', 'add', 'Alpha programme', '--organisation', 'Alpha', '--expected', '2025-Q1', '--quiet');
hub_ok($node, 'programme', 'add', 'Zebedee programme', '--organisation', 'Zebedee Trust', '--expected', '2025-Q1', '--quiet');
my %sent = ('Alpha programme' => 31, 'Zebedee programme' => 7777);
for my $programme (sort keys %sent)
{
	for my $text ("basis,new_referrals\ntotal,$sent{$programme}\nage.25+,$sent{$programme}\nnarrative.activities,Something\n", "total,$sent{$programme}\ntotal,1\n")
	{
		($code, $out, $err) = hub($node, 'load', '--as', 'return', '--quiet', '--programme', $programme, '--period', '2025-Q1', '--form', 'new', spill($node->basedir . '/return.csv', $text));
	}
	hub_ok($node, 'load', '--as', 'cases', '--quiet', '--programme', $programme, spill($node->basedir . '/cases.csv', "client_ref,referred_on,started_on,closed_on,outcome\n$programme 1,2025-04-01,2025-04-02,,open\n"));
	hub_ok($node, 'load', '--as', 'stars', '--quiet', '--programme', $programme, spill($node->basedir . '/stars.csv', "client_ref,taken_on,mode,instrument,scores\n$programme 1,2025-04-01,agreed,goals[0-5],\"1,2,3\"\n"));
}
my $theirs = value("SELECT string_agg(id::text, '|') FROM intake.submission WHERE organisation = 'Zebedee Trust'");
my $client = value("SELECT client FROM casework.engagement WHERE programme = 'Zebedee programme'");
my $sums = value("SELECT string_agg(substr(encode(sha256, 'hex'), 1, 16), '|') FROM intake.submission WHERE organisation = 'Zebedee Trust'");
my $spools = value("SELECT string_agg(spool, '|') FROM intake.submission WHERE organisation = 'Zebedee Trust'");
my $secretly = qr/zebedee|7777|$client|$sums|$spools/i;
sub partner { my ($sql) = @_; return as('hub_service', "SET ROLE $alpha; $sql"); }

# Tables and views, one by one.
my $seen = 0;
for my $table (split /\n/, value("SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace::regnamespace::name IN (SELECT name FROM hub.owned_schema) AND c.relkind IN ('r', 'v', 'p') ORDER BY 1"))
{
	my ($rc, $o, $e) = partner("SELECT t.* FROM $table t");
	unlike($o . $e, $secretly, "a partner sees nothing of another in $table");
	$seen++ if $rc == 0 && $o =~ /Alpha/;
	($rc, $o, $e) = partner("EXPLAIN (VERBOSE) SELECT t.* FROM $table t WHERE t::text LIKE '%Z%'");
	unlike($o . $e, $secretly, '... nor in its plan');
}
cmp_ok($seen, '>=', 5, 'and sees what is its own');
# Counted against the rows of the superuser: exactly its own.
is((partner('SELECT count(*), count(*) FILTER (WHERE state = \'accepted\') FROM intake.submission'))[1], value("SELECT count(*), count(*) FILTER (WHERE state = 'accepted') FROM intake.submission WHERE organisation = 'Alpha'"), 'all of its submissions');
is((partner("SELECT count(*) FROM $_"))[1], value("SELECT count(*) FROM $_ f JOIN intake.submission s ON s.id = f.submission WHERE s.organisation = 'Alpha'"), "all of its rows in $_") for 'intake.finding', 'intake.answer', 'returns.count';
is((partner("SELECT count(*) FROM $_"))[1], value("SELECT count(*) FROM $_ WHERE programme = 'Alpha programme'"), "all of its rows in $_") for 'casework.engagement', 'casework.star_review', 'returns.programme', 'returns.expected';

# Functions: each that a partner may call, with the other's numbers and names.
my $called = 0;
for my $function (split /\n/, value("SELECT p.oid::regprocedure || '|' || array_to_string(ARRAY(SELECT CASE t::regtype::text WHEN 'bigint' THEN 'N' WHEN 'text' THEN '''Zebedee programme''' WHEN 'returns.period' THEN '''2025-Q1''' WHEN 'boolean' THEN 'true'
		WHEN 'integer' THEN '50' WHEN 'int[]' THEN '''{1}''' ELSE 'NULL' END FROM unnest(p.proargtypes) t), ', ')
	FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN (SELECT name FROM hub.owned_schema) AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype AND has_function_privilege('wardstar_partner', p.oid, 'EXECUTE') ORDER BY 1"))
{
	my ($name, $arguments) = $function =~ /^([\w.]+)\(.*?\)\|(.*)$/ or die $function;
	for my $id (split /\|/, $theirs)
	{
		(my $with = $arguments) =~ s/\bN\b/$id/;
		my ($rc, $o, $e) = partner("SELECT * FROM $name($with)");
		# It may repeat what it was given.
		$o =~ s/Zebedee programme//gi, $e =~ s/Zebedee programme//gi if $with =~ /Zebedee/;
		unlike($o . $e, $secretly, "$name($with)");
		$called++;
		last if $with eq $arguments;
	}
}
cmp_ok($called, '>', 20, 'many functions');
for my $id (split /\|/, $theirs)
{
	my ($theirs_words) = (partner("SELECT api.receipt($id, 'text')"))[2];
	my ($none) = (partner("SELECT api.receipt(999999, 'text')"))[2];
	s/\d+//g for $theirs_words, $none;
	is($theirs_words, $none, "another's number is as if it were not there");
}

# By error, by a function that looks at what the filter has not yet removed, by collision, by number.
for my $leak ("SELECT organisation::int FROM intake.submission", "SELECT 1 / (id - " . (split /\|/, $theirs)[0] . ") FROM intake.submission",
	"SELECT * FROM intake.submission WHERE organisation::int = 1", "SELECT * FROM returns.organisation WHERE organisation::int = 1",
	"CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS \$\$ BEGIN RAISE NOTICE 'seen %', \$1; RETURN true; END \$\$;
		SELECT count(*) FROM intake.submission WHERE pg_temp.leak(organisation); SELECT count(*) FROM returns.organisation WHERE pg_temp.leak(organisation);
		SELECT count(*) FROM returns.programme WHERE pg_temp.leak(programme); SELECT count(*) FROM casework.engagement WHERE pg_temp.leak(client); SELECT count(*) FROM intake.finding f WHERE pg_temp.leak(f::text)",
	"CREATE FUNCTION pg_temp.less(text, text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS \$\$ BEGIN RAISE NOTICE 'seen % %', \$1, \$2; RETURN true; END \$\$;
		CREATE OPERATOR pg_temp.<<<< (FUNCTION = pg_temp.less, LEFTARG = text, RIGHTARG = text); SELECT count(*) FROM intake.submission WHERE file_name OPERATOR(pg_temp.<<<<) 'x'; SELECT count(*) FROM returns.count WHERE category OPERATOR(pg_temp.<<<<) 'x'")
{
	my ($rc, $o, $e) = partner($leak);
	unlike($o . $e, $secretly, 'nothing leaks: ' . substr $leak, 0, 60);
}
like((partner("CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS \$\$ BEGIN RAISE NOTICE 'seen %', \$1; RETURN true; END \$\$;
	SELECT count(*) FROM intake.submission WHERE pg_temp.leak(organisation)"))[2], qr/seen Alpha/, 'the function does look at what is its own');
my $sha = value("SELECT encode(sha256, 'hex') FROM intake.submission WHERE organisation = 'Zebedee Trust' LIMIT 1");
is((partner("SELECT already FROM intake.enter('Alpha', NULL, '2025-Q1', 'new', 'return', 'return.csv', 5, decode('$sha', 'hex'), 'test', NULL)"))[1], 'f', "another's bytes are not known to it");
like((partner("SELECT * FROM intake.enter('Zebedee Trust', NULL, '2025-Q1', 'new', 'return', 'return.csv', 5, sha256('x'), 'test', NULL)"))[2], qr/violates row-level security policy/, 'nor can it send in another\'s name');
my ($unknown, $other) = map { my $t = $_; (partner("SELECT problem FROM api.submit(json_build_array(json_build_object('programme', '$t', 'period', '2025-Q1', 'form', 'new', 'kind', 'return', 'file_name', 'return.csv', 'file_size', 5, 'sha256', sha256('y'), 'received_from', 'test')))"))[1] =~ s/\Q$t\E//r } 'No such programme', 'Zebedee programme';
is($other, $unknown, "another's programme is as one that there is not");
for my $write ("UPDATE intake.submission SET state = 'accepted'", 'DELETE FROM intake.submission', 'DELETE FROM intake.finding', "INSERT INTO intake.submission_event DEFAULT VALUES", 'SELECT intake.anchor()', 'SELECT intake.take(\'w\')', "SELECT intake.check(1, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0)",
	'TRUNCATE returns.count', "INSERT INTO intake.submission (organisation, file_name, file_size, sha256, received_from, state) VALUES ('Alpha', 'f', 1, sha256('q'), 't', 'received')", "SELECT last_value FROM intake.submission_id_seq", "SELECT nextval('intake.submission_id_seq')",
	'CREATE TABLE intake.x (n int)', 'CREATE FUNCTION api.x() RETURNS int RETURN 1', 'SELECT * FROM hub.token', 'SELECT * FROM casework.identity', 'BEGIN; LOCK TABLE intake.submission', 'ALTER TABLE intake.submission DISABLE ROW LEVEL SECURITY')
{
	like((partner($write))[2], qr/permission denied|must be owner/, "refused: $write");
}
like((partner('SET row_security = off; SELECT count(*) FROM intake.submission'))[2], qr/query would be affected by row-level security/, 'row-level security can\'t be set aside');
unlike(join('', (partner("SELECT * FROM pg_stats WHERE schemaname IN ('intake', 'returns', 'casework')"))[ 1, 2 ]), $secretly, 'nor looked round by statistics');
value('ANALYZE');
unlike(join('', (partner("SELECT * FROM pg_stats WHERE schemaname IN ('intake', 'returns', 'casework')"))[ 1, 2 ]), $secretly, '... after ANALYZE');

# What stands in the temporary schema doesn't reach the functions that run as the owner.
my ($rc, $o, $e) = partner("CREATE TEMP TABLE submission_event (LIKE hub.partnership); CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT ''evil''::bytea'; CREATE FUNCTION pg_temp.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT ''1970-01-01''::timestamptz';
	SELECT submission FROM intake.enter('Alpha', NULL, NULL, NULL, 'return', 'return.csv', 5, sha256('temp'), 'test', NULL)");
is($rc, 0, 'an upload beside temporary tables and functions') or diag($e);
is(value("SELECT count(*), min(happened_at) > now() - interval '1 hour', min(caused_by) FROM intake.submission_event e JOIN intake.submission s ON s.id = e.submission WHERE s.sha256 = sha256('temp') AND intake.event_sha256(e) = e.sha256"), "1|t|$alpha", 'is kept by the true ones, with who');
is(value("SELECT string_agg(DISTINCT has_table_privilege(r, 'intake.submission_event', 'INSERT, UPDATE, DELETE, TRUNCATE')::text, '') FROM unnest('{wardstar_loader,wardstar_analyst,wardstar_partner,wardstar_service}'::text[]) r"), 'false', 'nobody writes events by hand');

# Analysts, linkers, readers, and whoever is none of them.
sub may { my ($role, $sql) = @_; my ($rc, $o, $e) = as($role, "SET search_path = pg_catalog, public; $sql"); is($rc, 0, "$role: $sql") or diag($e); return $o; }
sub may_not { my ($role, $sql) = @_; like((as($role, $sql))[2], qr/permission denied/, "$role may not: $sql"); }
may('analyst_login', "SELECT count(*) FROM $_") for split /\n/, value("SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace = 'analysis'::regnamespace AND c.relkind = 'v'");
is(may('analyst_login', "SELECT count(*) FROM analysis.return_status WHERE status <> 'N/A'"), 2, 'an analyst sees the returns of all');
is(may('analyst_login', 'SELECT count(*) FROM casework.engagement'), 2, 'and casework by pseudonym');
may_not('analyst_login', $_) for 'SELECT * FROM casework.identity', 'SELECT * FROM intake.record_client', 'SELECT * FROM hub.token', 'SELECT * FROM hub.key', "UPDATE intake.submission SET basis = NULL", 'SELECT intake.anchor()', 'DELETE FROM returns.count';
may('linker_login', 'SELECT count(*) FROM casework.identity');
may_not('linker_login', $_) for 'SELECT * FROM casework.engagement', 'SELECT * FROM casework.client_quarter', 'SELECT * FROM intake.submission', 'SELECT * FROM analysis.return_status';
may_not($_, 'SELECT * FROM publish.demand_ward') for 'reader_login', 'nobody_login', 'linker_login';
may_not('reader_login', $_) for 'SELECT * FROM returns.count', 'SELECT * FROM analysis.demand_ward', 'SELECT * FROM reference.area';

# The commands by a member of wardstar_loader.
value('SET search_path = pg_catalog, public; ' . do { local (@ARGV, $/) = "$root/tests/fixtures/two_wards.sql"; <> });
{
	no warnings 'redefine';
	local *HubTest::hub_dsn = sub { my ($n, $db) = @_; return $n->connstr($db // 'postgres') . ' user=loader_login'; };
	hub_ok($node, 'load', '--quiet', spill($node->basedir . '/crime.csv', crime_heading() . crime_rows('2025-04', 'Saltmere Police', 50)));
	hub_ok($node, 'programme', 'add', 'Third', '--organisation', 'Third Ltd', '--expected', '2025-Q1', '--quiet');
	($code, $out, $err) = hub($node, 'load', '--as', 'return', '--programme', 'Third', '--period', '2025-Q1', '--form', 'new', spill($node->basedir . '/third.csv', "basis,new_referrals\ntotal,12\nage.25+,12\n"));
	is($code, 3, 'a return by a member of wardstar_loader') or diag($err);
	($code, $out, $err) = hub($node, 'load', '--as', 'return', '--programme', 'Third', '--period', '2025-Q1', '--form', 'new', spill($node->basedir . '/third.csv', "basis,new_referrals\ntotal,13\nage.25+,13\n"));
	is($code, 3, 'and its correction') or diag($err);
	hub_ok($node, 'load', '--as', 'cases', '--quiet', '--programme', 'Third', spill($node->basedir . '/cases.csv', "client_ref,referred_on,started_on,closed_on,outcome\nT1,2025-04-01,2025-04-02,,open\n"));
	hub_ok($node, $_, '--quiet') for 'publish', 'status', 'audit';
	hub_ok($node, 'report', 'demand');
	hub_ok($node, 'receipt', '1');
	($code, $out, $err) = hub($node, 'token', 'issue', 'Alpha');
	is($code, 7, 'but it issues no token');
	($code, $out, $err) = hub($node, 'organisation', 'add', 'Mine');
	is($code, 7, 'and adds no organisation that can sign in');
}
is(value("SELECT string_agg(organisation || ' ' || (role IS NULL), ', ' ORDER BY organisation) FROM returns.organisation"), 'Alpha false, Third Ltd true, Zebedee Trust false', 'organisations, and who can sign in');

# A database owner who may make roles administers the hub as well; it is told what it can't see, and not shown an empty hub.
value("CREATE ROLE admin_login LOGIN CREATEROLE");
$node->safe_psql('postgres', 'CREATE DATABASE owned OWNER admin_login');
value('CREATE EXTENSION postgis; CREATE EXTENSION wardstar', 'owned');
{
	no warnings 'redefine';
	local *HubTest::hub_dsn = sub { my ($n, $db) = @_; return $n->connstr('owned') . ' user=admin_login'; };
	# A superuser made the roles: since PostgreSQL 16 nobody else can grant them.
	SKIP:
	{
		skip 'before PostgreSQL 16 who may make roles may grant all of them', 4 if value('SHOW server_version_num') < 160000;
		($code, $out, $err) = hub($node, 'migrate', '--quiet');
		is($code, 7, 'an owner who may not grant the roles that a superuser made: refused');
		like($err, qr/SQLSTATE 42501/, '... for want of rights');
		my ($remedy) = $err =~ /Have a superuser run: (.*;) and then/;
		is($remedy, 'GRANT wardstar_owner TO admin_login WITH INHERIT TRUE, SET TRUE; GRANT wardstar_partner TO admin_login WITH ADMIN OPTION;', '... and told what to do');
		value('GRANT wardstar_owner TO admin_login', 'owned');
		hub_ok($node, 'migrate', '--quiet');
		($code, $out, $err) = hub($node, 'organisation', 'add', 'Owned');
		like($err, qr/hint: Have a superuser run: GRANT wardstar_partner TO admin_login WITH ADMIN OPTION;/, 'so is who can migrate, but not make partners');
		value($remedy, 'owned');
	}
	hub_ok($node, 'migrate', '--quiet');
	hub_ok($node, 'organisation', 'add', 'Owned', '--quiet');
	like(hub_ok($node, 'token', 'issue', 'Owned'), qr/^wst_/, 'a database owner issues a token');
	hub_ok($node, 'organisation', 'disable', 'Owned', '--quiet');
	like(hub_ok($node, 'organisation', 'list'), qr/^Owned +disabled since /m, 'and lists organisations');
	for my $command ([ 'audit' ], [ 'retention', '--older-than', '7y' ])
	{
		local $ENV{WARDSTAR_KEY_FILE};
		($code, $out, $err) = hub($node, @$command);
		is($code, 7, "@$command by who does not see every row: refused") or diag($out);
		like($err, qr/does not see every row.*wardstar_loader/s, '... says why');
	}
	value('GRANT wardstar_loader TO admin_login', 'owned');
	hub_ok($node, 'migrate', '--quiet');
	hub_ok($node, 'programme', 'add', 'Owned programme', '--organisation', 'Owned', '--quiet');
	hub_ok($node, 'audit', '--quiet');
}
# Who else disables it, be it a superuser, takes the role from the service too, whoever granted it.
{
	my $may = q{SELECT count(*) FROM pg_auth_members m WHERE m.roleid = (SELECT role::text::regrole FROM returns.organisation WHERE organisation = 'Owned') AND m.member = 'wardstar_service'::regrole};
	no warnings 'redefine';
	local *HubTest::hub_dsn = sub { my ($n, $db) = @_; return $n->connstr('owned') . ' user=admin_login'; };
	hub_ok($node, 'organisation', 'add', 'Owned', '--quiet');
	is(value($may, 'owned'), 1, 'the service may take on its role');
	local *HubTest::hub_dsn = sub { my ($n, $db) = @_; return $n->connstr('owned'); };
	hub_ok($node, 'organisation', 'disable', 'Owned', '--quiet');
	is(value($may, 'owned'), 0, 'and may not once a superuser disabled it');
}
# The other way round the owner is told what to have a superuser do; nothing is half done.
SKIP:
{
	skip 'before PostgreSQL 16 who may make roles may take back all of them', 5 if value('SHOW server_version_num') < 160000;
	no warnings 'redefine';
	local *HubTest::hub_dsn = sub { my ($n, $db) = @_; return $n->connstr('owned'); };
	hub_ok($node, 'organisation', 'add', 'Owned', '--quiet');
	local *HubTest::hub_dsn = sub { my ($n, $db) = @_; return $n->connstr('owned') . ' user=admin_login'; };
	($code, $out, $err) = hub($node, 'organisation', 'disable', 'Owned');
	is($code, 7, 'an owner can\'t take back what a superuser granted');
	my ($remedy) = $err =~ /hint: Have a superuser run: (REVOKE wardstar_owned_\w+ FROM wardstar_service GRANTED BY [^;]+;)/;
	ok($remedy, '... and is told') or diag($err);
	value($remedy, 'owned');
	hub_ok($node, 'organisation', 'disable', 'Owned', '--quiet');
	like(hub_ok($node, 'organisation', 'list'), qr/^Owned +disabled since /m, '... and once that is done disables it');
}
# An owner who may make no roles.
value('CREATE ROLE plain_owner LOGIN');
$node->safe_psql('postgres', 'CREATE DATABASE plain OWNER plain_owner');
value('CREATE EXTENSION postgis', 'plain');
{
	no warnings 'redefine';
	local *HubTest::hub_dsn = sub { my ($n, $db) = @_; return $n->connstr('plain') . ' user=plain_owner'; };
	($code, $out, $err) = hub($node, 'migrate', '--quiet');
	is($code, 7, 'an owner who may make no roles: refused');
	my ($remedy) = $err =~ /SQLSTATE 42501.*hint: Have a superuser run: (GRANT wardstar_owner TO plain_owner.*;) and then/s;
	ok($remedy, '... and told what to do') or diag($err);
	value($remedy);
	hub_ok($node, 'migrate', '--quiet');
	($code, $out, $err) = hub($node, 'organisation', 'add', 'Plain');
	is($code, 7, '... it makes no organisation');
	like($err, qr/hint: Have a superuser run: ALTER ROLE plain_owner CREATEROLE;/, '... and is told why');
}
# The service takes on a role, and has no right of those that it didn't.
value(value('SHOW server_version_num') < 160000 ? 'ALTER ROLE wardstar_service INHERIT' : 'GRANT wardstar_loader TO wardstar_service WITH INHERIT TRUE');
is(value("SELECT pg_has_role('wardstar_service', 'wardstar_loader', 'USAGE')"), 't', 'the service inherits what it may take on');
hub_ok($node, 'migrate', '--quiet');
is(value("SELECT pg_has_role('wardstar_service', 'wardstar_loader', 'USAGE'), pg_has_role('wardstar_service', 'wardstar_loader', 'MEMBER')"), 'f|t', 'migrate puts that right');

is(value("SELECT string_agg(o, ', ') FROM (SELECT c.oid::regclass::text AS o FROM pg_class c WHERE c.relnamespace::regnamespace::name IN (SELECT name FROM hub.owned_schema) AND c.relowner <> 'wardstar_owner'::regrole AND c.relkind NOT IN ('i', 'c')) s", 'owned'), '', 'all is owned by wardstar_owner there too');

# What was changed by hand is put right.
value("GRANT SELECT ON hub.token TO PUBLIC; GRANT USAGE ON SCHEMA hub TO PUBLIC; GRANT UPDATE ON intake.submission TO wardstar_partner; ALTER TABLE intake.submission DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
	CREATE POLICY open ON intake.finding USING (true); ALTER VIEW analysis.return_status SET (security_invoker = false); ALTER TABLE returns.count OWNER TO loader_login; ALTER ROLE wardstar_partner BYPASSRLS CREATEROLE; GRANT EXECUTE ON FUNCTION intake.anchor() TO wardstar_partner");
isnt(value($query), $matrix, 'privileges are changed by hand');
hub_ok($node, 'migrate', '--quiet');
is(value($query), $matrix, 'migrate puts them right');
is(value("SELECT c.relrowsecurity AND c.relforcerowsecurity, (SELECT count(*) FROM pg_policy WHERE polname = 'open'), (SELECT rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = 'wardstar_partner'), (SELECT relowner::regrole FROM pg_class WHERE oid = 'returns.count'::regclass) FROM pg_class c WHERE c.oid = 'intake.submission'::regclass"), 't|0|f|wardstar_owner', 'rows, roles and owners, too');

# Another database of the cluster has organisations of its own.
$node->safe_psql('postgres', 'CREATE DATABASE second');
hub_ok([ $node, 'second' ], 'migrate', '--quiet');
hub_ok([ $node, 'second' ], 'organisation', 'add', 'Alpha', '--quiet');
isnt(value("SELECT role FROM returns.organisation WHERE organisation = 'Alpha'", 'second'), $alpha, 'the same name in another database is another role');

$node->stop;
done_testing();
