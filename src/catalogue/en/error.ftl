# What every failure is made of, the system's words, and what was typed or is configured.

## Everywhere

error-and = {" "}and{" "}
error-parts = { $first }; { $then }

## The operating system

error-os-no-such-file = No such file or directory
error-os-permission-denied = Permission denied
error-os-not-a-directory = Not a directory
error-os-is-a-directory = Is a directory
error-os-exists = File exists
error-os-read-only = Read-only file system
error-os-full = No space left on device
error-os-address-in-use = Address already in use
error-os-address-not-here = Cannot assign requested address

## The destination

error-destination-host-name-empty = the host name is empty
error-destination-host-name-longer-than = the host name is longer than { $limit } bytes
error-destination-host-name-starts = the host name starts with '-'
error-destination-options-come-first = options come first
error-destination-hostname-contains-invalid-characters = hostname contains invalid characters
error-destination-user-name-empty = the user name is empty
error-destination-user-name-longer-than = the user name is longer than { $limit } bytes
error-destination-remote-username-contains-invalid = remote username contains invalid characters
error-destination-bad-port = Bad port '{ $shown }'
error-destination-port-1-65535 = a port is 1 to 65535
error-destination-ssh-destination-no-path = an ssh:// destination has no path
error-destination-end-after-host = end it after the host
error-destination-ssh-destination-no-query = an ssh:// destination has no query or fragment
error-destination-user-ssh-destination-bare = the user in an ssh:// destination has a bare '@'
error-destination-write-40 = write it %40
error-destination-before-address-no = the '[' before the address has no ']'
error-destination-after-only-port-can = after ']' only ':port' can follow
error-destination-several-what-no-ipv6 = several ':' in what is no IPv6 address
error-destination-address-port-are-written = an address and a port are written [address]:port
error-destination-ssh-destination-not-followed = a '%' in an ssh:// destination is not followed by two hexadecimal digits
error-destination-user-name-not-utf = the user name is not UTF-8

## ssh_config

error-config-single-end = a single "%" at the end
error-config-too-long-when-expanded = too long when expanded
error-config-unknown-key = unknown key %{ $token }
error-config-env-var-no-value = env var ${"{"}{ $value }{"}"} has no value
error-config-no-such-user = No such user { $value }
error-config-no-such-file-or = No such file or directory
error-config-more-than-configuration-files = more than { $limit } configuration files
error-config-not-read = { $value } is not read: { $reason }
error-config-larger-than-bytes = larger than { $limit } bytes
error-config-bad-owner-or-permissions = Bad owner or permissions on { $value }
error-config-must-yours-only-you = it must be yours, and only you may write it: chmod go-w
error-config-nul-byte = { $origin }: a NUL byte
error-config-not-utf-8 = { $origin }: not UTF-8
error-config-terminating-bad-configuration-options = { $file }: terminating, { $count } bad configuration options
error-config-line = { $file }: line { $line }: { $unknown }
error-config-include-deeper-than-files = { $origin }: Include: deeper than { $limit } files
error-config-does-file-include-itself = does a file include itself?
error-config-include = { $origin }: Include: { $fault }
error-config-bad-include-path = bad include path { $arg }
error-config-cant-open-user-config = Can't open user config file { $value }: { $reason }
error-config-missing-option = { $origin }: Missing option
error-config-written-o-keyword-value = it is written -o Keyword=value
error-config-directive-not-supported-command = { $keyword } directive not supported as a command-line option
error-config-more-than = { $origin }: { $keyword }: more than { $limit }
error-config-bad-configuration-option = Bad configuration option: { $name }
error-config-invalid-quotes = invalid quotes
error-config-auth-unknown-method = --auth: unknown method '{ $value }'
error-config-one = one of { $known }
error-config-auth-more-than-methods = --auth: more than { $limit } methods
error-config-no-method-preferredauthentications-can = no method of PreferredAuthentications { $words } can be used
error-config-auth-method-names-one = --auth METHOD names one
error-config-switched-off-no = { $source }: { $method } is switched off by { $keyword } no
error-config-o-yes-switches = -o { $keyword }=yes switches it on
error-config-o-goes-without = -o { $name }={ $off } goes on without
error-config-invalid-number-connectionattempts = Invalid number of ConnectionAttempts
error-config-missing-argument = Missing argument.
error-config-extra-arguments-end-line = extra arguments at end of line ("{ $args }")
error-config-unsupported-option = unsupported option "{ $first }".
error-config-invalid-environment-name = Invalid environment name.
error-config-none-argument-must-appear = "none" argument must appear alone.
error-config-integer-value-invalid = integer value invalid.
error-config-integer-value-too-small = integer value too small.
error-config-integer-value-too-large = integer value too large.
error-config-invalid-time-value = invalid time value '{ $value }'
error-config-unsupported-log-level = unsupported log level '{ $value }'
error-config-bad-escape-character = Bad escape character.
error-config-bad-number = Bad number '{ $first }'
error-config-rekeylimit-too-small = RekeyLimit too small
error-config-invalid-setenv = Invalid SetEnv.
error-config-addresses-are-not-checked = addresses are not checked, as in newer versions of ssh
error-config-both-fingerprints-are-shown = both fingerprints are shown wherever one is
error-config-host-based-authentication-not = host-based authentication is not supported
error-config-server-chooses-devices = the server chooses the devices
error-config-keystroke-timing-not-obscured = keystroke timing is not obscured by this version
error-config-pkcs-11-not-supported = PKCS#11 is not supported
error-config-proxy-passes-descriptor-not = a proxy that passes a descriptor is not supported
error-config-tunnel-devices-are-not = tunnel devices are not supported
error-config-gssapi-not-supported = GSSAPI is not supported
error-config-belongs-ssh-1-which = it belongs to SSH-1, which is not supported
error-config-place = { $file } line { $line }
error-config-profile = profile { $name }
error-config-brace-not-closed = "${"{"}" has no "{"}"}"

