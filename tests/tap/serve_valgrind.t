# The whole of serve.t with the service under valgrind: no error and no leak.
use strict;
use warnings;
use Test::More;

plan skip_all => 'there is no valgrind here' if system('valgrind --version >/dev/null 2>&1') != 0;
$ENV{WARDSTAR_VALGRIND} = 'valgrind --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect,possible'
  . ' --errors-for-leak-kinds=definite,indirect,possible --fair-sched=yes';
exec $^X, (map { "-I$_" } @INC), "$ENV{WARDSTAR_ROOT}/tests/tap/serve.t" or die $!;
