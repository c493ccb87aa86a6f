# Logging in: the authentication dialog, the challenge dialog, the file picker.

login-title = SSH Authentication
login-to = Logging in to { $host }
login-required = Authentication required.
login-retry = Authentication failed. Please retry.
login-refused = The server refused { $what }.
login-unusable = Nothing was refused, but it could not be used: { $why }
login-further = Further authentication required.
login-so-far = The server took { $what } and wants another method after it.
login-user = User name:
login-user-first = Tab or Enter sends the name and asks which methods the server takes.
login-user-missing = Type a user name.
login-password = Password:
login-passphrase = Passphrase:
login-show = Show what is typed
login-clear = Clear the clipboard after a paste here
login-method-password = Password
login-method-publickey = Key file
login-method-agent = Agent
login-method-keyboard-interactive = Keyboard-interactive
login-note-keyboard-interactive = the server asks
login-note-not-accepted = not accepted by the server
login-note-switched-off = switched off by { $keyword } no
login-note-host-key-changed = off, since the host key changed
login-note-no-agent = no agent is running
login-note-agent-silent = the agent does not answer
login-note-agent-empty = the agent holds no keys
login-note-agent-failed = failed: { $why }
login-note-agent-keys = keys: { $count }
login-note-handed-over = empty: the password that was handed over
login-key-file = Key file:
login-key-file-missing = Name a key file.
login-key-certified = with a certificate
login-key-locked = needs a passphrase
login-key-open = needs no passphrase
login-key-special = it is no regular file
login-empty-password = The password is empty. Enter once more sends it so.
login-key-passphrase = This key needs its passphrase.
login-nothing-sent = Nothing was sent to the server.
login-unlocking = Unlocking the key
login-remember = Remember in memory for this run
login-forward = Forward the agent
login-forward-unavailable = Forward the agent (none is running)
login-browse = Browse
login-disconnect = Disconnect
login-lost = The connection was lost: { $why }

# The same in lines.
login-line-user = User name [{ $user }]:{" "}
login-line-methods = Log in as { $login } with one of:
login-line-method = Method (1-{ $count }) [{ $number }]:{" "}
login-line-unusable = { $method }: { $why }.
login-line-password = { $login }'s password:{" "}
login-line-key-file = Key file:{" "}
login-line-key-file-proposed = Key file [{ $path }]:{" "}
login-line-passphrase = Enter passphrase for key '{ $path }':{" "}
login-line-agent-key = Key of the agent (1-{ $count }) [{ $number }]:{" "}
login-line-remember = Remember it in memory for this run (yes/no) [{ $default }]?{" "}

challenge-title = SSH Authentication Challenge
challenge-asks = The server asks { $login }:
challenge-says = The server says to { $login }:
challenge-answer = Answer:
challenge-show = Show what is typed

files-title = Choose a key file
files-hidden = Show hidden files
files-open = Open
files-directory = directory
files-none = There is nothing here.
files-more = Only the first { $count } entries are shown.
files-unreadable = It cannot be listed: { $why }

# How it went.
login-with = { $method } with { $credential }
login-then = , then{" "}
login-lost-meanwhile = the connection was lost while a question was open
login-dead-end = { $label }: no method that the server accepts can be used here
login-dead-end-accepted = it accepts { $list }
login-off-host-key-changed = the host's key changed
login-off-agent-failed = the agent failed
