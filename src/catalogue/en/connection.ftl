# New connection, on the full screen and in lines.

connection-title = New connection
connection-host = Host:
connection-port = TCP port:
connection-family = Addresses:
connection-any-family = Auto
connection-confirm-paste = Confirm pastes of several lines
connection-connect = Connect
connection-connect-to = Connect to { $name }
connection-save = Save as
connection-help = Help
connection-leave = Leave
connection-recent = recent
connection-broken = ! cannot be used: { $why }
connection-nothing = Type a host, or choose one from the list.
connection-gone = The file of this session is gone.
connection-only-sessions = Only a saved session can be edited or duplicated; n saves this one as a session.
connection-saved = Saved as { $name }.
connection-removed = { $name } was removed.
connection-hint-edit = edit
connection-hint-duplicate = duplicate
connection-hint-remove = remove
connection-hint-save = save as
connection-hint-help = help
connection-hint-scroll = scroll

connection-save-title = Save as a session
connection-duplicate-title = Duplicate { $name }
connection-name = Name:
connection-name-taken = There is a saved session of this name already. Choose another one.
connection-save-now = Save

connection-remove-title = Remove
connection-remove-session = Remove the saved session { $name }? Its file is deleted.
connection-remove-recent = Remove { $name } from the list of recent hosts?
connection-remove = Remove

connection-edit-title = Edit { $name }
connection-edit-lists = Several values are separated by blanks; a value with blanks stands in quotes. An empty field is left out of the file.
connection-field-fault = { $label } { $why }
connection-overwrite-title = Changed by somebody else
connection-overwrite-question = The file was changed since it was read here, perhaps in another editor. Write over what was changed there? What you typed is still in the form if you answer No.
connection-overwrite = Overwrite
connection-discard-title = Not saved
connection-discard-question = What you changed has not been saved. Leave without saving?
connection-discard = Leave without saving
connection-pty-unset = as usual
connection-wants-port = a port is a number from 1 to 65535
connection-wants-number = it is a whole number
connection-wants-quotes = a quote is not closed
connection-wants-yes-or-no = yes or no is wanted
connection-wants-pairs = each is written NAME=value

connection-field-host = Host:
connection-field-port = Port:
connection-field-user = User:
connection-field-method = Method or chain:
connection-field-identity = Key files:
connection-field-certificate = Certificates:
connection-field-known-hosts = known_hosts files:
connection-field-fingerprints = Fingerprints:
connection-field-jump = Jump hosts:
connection-field-proxy-command = Proxy command:
connection-field-command = Remote command:
connection-field-pty = Terminal:
connection-field-options = Other options:
connection-field-encoding = Encoding:
connection-field-log = Log file:
connection-field-log-format = Log format:
connection-field-log-timestamp = Log times:
connection-field-confirm-paste = Confirm pastes:
connection-field-note = Note:
connection-field-tags = Tags:
connection-field-local = Local forwards:
connection-field-remote = Remote forwards:
connection-field-dynamic = Dynamic forwards:
connection-field-environment = Environment:
connection-field-interval = Keepalive, seconds:
connection-field-count = Keepalive, count:
connection-field-kex = Key exchange:
connection-field-host-key = Host key types:
connection-field-cipher = Ciphers:
connection-field-mac = MACs:

connection-help-title = Help: New connection
connection-help-host = The host field
connection-help-host-text =
    takes host, user@host, user@host:port, [IPv6]:port, ssh://user@host:port, the name of a saved session, or a whole line as typed in a shell: ssh -p 2222 -J gate user@host. Enter connects to what is typed. While you type, the list below shows what you may mean.
connection-help-list = The list
connection-help-list-text =
    has the saved sessions, then the hosts reached before, the newest first. Tab or the down arrow goes there; Enter connects to the one chosen. Any letter that is not a key of the list goes on typing in the host field. Port and addresses, where given, count for sessions too.
connection-help-keys = Keys in the list
connection-help-keys-text =
    e edits a saved session, d duplicates it under another name, Del removes it, n saves what is in the fields as a new session, ? shows this help (F1 everywhere). Esc leaves.
connection-help-files = Files
connection-help-files-text =
    A saved session is a TOML file in ~/.config/tessh/sessions; comments in it are kept. Recent hosts are in ~/.local/state/tessh/history. Neither ever has a password or passphrase.

connection-lines-sessions = Saved sessions (tessh sessions changes them):
connection-lines-recent = Recent hosts:
connection-lines-more = and { $count } more; a name can be typed too
connection-lines-ask = Host or number (empty to leave):{" "}

## What cannot be connected with

connection-terminal-fault = the terminal cannot be used: { $error }
connection-open-quote = the line has a quote that is not closed
connection-open-quote-hint = close it
connection-other-verb = tessh { $verb } does not connect
connection-other-verb-hint = leave, and type it in the shell
connection-no-place = { $flag } has no place here
connection-no-place-hint = leave, and type the line in the shell
connection-two-ports = two ports are given, { $one } and { $other }
connection-two-ports-hint = empty the field of the port, or take it out of the host
connection-two-families = IPv4 and IPv6 are both asked for alone
connection-two-families-hint = Auto takes either
connection-link-nowhere = the file is a link that leads nowhere, or gone
