# config: what is wrong with a configuration

config-bad-forward = Bad forwarding specification '{ $text }'
config-bad-stdio-forward = Bad stdio forwarding specification '{ $text }'
config-missing-target = Missing target argument.
config-bad-jump = Invalid ProxyJump "{ $text }"
config-match-all = 'all' cannot be combined with other Match attributes
config-match-missing = Missing Match criteria for { $name }
config-match-empty = no argument after keyword
config-match-unknown = Unsupported Match attribute { $name }
config-match-exec = exec "{ $command }": { $reason }
config-match-exec-late = exec "{ $command }": no end after { $seconds } seconds
config-bad-network = "{ $entry }" is no address and no network
config-no-interfaces = the addresses of this machine cannot be read: { $reason }
config-not-canonical = Could not resolve host "{ $host }" in any of CanonicalDomains
config-bad-arguments = wrong number of arguments
config-unsupported = unsupported option "{ $value }".
config-bad-channel-timeout = Invalid timeout "{ $value }": it is written type=interval
config-bad-tunnel = Bad tun device "{ $value }".
config-bad-facility = unsupported log facility '{ $value }'
config-alone = "{ $word }" argument must appear alone.
config-bad-domain = domain name "{ $domain }" contains or starts with invalid characters
config-bad-cname = Invalid permitted CNAME "{ $rule }"
config-bad-mask = Bad mask.
config-bad-place = bad host or port number "{ $value }"
config-no-gssapi = GSSAPI is not supported
config-no-command-to-fork = Cannot fork into background without a command to execute.
config-control-with-stdio = Cannot specify multiplexing command with -W
config-bad-control = Invalid multiplex command "{ $word }"
config-stdio-twice = stdio forward already specified
config-jump-twice = Only a single -J option is permitted (use commas to separate multiple jump hops)
config-bad-spec = Bad SSH2 { $kind } '{ $list }'.
config-bad-key-types = Bad key types '{ $list }'.
config-acts-in-shell = the value of %{ $token } ("{ $value }") has characters that a shell would act on
config-local-command-failed = LocalCommand { $shown }: { $error }
