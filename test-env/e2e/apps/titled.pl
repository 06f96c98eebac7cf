# SPDX-License-Identifier: Apache-2.0
# A master that forks a worker, which takes a title and says hello, as php-fpm and puma do. Usage: titled.pl PORT TITLE
use strict;
use warnings;
use IO::Socket::INET;

my ($port, $title) = @ARGV;
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 8, ReuseAddr => 1)
	or die "cannot listen: $@";
my $worker = fork() // die "cannot fork: $!";

if ($worker) {
	$SIG{TERM} = sub { kill 'TERM', $worker; exit };
	waitpid($worker, 0);
	exit;
}
$0 = $title;
while (my $client = $listener->accept()) {
	while (defined(my $line = <$client>) ) {
		last if $line eq "\r\n";
	}
	print $client "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
	close $client;
}
