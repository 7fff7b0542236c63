# Four quarters of made-up returns for the five programmes of the evaluation report's Table 1, with the
# faults that its section 4.2 found in real ones. They are laid over whatever places are given.
package Saltmere::Returns;
use strict;
use warnings;
use Saltmere::Random;

# Table 1: which form came, or why none did. Here - is "No return" and . is "N/A", not yet due.
my @programmes = (
	[ 'Time-MattersUK', 'Time-Matters UK (made up)', 'time-matters', 'old old new new' ],
	[ 'Shelter', 'Shelter (made up)', 'shelter', 'old new new new' ],
	[ 'POPs', 'Partners of Prisoners (made up)', 'pops', 'old new new new' ],
	[ "Magistra \x{2013} Restorative Lives", 'Magistra (made up)', 'magistra', '. new new new' ],
	[ 'Sefton CVS (MOMS)', 'Sefton CVS (made up)', 'moms', '- - new new' ]);

# What each return says. Places are drawn for "placed" people, as many of them by ward alone or postcode as
# said; the rest of the total is place.not_known. Categories stand in the order of the form.
my $mark = 'MADE UP for demonstration by script/saltmere: no real person is counted here';
my %return = (
	'time-matters 1' => {
		wrong => 'no total and no basis are asked for by the old form; the bands meet at 11, 16 and 18',
		fields => [ 'age.0-4' => 4, 'age.5-11' => 14, 'age.11-16' => 9, 'age.16-18' => 3, 'role.parent_carer' => 12, 'sex.female' => 17, 'sex.male' => 13, 'ethnicity.W1' => 27, 'ethnicity.M1' => 3 ],
		placed => 30, ward => 30, secondary => 20
	},
	'time-matters 2' => {
		wrong => 'fault 4: yes beside a category instead of a number',
		fields => [ 'age.0-4' => 3, 'age.5-11' => 'yes', 'age.11-16' => 8, 'age.16-18' => 4, 'role.parent_carer' => 10, 'sex.female' => 16, 'sex.male' => 12, 'ethnicity.W1' => 25, 'ethnicity.M1' => 3 ],
		placed => 28, ward => 28, secondary => 18
	},
	'time-matters 2 corrected' => {
		wrong => 'the same return mended: what was yes is a number',
		fields => [ 'age.0-4' => 3, 'age.5-11' => 13, 'age.11-16' => 8, 'age.16-18' => 4, 'role.parent_carer' => 10, 'sex.female' => 16, 'sex.male' => 12,
			'ethnicity.W1' => 25, 'ethnicity.M1' => 3 ],
		placed => 28, ward => 28, secondary => 18
	},
	'time-matters 3' => {
		wrong => 'fault 6: the first quarter on the new form, not to be compared with the two before',
		basis => 'caseload_in_period', total => 44,
		fields => [ 'age.0-4' => 5, 'age.5-11' => 17, 'age.11-16' => 12, 'age.16-18' => 3, 'age.18-25' => 0, 'age.25+' => 7,
			'sex.female' => 25, 'sex.male' => 19, 'ethnicity.W1' => 35, 'ethnicity.M1' => 4, 'ethnicity.B1' => 3, 'ethnicity.not_known' => 2, 'role.parent_carer' => 7 ],
		placed => 42, ward => 8, postcode => 4, secondary => 23
	},
	'time-matters 4' => {
		wrong => '',
		basis => 'caseload_in_period', total => 47,
		fields => [ 'age.0-4' => 6, 'age.5-11' => 19, 'age.11-16' => 11, 'age.16-18' => 4, 'age.18-25' => 0, 'age.25+' => 7,
			'sex.female' => 26, 'sex.male' => 21, 'ethnicity.W1' => 38, 'ethnicity.M1' => 4, 'ethnicity.B1' => 3, 'ethnicity.not_known' => 2, 'role.parent_carer' => 7 ],
		placed => 45, ward => 6, postcode => 5, secondary => 25
	},
	'shelter 1' => {
		wrong => 'no total and no basis are asked for by the old form',
		fields => [ 'age.18-25' => 9, 'age.25+' => 3, 'role.parent_carer' => 0, 'sex.female' => 4, 'sex.male' => 8, 'ethnicity.W1' => 12 ],
		placed => 12, ward => 12, secondary => 0
	},
	'shelter 2' => {
		wrong => 'fault 5: counts those open at the end of the quarter, where others count all those seen in it',
		basis => 'caseload_at_end', total => 14,
		fields => [ 'age.18-25' => 11, 'age.25+' => 3, 'sex.female' => 5, 'sex.male' => 9, 'role.parent_carer' => 2, 'ethnicity.W1' => 14 ],
		placed => 14, postcode => 2, secondary => 0
	},
	'shelter 3' => {
		wrong => '',
		basis => 'caseload_at_end', total => 15,
		fields => [ 'age.18-25' => 11, 'age.25+' => 4, 'sex.female' => 6, 'sex.male' => 9, 'role.parent_carer' => 2, 'ethnicity.W1' => 15 ],
		placed => 14, secondary => 0
	},
	'shelter 4' => {
		wrong => 'fault 5: now counts new referrals only: a fall that is none',
		basis => 'new_referrals', total => 9,
		fields => [ 'age.18-25' => 7, 'age.25+' => 2, 'sex.female' => 3, 'sex.male' => 6, 'role.parent_carer' => 1, 'ethnicity.W1' => 8, 'ethnicity.B1' => 1 ],
		placed => 9, postcode => 3, secondary => 0
	},
	'pops 1' => {
		wrong => 'fault 1: Figure 1 of the report, 39 people or 21 adults of whom 18 are parents',
		fields => [ 'role.parent_carer' => 18, 'age.18-25' => 5, 'age.25+' => 16 ],
		placed => 0
	},
	'pops 2' => {
		wrong => 'fault 6: a new form in mid-year',
		basis => 'caseload_in_period', total => 26,
		fields => [ 'age.18-25' => 8, 'age.25+' => 18, 'sex.female' => 22, 'sex.male' => 4,
			'ethnicity.W1' => 21, 'ethnicity.M1' => 2, 'ethnicity.B1' => 1, 'ethnicity.not_known' => 2, 'role.parent_carer' => 17 ],
		placed => 24, ward => 4, postcode => 3, secondary => 31
	},
	'pops 3' => {
		wrong => "fault 5: the same people again, figure for figure",
		same => 'pops 2'
	},
	'pops 4' => {
		wrong => '',
		basis => 'caseload_in_period', total => 29,
		fields => [ 'age.18-25' => 9, 'age.25+' => 20, 'sex.female' => 24, 'sex.male' => 5,
			'ethnicity.W1' => 23, 'ethnicity.M1' => 2, 'ethnicity.B1' => 2, 'ethnicity.not_known' => 2, 'role.parent_carer' => 19 ],
		placed => 26, ward => 4, postcode => 3, secondary => 34
	},
	'magistra 2' => {
		wrong => '',
		basis => 'new_referrals', total => 31,
		fields => [ 'age.18-25' => 27, 'age.25+' => 4, 'sex.female' => 0, 'sex.male' => 31, 'role.parent_carer' => 0, 'ethnicity.W1' => 28, 'ethnicity.B1' => 3 ],
		placed => 25, ward => 5, secondary => 0
	},
	'magistra 3' => {
		wrong => 'fault 2: 70 people, but 18 female and 10 male, and no not known: 42 unaccounted for',
		basis => 'new_referrals', total => 70,
		fields => [ 'age.18-25' => 54, 'age.25+' => 16, 'sex.female' => 18, 'sex.male' => 10, 'role.parent_carer' => 0, 'ethnicity.W1' => 63, 'ethnicity.B1' => 7 ],
		placed => 52, ward => 12, secondary => 0
	},
	'magistra 4' => {
		wrong => '',
		basis => 'new_referrals', total => 34,
		fields => [ 'age.18-25' => 28, 'age.25+' => 6, 'sex.female' => 4, 'sex.male' => 30, 'role.parent_carer' => 0, 'ethnicity.W1' => 31, 'ethnicity.B1' => 3 ],
		placed => 29, ward => 5, postcode => 2, secondary => 0
	},
	'moms 3' => {
		wrong => 'fault 3: a return of zero beneficiaries, in its first quarter',
		basis => 'caseload_in_period', total => 0,
		fields => [ 'age.18-25' => 0, 'age.25+' => 0, 'sex.female' => 0, 'sex.male' => 0, 'role.parent_carer' => 0, 'ethnicity.W1' => 0 ],
		placed => 0, secondary => 0
	},
	'moms 4' => {
		wrong => '',
		basis => 'caseload_in_period', total => 23,
		fields => [ 'age.18-25' => 15, 'age.25+' => 8, 'sex.female' => 0, 'sex.male' => 23, 'role.parent_carer' => 5, 'ethnicity.W1' => 22, 'ethnicity.M1' => 1 ],
		placed => 21, ward => 3, postcode => 2, secondary => 6
	});

