# tessh sessions, tessh demo and tessh keygen.

## tessh sessions

sessions-sessions-not-part-version = sessions { $verb } is not part of this version
sessions-tessh-sessions-save-name = tessh sessions save NAME [user@]host saves one
sessions-unknown-command-sessions = unknown command: sessions { $other }
sessions-tessh-sessions-list-show = tessh sessions list, show, save or remove
sessions-name-saved-session-utf = the name of a saved session is UTF-8
sessions-unknown-option = unknown option { $word }
sessions-sessions-takes-one-name = sessions { $what } takes one name
sessions-tessh-sessions-name = tessh sessions { $what } NAME
sessions-sessions-list-takes-no = sessions list takes no name
sessions-tessh-sessions-show-name = tessh sessions show NAME
sessions-tessh-there-are-no = tessh: there are no saved sessions; { $hint }
sessions-tessh-line-not-known = tessh: line { $line }: { $key } is not known, and not applied
sessions-replace-saved-session-y = Replace the saved session '{ $shown }' ({ $there })? [y/N]{" "}
sessions-there-saved-session-already = there is a saved session '{ $shown }' already
sessions-tessh-saved = tessh: saved '{ $value }' as { $shown_path }
sessions-name-comes-first = the name comes first
sessions-sessions-save-takes-name = sessions save takes a name and a host
sessions-no-place-saved-session = { $flag } has no place in a saved session
sessions-what-follows-before-uri = what follows ':' before '@' in a URI is a password, which is not saved
sessions-tessh-sessions-save-name-ssh = tessh sessions save NAME ssh://user@host
sessions-there-no-working-directory = there is no working directory: { $error }
sessions-remove-saved-session-y = Remove the saved session '{ $shown }'? [y/N]{" "}
sessions-removing-saved-session-asked = removing a saved session is asked about
sessions-goes-without-question = { $instead } goes on without a question
sessions-nothing-changed = nothing was changed

## tessh demo

demo-tessh-demo-takes-no = tessh demo takes no arguments but --serve
demo-tessh-demo-needs-terminal = tessh demo needs a terminal
demo-tessh-demo-serve-runs = tessh demo --serve runs only the server
demo-no-temporary-directory = no temporary directory: { $error }
demo-ssh-server-your-own =
    An SSH server of your own runs on { $address }, for this demonstration only.

    user      { $user }
    password  { $password }
    key       { $key }
    host key  { $kind } { $fingerprint }

    from another window:
    {"  "}tessh -p { $port } -i { $key } { $user }@{ $ip }

## tessh keygen

keygen-work-broken-off = the work was broken off
keygen-enter-passphrase = Enter passphrase for "{ $value }":{" "}
keygen-b-ignored-ed25519-key = -b is ignored: an Ed25519 key always has 256 bits
keygen-generating-public-private-key = Generating public/private { $kind_name } key pair.
keygen-enter-passphrase-empty-no = Enter passphrase (empty for no passphrase):{" "}
keygen-your-identification-been-saved =
    Your identification has been saved in { $private }
    Your public key has been saved in { $public }
    The key fingerprint is:
    { $fingerprint } { $comment }
    The key's randomart image is:
    { $picture }
keygen-enter-file-which-save = Enter file in which to save the key
keygen-cannot-create = cannot create { $directory }: { $error }
keygen-where-private-key-should = where the private key should go is not said
keygen-name-new-file-output = name a new file with --output
keygen-certificate-inside-not-new = the certificate inside '{ $value }' is not in the new file
keygen-your-identification-been-saved-2 = Your identification has been saved in { $output }
keygen-enter-file-which-key = Enter file in which the key is
keygen-certificate-inside-which-would = '{ $name }' has a certificate inside, which would be lost
keygen-puttygen-p-changes-passphrase = puttygen -P changes its passphrase
keygen-puttys-format-no-rounds = -a: PuTTY's format has no rounds of bcrypt
keygen-leave-out = leave it out
keygen-enter-old-passphrase = Enter old passphrase:{" "}
keygen-key-comment = Key has comment '{ $comment }'
keygen-enter-new-passphrase-empty = Enter new passphrase (empty for no passphrase):{" "}
keygen-your-identification-been-saved-new = Your identification has been saved with the new passphrase.
keygen-looking-primes-bits-s = Looking for primes for { $bits } bits: { $seconds } s
keygen-no-key-could-made = no key could be made
keygen-enter-same-passphrase-again = Enter same passphrase again:{" "}
keygen-passphrases-do-not-match = Passphrases do not match.  Try again.
keygen-really-without-passphrase-y = Really without a passphrase? (y/n){" "}
keygen-no-passphrase-agreed = no passphrase was agreed on
keygen-key-file-encrypted = key file '{ $file }' is encrypted
keygen-without-terminal-passphrase-fd = without a terminal, --passphrase-fd gives its passphrase
keygen-bad-passphrase-try-again = Bad passphrase, try again.
keygen-already-exists-overwrite-y =
    { $value } already exists.
    Overwrite (y/n)?{" "}
keygen-left = '{ $value }' is left as it was
keygen-no-file-named = no file is named
keygen-name-one-f = name one with -f
keygen-there-no-terminal-ask = there is no terminal to ask for a passphrase
keygen-passphrase-fd-gives-one = --passphrase-fd gives one, and -N '' is none for a new key
keygen-cancelled-nothing-written = cancelled; nothing was written
keygen-not-option = { $word }: not an option
keygen-name-file-f = name a file with -f
keygen-option = option -- { $letter }
keygen-option-2 = option --{ $value }
keygen-cannot-specify-o = Cannot specify { $name } with -O
keygen-new-key-written-openssh = a new key is written as openssh or ppk
keygen-leave-t-out-convert = leave -t out to convert the key of -f
keygen-goes = { $name } goes with { $what }
keygen-o-unknown-format = -O { $value }: unknown format
keygen-openssh-ppk-public-rfc4716 = openssh, ppk, public, rfc4716 or fingerprint
keygen-e-unknown-hash = -E { $value }: unknown hash
keygen-sha256-or-md5 = sha256 or md5
keygen-m-not-supported = -m { $value }: not supported
keygen-rfc4716-private-keys-pem = RFC4716; private keys in PEM and PKCS8 are read by -O without it
keygen-c-comment-no-control = -C: a comment has no control characters
keygen-c-comment-most-characters = -C: a comment has at most { $limit } characters
keygen-file-no-name = { $name }: the file has no name
keygen-not-number-takes = { $name } { $shown }: not a number that it takes
keygen-unknown = unknown { $what }
keygen-see-tessh-keygen-help = see tessh keygen --help
keygen-new-key-alone = a new key alone
keygen-new-key-or-o = a new key or -O alone
keygen-l-or-o-fingerprint = -l or -O fingerprint alone
keygen-new-passphrase = a new passphrase
keygen-new-key-p-or = a new key, -p or -O
keygen-o-e-i-or = -O, -e, -i, -r or -y

## tessh keygen -r

keygen-sshfp-no-number = SSHFP records have no number for keys of type { $kind }
keygen-sshfp-no-number-hint = host keys are of type ed25519, ecdsa or rsa
keygen-no-host-keys = this machine has no host keys in /etc/ssh
keygen-no-host-keys-hint = name a key with -f
