# Connecting, the host, logging in, and the session.

## Connecting and the session

error-client-bad-ssh2-spec = Bad SSH2 { $what } spec '{ $spec }'
error-client-takes = { $keyword } takes: { $family }
error-client-not-here = { $keyword }: tessh does not have { $names }
error-client-left-out = { $keyword }: tessh does not have { $names }; the others are used
error-client-server-did-not-open = the server did not open a session in time
error-client-may-overloaded-try-again = it may be overloaded; try again
error-client-server-refused-open-session = the server refused to open a session: { $said }
error-client-may-allow-forwarding-only = it may allow forwarding only: try -N
error-client-connection-lost = the connection was lost
error-client-server-refused-open-session-2 = the server refused to open a session
error-client-servers-log-may-say = the server's log may say why
error-client-connection-timed-out = { $place }: Connection timed out
error-client-check-host-up-port = check that the host is up and the port is reachable from here
error-client-connect-host-port = connect to host { $host } port { $port }
error-client-local-address-b-bindaddress = local address (-b, BindAddress)
error-client-no-address-try = no address to try
error-client-check-host-port-ssh = check host and port, and that an SSH server listens there
error-client-no-address-family-asked = it has no address of the family asked for
error-client-could-not-resolve-hostname = Could not resolve hostname { $host }: { $why }
error-client-check-spelling-name-service = check the spelling and the name service
error-client-proxy-command-did-not = the proxy command did not start: { $reason }
error-client-check-proxycommand = check ProxyCommand
error-client-server-ended-connection = the server ended the connection: { $said }
error-client-server-could-not-prove = the server could not prove that it holds its host key: its signature is wrong
error-client-somebody-may-between-you = somebody may be between you and the server
error-client-server-sent-bad-packet = the server sent a bad packet: length { $size }
error-client-connection-damaged-or-not = the connection is damaged, or this is not an SSH server
error-client-packet-arrived-corrupted-message = a packet arrived corrupted: message authentication code incorrect
error-client-connection-damaged-or-tampered = the connection is damaged or tampered with; connect again
error-client-server-broke-strict-key = the server broke strict key exchange with message { $message_type }
error-client-timeout-server-not-responding = Timeout, server not responding to keepalives
error-client-serveraliveinterval-serveralivecountmax-set-limit = ServerAliveInterval and ServerAliveCountMax set the limit
error-client-server-accepts-nothing-more = the server accepts nothing more
error-client-connection-closed-server = the connection was closed by the server
error-client-server-sent-message-cannot = the server sent a message that cannot be read ({ $error })
error-client-text-not-utf-8 = text that is not UTF-8 is one cause; the server's log may say more
error-client-no-matching-found-their = no matching { $what } found. Their offer: { $theirs }; ours: { $ours }
error-client-o-name-adds-one = -o { $keyword }=+NAME adds one of theirs where tessh has it
error-client-greeting-line-more-than = its greeting has a line of more than 255 bytes
error-client-http-server-answered = an HTTP server answered
error-client-sent-more-than-20 = it sent more than 20 lines without an SSH greeting
error-client-connection-closed = the connection was closed
error-client-server-speaks-only-ssh = the server speaks only SSH-1 ({ $shown }), which is broken and not supported
error-client-ask-ssh-2-enabled = ask for SSH-2 to be enabled on the server
error-client-protocol-version-not-2 = its protocol version is not 2.0
error-client-identification-unprintable-characters = its identification has unprintable characters
error-client-not-ssh-server = this is not an SSH server: { $what }: "{ $shown }"
error-client-check-host-port = check host and port
error-client-before-any-ssh-greeting = { $how } before any SSH greeting
error-client-check-host-port-server = check host and port; the server may be refusing this address
error-client-before-ssh-greeting-server = { $how } before the SSH greeting; the server said "{ $shown }"
error-client-penalised = the server turns this address away for a while after failed logins; wait some minutes before the next one
error-client-if-overloaded-try-again = if it is overloaded, try again later
error-client-said-nothing = it said nothing
error-client-only-said = it only said "{ $heard }"
error-client-connection-timed-out-during = Connection timed out during banner exchange: { $said }
error-client-check-host-port-or = check host and port, or try again later
error-client-connection-reset-peer = Connection reset by peer
error-client-connection-refused = Connection refused
error-client-connection-timed-out-2 = Connection timed out
error-client-no-route-host = No route to host
error-client-network-unreachable = Network is unreachable
error-client-broken-pipe = Broken pipe
error-client-wrong-passphrase = { $path }: wrong passphrase
error-client-nothing-sent-server = nothing was sent to the server
error-client-enter-passphrase-key = Enter passphrase for key '{ $path }':{" "}
error-client-wrong-passphrase-enter-passphrase = Wrong passphrase. Enter passphrase for key '{ $path }':{" "}
error-client-no-passphrase-given = { $path }: no passphrase given
error-client-needs-passphrase-nobody-can = { $path } needs a passphrase and nobody can be asked
error-client-add-agent-ssh-add = add it to the agent with ssh-add, or run on a terminal without BatchMode
error-client-key-could-not-sign = the key could not sign: { $error }
error-client-no-host-key-algorithm = no host key algorithm was agreed on
error-client-key-exchange-reply-could = its key exchange reply could not be read
error-client-agreed-sent-key-type = it agreed on { $negotiated } and sent a key of type { $key_type }
error-client-agreed-signed = it agreed on { $negotiated } and signed with { $signature }
error-client-not-post-quantum = ** WARNING: connection is not using a post-quantum key exchange algorithm.
error-client-store-now-decrypt-later = ** This session may be vulnerable to "store now, decrypt later" attacks.
error-client-server-may-need-upgrade = ** The server may need to be upgraded. See https://openssh.com/pq.html
error-client-other-post-quantum = not a post-quantum key exchange: the server has { $theirs }, and tessh has { $ours }
error-client-only-plain-zlib = Compression yes: nothing is compressed, for the server has only zlib, which unpacks before the login, and not zlib@openssh.com
error-client-server-could-not-prove-identity = the server could not prove its identity: { $what }
error-client-no-fault-yours-tell = this is no fault of yours: tell the server's administrator
error-client-suspend-tessh = { $escape } [suspend tessh]
error-client-not-available-client = { $escape }: not available in this client
error-client-authenticated = {"  "}{ $kex } { $host_key } { $cipher }, authenticated by { $how }
error-client-pty-allocation-request-failed = PTY allocation request failed on channel 0
error-client-request-failed-channel-0 = { $program } request failed on channel 0
error-client-server-does-not-allow = the server does not allow it for this user
error-client-cannot-write-standard-output = cannot write to standard output: { $reason }
error-client-rest-output-lost = the rest of the output is lost
error-client-key-exchange-took-too = the key exchange took too long
error-client-server-or-network-overloaded = the server or the network is overloaded; try again, or set ConnectTimeout
error-client-servers-rsa-key-only = the server's RSA key has only { $bits } bits
error-client-server-make-key-least = have the server make a key of at least { $least } bits
error-client-stricthostkeychecking-no-passwords-keyboard = { $fact }, and StrictHostKeyChecking is no: passwords, keyboard-interactive and forwarding are off for this connection
error-client-fingerprint-typed-not-one = the fingerprint typed is not the one of this key
error-client-not-confirmed = not confirmed
error-client-no-userknownhostsfile-set-key = no UserKnownHostsFile is set: the key was not saved
error-client-replaced-key-list-known = Replaced the key of { $shown } in the list of known hosts.
error-client-permanently-added-list-known = Permanently added { $shown } to the list of known hosts.
error-client-failed-add-host-list = Failed to add the host to the list of known hosts: { $error }
error-client-host-key-verification-failed = Host key verification failed: { $reason }
error-client-host-certificate-does-not = the host certificate does not count: { $fault }
error-client-no-host-key-known = no { $kind } host key of { $host } is known, only of other types
error-client-host-key-changed = the host key of { $host } changed
error-client-key-changed-offered = the { $kind } key of { $name } changed: { $known }, offered { $offered }
error-client-no-key-known-only = no { $kind } key is known for { $name }, only { $known }; offered { $offered }
error-client-no-host-key-known-nobody = no { $kind } host key is known for { $name }, and nobody can be asked; offered { $offered }
error-client-at = { $kind } { $fingerprint } at { $at }
error-client-known = known { $list }
error-client-ask-servers-administrator-if = ask the server's administrator; if the change is right, remove the old line from { $file }
error-client-key-must-not-trusted = this key must not be trusted; ask the server's administrator
error-client-make-file-readable-or = make that file readable, or name others with UserKnownHostsFile
error-client-connect-once-terminal-compare = connect once on a terminal to compare the fingerprint
error-client-connect-once-terminal-compare-fingerprint = connect once on a terminal to compare the fingerprint, or use -o StrictHostKeyChecking=accept-new
error-client-key-exchange-algorithm = key exchange algorithm
error-client-host-key-algorithm = host key algorithm
error-client-public-key-algorithm = public key algorithm
error-client-key-exchange-method = key exchange method
error-client-host-key-type = host key type
error-client-cipher = cipher
error-client-mac = MAC
error-client-compression = compression
error-client-name-or-service-not-known = Name or service not known
error-client-name-resolution-temporary = Temporary failure in name resolution
error-client-name-without-address = No address associated with hostname
error-client-fingerprint-shown = Host key fingerprint is { $fingerprint }

