# The forms of the hub are as docs/form.schema.json says, and forms that are not are refused by it.
use strict;
use warnings;
use Test::More;

my $root = $ENV{WARDSTAR_ROOT};
plan skip_all => 'python3-jsonschema is not installed' if system('python3 -c "import jsonschema" 2>/dev/null') != 0;

# As PROGRAM FILE: exit status 0 if the document on standard input fits.
my $program = <<'PYTHON';
import json, jsonschema, sys
schema = json.load(open(sys.argv[1]))
jsonschema.validators.validator_for(schema).check_schema(schema)
document = json.load(open(sys.argv[2]))
exec(sys.argv[3])
jsonschema.validate(document, schema)
PYTHON
sub fits
{
	my ($form, $change) = @_;
	my $pid = open my $fh, '-|', 'python3', '-c', "import sys; sys.stderr = open('/dev/null', 'w')\n$program",
	  "$root/docs/form.schema.json", "$root/sql/hub/forms/$form.json", $change;
	local $/;
	<$fh>;
	close $fh;
	return $? == 0;
}
ok(fits($_, ''), "$_.json fits the schema") for qw(old new improved);
ok(!fits('improved', $_), "refused: $_")
  for 'del document["fields"]', 'document["fields"][0]["type"] = "count"', 'document["groups"][0]["kind"] = "mixed"',
  'document["groups"][0]["bands"]["age.0-4"] = "0-4"', 'document["valid"]["from"] = "2025-Q5"', 'document["colour"] = "red"';
done_testing();