## The command line

error-cli-unknown-option = unknown option -- { $shown }
error-cli-see-tessh-help = see tessh --help
error-cli-option-requires-argument = option requires an argument -- { $letter }
error-cli-unknown-option-2 = unknown option --{ $shown }
error-cli-option-takes-no-argument = option takes no argument: { $flag }
error-cli-option-requires-argument-2 = option requires an argument: { $flag }
error-cli-cannot-specify = Cannot specify { $name } with { $other }
error-cli-profile-names-host-none = --profile names the host, so none is typed beside it
error-cli-put-profile-first-word = put --profile first; a word after it is the command
error-cli-no-host-named = no host is named
error-cli-password-fd-descriptor-number = --password-fd: a descriptor is a number
error-cli-such-3 = such as 3
error-cli-not-utf-8 = { $what }: not UTF-8
error-cli-cannot-set-up-terminal = cannot set up the terminal: { $error }
error-cli-couldnt-open-logfile = Couldn't open logfile { $path }: { $error }
error-cli-lang-no-such-language = --lang { $value }: no such language here
error-cli-there-are-en-ja = there are en and ja
error-cli-you-must-specify-subsystem = You must specify a subsystem to invoke.
error-cli-such-s-host-sftp = such as -s host sftp
error-cli-tessh-sessions-connecting-not = { $flag } is for tessh sessions; connecting is not forced
error-cli-cannot-execute-command-line = Cannot execute command-line and remote command.
error-cli-o-remotecommand-none-leaves = -o RemoteCommand=none leaves the one of the command line
error-cli-n-command-not-run = -N: the command is not run
error-cli-no-saved-session-called = no saved session is called '{ $name }'
error-cli-tessh-sessions-list-names = tessh sessions list names them all
error-cli-near = near it: { $near }
error-cli-profile-line-not-known = profile { $name } line { $line }: { $key } is not known, and not applied
error-cli-command-not-utf-8 = the command is not UTF-8
error-cli-working-directory-not-utf = { $value }: the working directory is not UTF-8
error-cli-give-path-from-root = give the path from the root
error-cli-not-part-version = { $other } is not part of this version
error-cli-tessh-help-lists-what = tessh help lists what is
error-cli-cannot-start = cannot start: { $error }
error-cli-tessh-stopped-because-fault = tessh stopped because of a fault in it
error-cli-open-descriptor-calling-shell = open the descriptor in the calling shell, for example { $flag } 3 3<file
error-cli-what-read-not-utf = what is read is not UTF-8
error-cli-unsupported-query = Unsupported query "{ $query }"
error-cli-q-takes = -Q takes cipher, cipher-auth, compression, kex, key, key-cert, key-plain, key-sig, mac, protocol-version, or one of the keywords that take such a list
error-cli-standard-output = standard output
error-cli-standard-error = standard error
error-cli-standard-input = standard input
error-cli-the-terminal = the terminal
error-cli-connection-closed = Connection to { $host } closed.
error-cli-cannot-use = cannot use { $what }: { $error }
error-cli-pseudo-terminal-will-not = Pseudo-terminal will not be allocated because stdin is not a terminal.
error-cli-port = { $hostname } port { $port }
error-cli-destination-not-utf-8 = the destination: not UTF-8
error-cli-ssh-protocol-v-1 = SSH protocol v.1 is no longer supported
error-cli-completions-shell = completions are for a shell
error-cli-completions-shells = tessh completions bash, zsh or fish
error-cli-usage = usage: tessh [options] [user@]host[:port] [command [argument ...]]

## The terminal

error-terminal-what-typed-not-utf = what was typed is not UTF-8
error-terminal-line-too-long = the line is too long

## The demonstration

error-demo-cannot-make-key = cannot make a key: { $error }

## The environment

error-cli-no-host = no host is named
error-cli-dns-server = TESSH_DNS_SERVER: '{ $shown }' is no address
error-cli-dns-server-hint = write it with its port, as in 192.0.2.1:53 or [2001:db8::1]:53
error-demo-loopback = the demo server listens on loopback only
error-demo-loopback-hint = use 127.0.0.1 or ::1
error-demo-cannot-listen = the demo server cannot listen: { $error }
error-demo-cannot-listen-hint = another program may have the port; port 0 takes any free one