## Logging in

error-login-no-authentication-method-chosen = no authentication method was chosen
error-login-choose-one-auth = choose one with --auth
error-login-disabled-avoid-man-middle = { $method } is disabled to avoid man-in-the-middle attacks
error-login-hosts-key-changed-settle = the host's key changed; settle that first
error-login-permission-denied = { $label }: Permission denied ({ $list })
error-login-refused = { $wire } with { $credential } was refused
error-login-refused-2 = { $wire } was refused
error-login-server-accepts-check-or = the server accepts { $accepted }: check it, or choose another with --auth
error-login-server-accepts-only-choose = the server accepts only { $accepted }: choose with --auth
error-login-succeeded-further-authentication-required = { $done } succeeded and further authentication is required: --auth { $done },{ $next }
error-login-server-did-not-answer = the server did not answer the authentication request in time
error-login-connection-lost-during-authentication = the connection was lost during authentication
error-login-try-again-servers-log = try again; the server's log may say why
error-login-permission-denied-please-try = Permission denied, please try again.
error-login-s-password = { $label }'s password:{" "}
error-login-server-answered-password-neither = the server answered the password with neither yes nor no; most likely the password has expired and must be changed
error-login-change-another-way-example = change it another way, for example on the server's console, then log in again
error-login-authentication-cancelled = authentication was cancelled
error-login-needs-answer-nobody-can = { $method } needs an answer and nobody can be asked
error-login-run-terminal-without-batchmode = run on a terminal without BatchMode, or use { $instead }
error-login-prompts-once = { $prompts } prompts at once
error-login-more-than-rounds-questions = more than { $limit } rounds of questions
error-login-server-asked-too-much = the server asked too much: { $what }
error-login-use-another-method-auth = use another method with --auth
error-login-no-identity-log-found = no identity to log in with was found
error-login-name-key-file-i = name a key file with -i, or make one with ssh-keygen
error-login-agent-does-not-hold = the agent does not hold { $key }
error-login-agent-holds-no-keys = the agent holds no keys
error-login-add-key-ssh-add = add the key with ssh-add
error-login-no-agent-running-ssh = no agent is running: SSH_AUTH_SOCK is not set
error-login-start-one-ssh-agent = start one with ssh-agent, or choose another method with --auth
error-login-host-certificate = it is a host certificate
error-login-not-valid-yet = it is not valid yet
error-login-expired = it has expired
error-login-key-offered-without = { $place }: { $fault }; the key is offered without it
error-login-no-signature-algorithm-rsa = no signature algorithm for this RSA key is allowed
error-login-pubkeyacceptedalgorithms-must-allow-rsa = PubkeyAcceptedAlgorithms must allow rsa-sha2-512 or rsa-sha2-256
error-login-algorithm-not-accepted = { $path } cannot be used: PubkeyAcceptedAlgorithms does not have { $name }
error-login-add-algorithm = -o PubkeyAcceptedAlgorithms=+{ $name } allows it, or name another key with -i
error-login-public-key-not-known = { $path }: its public key is not known
error-login-name-pub-file-i = name the .pub file with -i
error-login-password-handed-over = the password that was handed over
error-login-password-fd-n-or = --password-fd N or SSH_ASKPASS

