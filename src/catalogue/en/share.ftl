# Going to the background, and connections that are shared.

share-cannot-fork = cannot go to the background: { $error }
share-cannot-detach = cannot leave the terminal: { $error }
share-no-path = No ControlPath specified for "-O" command
share-path-too-long = ControlPath too long ('{ $path }' >= { $limit } bytes)
share-no-socket = Control socket connect({ $path }): { $error }
share-own-connection = { $what } needs a connection of its own: the shared one is not used
share-key-not-told = { $what } names the host's key, and a shared connection does not tell its own: -O { $command } is refused
share-key-not-told-hint = without -O the key is checked, on a connection of its own
share-greeting-failed = muxclient: master hello exchange failed
share-version = Unsupported multiplexing protocol version { $version } (expected { $wanted })
share-check-failed = muxclient: master alive check failed
share-alive-failed = mux_client_request_session: master alive request failed
share-exit-denied = Master refused termination request: { $reason }
share-exit-failed = mux_client_request_terminate: termination request failed: { $reason }
share-stop-denied = Master refused stop listening request: { $reason }
share-stop-failed = mux_client_request_stop_listening: stop listening request failed: { $reason }
share-forward-denied = Master refused forwarding request: { $reason }
share-forward-failed = mux_client_forward: forwarding request failed: { $reason }
share-forwards-failed = muxclient: master forward request failed
share-cancels-failed = muxclient: master cancel forward request failed
share-session-denied = Master refused session request: { $reason }
share-session-failed = mux_client_request_session: session request failed: { $reason }
share-stdio-denied = Master refused stdio forwarding request: { $reason }
share-stdio-failed = Stdio forwarding request failed: { $reason }
share-connection-closed = Shared connection to { $host } closed.
share-no-new-master = Failed to connect to new control master
share-master-says = the master of the shared connection refused: { $reason }
share-master-gone = the master of the shared connection went away
share-master-silent = the master of the shared connection does not answer
share-stranger = the control socket belongs to the user with number { $uid }, who would see everything
share-nonsense = what listens on the control socket is not the master of a shared connection
share-socket-failed = the control socket failed: { $error }
share-hint = -S none connects without it
share-no-syslog = there is no system log ({ $error }): messages go to standard error
