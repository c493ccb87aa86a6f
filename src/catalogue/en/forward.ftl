# Forwarding: in ssh's words, because tools look for them.

forward-bind-failed = bind [{ $ip }]:{ $port }: { $why }
forward-cannot-listen-port = channel_setup_fwd_listener_tcpip: cannot listen to port: { $port }
forward-cannot-resolve-listen = channel_setup_fwd_listener_tcpip: getaddrinfo({ $name }): { $why }
forward-cannot-bind-path = unix_listener: cannot bind to path { $path }: { $why }
forward-cannot-accept = accept: { $why }
forward-could-not-request-local = Could not request local forwarding.
forward-remote-failed-port = Warning: remote port forwarding failed for listen port { $port }
forward-remote-failed-path = Warning: remote port forwarding failed for listen path { $path }
forward-remote-failed-port-error = Error: remote port forwarding failed for listen port { $port }
forward-remote-failed-path-error = Error: remote port forwarding failed for listen path { $path }
forward-server-may-not-allow = The server may not allow it, or something listens there already; ExitOnForwardFailure=no goes on without
forward-no-answer = the server has not answered a request to listen for { $seconds } seconds: going on without it
forward-allocated-port = Allocated port { $port } for remote forward to { $to }
forward-open-failed = channel { $id }: open failed: { $reason }
forward-open-failed-why = channel { $id }: open failed: { $reason }: { $said }
forward-connect-failed = connect_to { $to }: failed: { $why }
forward-not-permitted = connect_to { $to }: not permitted by PermitRemoteOpen
forward-stdio-failed = stdio forwarding failed
forward-too-many-connections = a connection was not forwarded: { $most } are open already
forward-too-many = no more than { $most } forwards on one connection
forward-reader-too-slow = channel { $id }: closed, because its local end did not keep up: more than { $limit } MiB were waiting ({ $what })
forward-agent-unreachable = cannot forward the agent: { $why }
forward-x11-unreachable = cannot forward X11: the display cannot be reached: { $why }
forward-x11-wrong-authentication = X11 connection rejected because of wrong authentication.
forward-x11-untrusted-failed = Warning: untrusted X11 forwarding setup failed: xauth key data not generated
forward-x11-no-xauth-data = Warning: No xauth data; using fake authentication data for X11 forwarding.
forward-x11-display-not-usable = Warning: DISPLAY { $display } is not usable; X11 is not forwarded
forward-x11-refused = X11 forwarding request failed on channel 0

forward-command-line-disabled = commandline disabled
forward-command-commands = Commands:
forward-command-help-l = Request local forward
forward-command-help-r = Request remote forward
forward-command-help-d = Request dynamic forward
forward-command-help-kl = Cancel local forward
forward-command-help-kr = Cancel remote forward
forward-command-help-kd = Cancel dynamic forward
forward-command-invalid = Invalid command.
forward-command-bad-remote = Bad remote forwarding specification.
forward-command-bad-local = Bad local forwarding specification.
forward-command-bad-close = Bad forwarding close specification.
forward-command-forwarding = Forwarding port.
forward-command-failed = Port forwarding failed.
forward-command-canceled = Canceled forwarding.
forward-command-unknown = Unknown port forwarding.
escape-command-line = { $c }C   - open a command line