## ~? and ~#

escape-terminate-connection = { $c }.   - terminate connection
escape-r-request-rekey = { $c }R   - request rekey
escape-v-v-decrease-increase = { $c }V/v - decrease/increase verbosity (LogLevel)
escape-z-suspend-tessh = { $c }^Z  - suspend tessh
escape-show-connection = { $c }#   - show the connection
escape-message = { $c }?   - this message
escape-send-escape-character-typing = { $c }{ $c }   - send the escape character by typing it twice
escape-note-escapes-are-only = (Note that escapes are only recognized immediately after newline.)
escape-supported-escape-sequences = Supported escape sequences:
escape-following-connections-are-open = The following connections are open:

## KnownHostsCommand

error-command = KnownHostsCommand { $program } { $what }
error-command-hint = mend the command, or go on without: -o KnownHostsCommand=none
error-command-not-started = did not start: { $error }
error-command-no-output = has no output
error-command-failed = failed: { $status }
error-command-exit-status = exit status: { $code }
error-command-too-much = printed more than { $limit } MiB
error-command-unreadable = cannot be read: { $error }
error-command-too-slow = did not end within { $seconds } s

## SSHFP records

sshfp-nothing = No host key fingerprint found in DNS for { $name }.
sshfp-nothing-counts = No SHA-256 host key fingerprint found in DNS for { $name }; { $ignored } others do not count.
sshfp-failed = No host key fingerprint from DNS for { $name }: { $reason }.
sshfp-match = Matching host key fingerprint found in DNS for { $name } ({ $proof }).
sshfp-mismatch = MISMATCHING host key fingerprint found in DNS for { $name } ({ $proof }).
sshfp-other-types = Only fingerprints of other types of host keys found in DNS for { $name } ({ $proof }).
sshfp-secure = secure: validated by DNSSEC, signed by { $zone }
sshfp-insecure = insecure: not proven by DNSSEC, anybody on the way can have written it
sshfp-warning = WARNING: the host key is NOT one that the DNS names for this host!
sshfp-warning-means = Somebody may be pretending to be this host, or its key is new and its SSHFP records are not.
sshfp-rejected = the { $kind } key is not one that the DNS names for { $host } (offered { $offered }; its SSHFP records are validated by DNSSEC)
sshfp-rejected-hint = ask the server's administrator whether its key or its SSHFP records are out of date
sshfp-no-thread = no thread: { $error }
sshfp-broke-off = the look-up broke off
sshfp-late = no answer within { $seconds } s
sshfp-no-sense = { $file } makes no sense
sshfp-not-text = not text
sshfp-no-anchors = { $file } is no list of DNSKEY records: { $why }
sshfp-file-too-long = more than { $limit } KiB
sshfp-file-unreadable = { $file } cannot be read: { $error }
sshfp-bogus = the answer is not what DNSSEC proves; it may be forged
sshfp-server-says = the server says '{ $code }'
sshfp-no-answer = no answer
sshfp-no-server = no server can be reached
sshfp-too-many = more than { $limit } SSHFP records

