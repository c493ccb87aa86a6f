# The master of a shared connection.

mux-socket-exists = ControlSocket { $path } already exists, disabling multiplexing
mux-path-too-long = path "{ $path }" too long for Unix domain socket
mux-cannot-bind = cannot make the control socket { $path }: { $why }
mux-choose-another-path = -S or ControlPath names another place; %C in it is short for user, host and port
mux-too-many = a client of the shared connection was turned away: there are { $most } already
mux-cannot-accept = cannot accept a client of the shared connection: { $why }
mux-uid-mismatch = multiplex uid mismatch: peer euid { $peer } != uid { $own }
mux-version = a client of the shared connection speaks version { $theirs } of the protocol, not { $ours }
mux-not-forwarded = there is no such forward to cancel: { $forward }
mux-reader-too-slow = output of this session was not read, and more than { $limit } MiB of it came; the session was closed
mux-session = session of client { $number }
mux-connection = connections through client { $number }

## ControlMaster ask

mux-ask-session = Allow shared connection to { $host }?
mux-ask-forward = Open { $forward } on { $host }?
mux-ask-stdio = Allow forward to { $to } through { $host }?
mux-ask-terminate = Terminate shared connection to { $host }?
mux-ask-stop = Disable further multiplexing on shared connection to { $host }?