# places: a list of { lsoa, ward, weight, postcodes => [] }, of one vintage; year: that in which the reporting
# year starts. Returns (name, rows) pairs: the returns, and three lists about them.
sub files
{
	my ($year, @places) = @_;
	my @files;
	my @register = ([qw(organisation programme made_up)]);
	my @expected = ([qw(programme period expected made_up)]);
	my @manifest = ([qw(file programme period form what_is_wrong made_up)]);
	for my $p (@programmes)
	{
		my ($programme, $organisation, $short, $forms) = @$p;
		push @register, [ $organisation, $programme, 'true' ];
		my @form = split / /, $forms;
		for my $q (1 .. 4)
		{
			my $period = "$year-Q$q";
			my $form = $form[ $q - 1 ];
			push @expected, [ $programme, $period, $form eq '.' ? 'false' : 'true', 'true' ];
			next if $form =~ /^[-.]$/;
			# A return that can't be accepted is followed by a corrected one.
			for my $name ("$short $q", "$short $q corrected")
			{
				next if !$return{$name};
				my $file = "$period/$period-$short-$form-form" . ($name =~ /(corrected)/ ? "-$1" : '') . '-made-up.csv';
				push @manifest, [ $file, $programme, $period, $form, $return{$name}{wrong}, 'true' ];
				push @files, [ "returns/$file", [ answers($name, $period, \@places) ] ];
			}
		}
	}
	return ([ 'returns/register.csv', \@register ], [ 'returns/expected.csv', \@expected ], [ 'returns/manifest.csv', \@manifest ], @files);
}