## Revoked keys

revoked-hint = RevokedHostKeys names that file; ask the server's administrator
revoked-unusable = no key can be accepted: the file of revoked keys { $file } { $reason }
revoked-missing = does not exist
revoked-line-without-key = has no key in line { $line }
revoked-key = the host key { $key } is revoked by { $how }
revoked-authority = the certificate's authority { $key } is revoked by { $how }
revoked-certificate = the certificate for the host key { $key } is revoked by { $file } ({ $how })

## Lines of known_hosts

known-line-more = more bad lines follow; they are not listed
known-line-long = the line has more than { $value } KiB
known-line-damaged = the key is damaged or of an unknown type
known-line-mldsa = keys of type ssh-mldsa44-ed25519 are not supported
known-line-key-missing = not a known_hosts line: the key is missing
known-line-no-key = not a known_hosts line: no key after the host names
known-line-certificate = a certificate stands where a key belongs
known-line-base64 = the key is not valid base64
known-line-cut-short = the key is cut short
known-line-other-type = the key is not of the type that the line names
known-line-marker = unknown marker { $value }
known-line-markers = a line takes one marker only
known-line-control = not a known_hosts line: control characters in the host names
known-line-hash = the hashed host name is damaged

## Key revocation lists

krl-not = not a key revocation list
krl-format = has format { $format }, and only { $known } is known
krl-signed = has a section after a signature
krl-key = the key
krl-sha1 = the key's SHA-1 fingerprint
krl-sha256 = the key's SHA-256 fingerprint
krl-key-id = the certificate's key ID
krl-serial = the certificate's serial number
krl-sha1-length = has a SHA-1 of another length
krl-sha256-length = has a SHA-256 of another length
krl-section = has a section of the unknown kind { $kind }
krl-range = has a range of serials from { $first } to { $last }
krl-certificates = has certificates by the unknown kind { $kind }
krl-bitmap-negative = has a bitmap that is a negative number
krl-bitmap-beyond = has a bitmap beyond the last serial
krl-left-over = has bytes left over
krl-cut-short = is cut short
krl-extension = has the unknown critical extension { $name }
wire-talks-unasked = the server kept sending while no answer was due
wire-chatter = the server kept sending messages that want an answer while keys were exchanged, when none may be given
wire-opens-unanswered = the server opened more than { $limit } channels without waiting for an answer
wire-not-your-fault = this is no fault of yours: tell whoever runs the server
error-login-answer-before-request = the server answered a login request before it was made
error-client-hung-up-in-exchange = the connection was ended in the key exchange ({ $how })
error-client-hung-up-in-exchange-hint = the server, or a firewall or limit of connections before it, does not want this one: its log says why; try again later
error-client-goodbye-cut-short = the server sent a message that ends too early
error-client-goodbye-cut-short-hint = most likely it ended the connection with a reason and left out the language (SSH_MSG_DISCONNECT, RFC 4253), so that the reason cannot be shown; the server's log has it
error-client-addendum-too-long = VersionAddendum has more than { $limit } bytes
error-client-addendum-hint = the identification of a client is one line of at most 255 bytes
