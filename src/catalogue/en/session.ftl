# In the middle of a session, and around it.

## ~? and ~#

escape-show-everything = { $c }i   - show everything about the connection
escape-show-lines = { $c }I   - the same as lines, which stay among the output
escape-log-in-once-more = { $c }d   - log in once more, on top of this session
escape-open-session = {"  "}#0 session

## ~i: everything about the connection

information-title = Connection information:
information-user = user
information-address = address
information-address-port = { $address } port { $port }
information-behind-proxy = known to the last host on the way
information-route = route
information-direct = directly, by TCP
information-server = server
information-client = client
information-key-exchange = key exchange
information-strict = { $kex }, strict
information-not-strict = { $kex }, not strict
information-host-key-algorithm = host key algorithm
information-host-key = host key
information-trusted = trusted because
information-cipher-out = cipher to server
information-cipher-in = cipher from server
information-mac-out = MAC to server
information-mac-in = MAC from server
information-mac-implicit = implicit
information-compression-out = compression to server
information-compression-in = compression from server
information-authenticated = authenticated by
information-exchanges = key exchanges
information-sent = sent
information-received = received
information-age = connected for
information-round-trip = round trip
information-no-answer = no answer within a second
information-forwards = forwards
information-forward = forward
information-none = none
information-bytes = { $count } bytes
information-bytes-in-unit = { $size } { $unit } ({ $count } bytes)
information-seconds = { $seconds } s
information-minutes = { $minutes } min { $seconds } s
information-hours = { $hours } h { $minutes } min
information-days = { $days } days { $hours } h

## ~i as a screen

facts-title = Connection information
facts-hint-scroll = scroll
facts-hint-close = close

## Why the host is trusted, in ~i

trusted-known = known: { $at }
trusted-certified = certified by { $authority }: { $at }
trusted-new-taken = new hosts are taken without a question; { $saved }
trusted-not = it is NOT: StrictHostKeyChecking is no
trusted-once = you said so, for this connection
trusted-said = you said so; { $saved }
trusted-saved = saved to { $file }
trusted-not-saved = not saved to { $file }
trusted-nowhere-to-save = not saved: no UserKnownHostsFile is set

## ~d: a second login

again-not-here = { $escape }: not available here
again-too-many = { $escape }: no more than { $most } sessions on top of the first
again-begins = { $escape } [session { $next }, on top of this one]
again-over = [session { $next } { $ended }; this is session { $this } again]
again-ended = ended
again-ended-status = ended with status { $status }
again-ended-signal = ended by signal { $name }
again-failed = failed: { $error }

## Pastes

paste-title = Confirm the paste
paste-count = { $count } lines are to be sent as if you typed them.
paste-count-one = One line is to be sent as if you typed it.
paste-ended = Each ends with Enter.
paste-open = The last one does not end with Enter.
paste-send = Send
paste-hint-line = new line
paste-hint-not = do not send
paste-too-long = [not sent: a paste of more than { $limit } MiB]
paste-not-sent = [the paste was not sent]
paste-lines-one = A paste of 1 line:
paste-lines-many = A paste of { $count } lines:
paste-lines-left-out = (left out)
paste-lines-more = and { $count } more lines
paste-lines-unended = (the last line does not end with Enter)
paste-lines-send = Send { $count }? (yes/no/edit){" "}
paste-lines-this = this line
paste-lines-these = these { $count } lines
paste-lines-which = Line to change (1-{ $count }, Enter when done):{" "}
paste-lines-new = New text (Enter alone leaves it out):{" "}

## Host keys that a server announces

rotation-title = Hostkey rotation: { $line }
rotation-other-keys = "{ $host }" announced other host keys than { $file } has.
rotation-new = new:      { $kind } key { $sha256 } (the server has proved it)
rotation-obsolete = obsolete: { $kind } key { $sha256 } ({ $at })
rotation-ask = accept these changes? (yes/no) [no]:{" "}
rotation-not-updated = host keys were not updated: { $reason }
rotation-too-many = the server announced more than { $limit } host keys: none is considered
rotation-twice = the server announced a host key twice: none is considered
rotation-unproved = Server failed to confirm ownership of private host keys
rotation-changed = the known_hosts file was changed by another program meanwhile
rotation-tries-again = nothing was changed; the next connection tries again
rotation-read-only = the host no longer has the key at { $at }, a file that is only read: remove that line

## The log and the encoding of a session

log-no-session = -N: there is no session to log
log-none = { $flag }: there is no log
log-none-hint = --log FILE asks for one
log-raw-stamps = a raw log has every byte as it came, and no timestamps
log-raw-stamps-hint = --log-format text has them; --log-timestamp none leaves them out
log-fault = log { $name }: { $why }
log-one-of = { $flag } { $word }: it is one of { $known }
log-name-empty = --log: the file name is empty
log-name-not-utf-8 = --log: the file name is not UTF-8
log-name-fault = log { $name }: { $why }
log-name-percent = % introduces a time as in strftime(3); %% is a percent sign
log-name-long = log { $name }: the name is too long
log-cannot-write = cannot write the log { $name }: { $why }
log-link = it is a symbolic link
log-link-hint = name the file it leads to
log-no-directory = there is no such directory
log-no-directory-hint = make it first
log-pipe-unread = it is a pipe that nobody reads
log-pipe = it is a pipe
log-no-file-hint = a log is a file; --log none is no log
log-disk-full = the disk is full
log-disk-full-hint = make room, or log to another disk
log-ends = the log { $name } ends here: { $error }
log-zone-unknown = the local time zone is not known, times of the log are in UTC: { $error }
encoding-unknown = no encoding is called '{ $name }'
encoding-such-as = such as { $names }
encoding-terminal = --encoding is for a session at a terminal; other data would be changed
encoding-terminal-hint = -t asks for a terminal; iconv(1) converts a file
encoding-not-applied = the encoding of the saved session is not applied: there is no terminal

## A session that rests

session-rested = the session was closed: nothing came or went for { $seconds } seconds
session-rested-hint = ChannelTimeout sets that limit