sub answers
{
	my ($name, $period, $places) = @_;
	my $return = $return{$name};
	$name = $return->{same} // $name;
	my $is = $return{$name};
	my @rows = ([qw(field value)]);
	push @rows, [ basis => $is->{basis} ] if $is->{basis};
	push @rows, [ total => $is->{total} ] if defined $is->{total};
	my @fields = @{ $is->{fields} };
	while (my ($field, $value) = splice @fields, 0, 2) { push @rows, [ $field, $value ]; }

	my $random = Saltmere::Random->new("return $name");
	my %count;
	for my $i (1 .. $is->{placed})
	{
		my $place = $places->[ $random->weighted(map { $_->{weight} } @$places) ];
		my $postcode = @{ $place->{postcodes} } ? $place->{postcodes}[ $random->below(scalar @{ $place->{postcodes} }) ] : undef;
		my $field = $i <= ($is->{ward} // 0) ? "place.ward.$place->{ward}"
		  : $i <= ($is->{ward} // 0) + ($is->{postcode} // 0) && defined $postcode ? "place.postcode.$postcode"
		  : "place.lsoa.$place->{lsoa}";
		$count{$field}++;
	}
	push @rows, map { [ $_, $count{$_} ] } sort keys %count;
	push @rows, [ 'place.not_known', $is->{total} - $is->{placed} ] if defined $is->{total};
	push @rows, [ 'secondary.total', $is->{secondary} ] if defined $is->{secondary};
	push @rows, [ 'narrative.activities', "$mark ($period)." ];
	return @rows;
}

1;
