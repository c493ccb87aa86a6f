# Jump hosts and proxies.

route-jump-host = jump host { $host }
route-jump-shown = { $host } (jump host on the way to { $onward })
route-jump-refused = the jump host { $name } refused: { $place }: { $said }
route-jump-refused-silently = the jump host { $name } refused: { $place }
route-jump-check = check host and port, and whether the jump host allows forwarding (AllowTcpForwarding)
route-jump-silent = the jump host { $name } did not answer in time: { $place }
route-jump-gone = the jump host { $name } went away: { $why }
route-jump-again = connect again
route-loop = jumphost loop via { $host }
route-loop-hint = give the jump host ProxyJump none: a Host { $host } block before the one that sets ProxyJump
route-too-long = more than { $limit } jump hosts on the way

route-command-status = exit status { $code }
route-command-signal = signal { $signal }
route-command-closed = it closed its output
route-command-ended = the proxy command ended: { $how }
route-command-ended-silently = the proxy command ended before it said anything: { $how }

route-proxy = proxy { $server }
route-proxy-silent = the proxy did not answer in time
route-proxy-check = check the kind, host and port of the proxy
route-proxy-nonsense = what answers does not speak { $kind }
route-proxy-closed = the proxy closed the connection
route-proxy-refused = the proxy refused the connection: { $said }
route-proxy-may-not-allow = the proxy may not allow this host or port
route-proxy-wants-login = the proxy wants a user name and a password
route-proxy-name-user = put the user before the host: --proxy http://user@host:port
route-proxy-login-refused = the proxy did not accept the user or the password
route-proxy-login-long = user name or password is too long for the proxy
route-proxy-bad-name = this host name cannot be sent to a proxy
route-proxy-password = Password for { $server }:
route-proxy-password-cancelled = no password for the proxy
route-proxy-password-missing = the proxy needs a password, and nobody can be asked
route-proxy-password-fd = --proxy-password-fd reads it from a descriptor
route-proxy-and-command = a proxy and a proxy command exclude each other
route-proxy-port = the port of an HTTP proxy must be named
route-bad-proxy = "{ $text }" is not KIND://[user@]host[:port], with { $known } as KIND
route-password-in-proxy = a password does not belong in the address of a proxy: it is asked for
route-field-proxy = Proxy server:
route-explain-proxy = through the proxy { $server }  ({ $origin })
route-explain-hop = { $host } is { $user }@{ $hostname } port { $port }
route-told-jump = jump host { $user }@{ $host } port { $port }
route-told-command = program { $command }

route-socks4-no-ipv6 = SOCKS 4 knows only IPv4 addresses
route-socks4-refused = the proxy refused the connection or could not make it
route-socks5-not-allowed = not allowed by its rules
route-socks5-host-unreachable = host unreachable
route-socks5-expired = TTL expired
route-socks5-address-type = it does not know this kind of address
route-socks5-code = reason { $code }

route-proxy-flag = --proxy: { $fault }
