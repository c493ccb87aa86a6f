# The security warning about a host key, as a dialog and in lines.

warning-title = SECURITY WARNING
warning-unknown = There is no entry for the server "{ $host }" in your list of known hosts.
warning-unknown-means = This is normal at the first connection. Compare the fingerprint with one from its administrator: another machine could be pretending to be this one.
warning-changed = The server "{ $host }" presented a DIFFERENT KEY than the one in your list of known hosts ({ $place }).
warning-changed-means = Either somebody is pretending to be this server, or its administrator made a new key. Ask the administrator before you go on.
warning-dns = The key that the server "{ $host }" presented is NOT among those that its DNS zone proves by DNSSEC.
warning-other = The server "{ $host }" presented a key of a DIFFERENT TYPE than those in your list of known hosts.
warning-other-means = Its { $kind } key is not on record, only keys of other types. Somebody who pretends to be this server would need no more than that.
warning-hash-sha256 = SHA256
warning-hash-md5 = MD5
warning-offered = { $kind } key of the server:
warning-now = Presented now, { $kind }:
warning-known = On record, { $kind }:
warning-at = in { $place }
warning-compare = Compare with:
warning-same = This is the fingerprint of this key.
warning-differs = This is NOT the fingerprint of this key.
warning-unreadable = Not a whole fingerprint yet: SHA256:..., MD5:... or either without its name.
warning-add = Add this machine and its key to the list of known hosts
warning-replace = Replace the existing key with this new key
warning-then-add = Continue connects and writes the key into your list of known hosts.
warning-then-replace = Continue connects and puts this key in the place of the old one in your list of known hosts.
warning-then-once = Continue connects this once and writes nothing.
warning-then-disconnect = Disconnect ends here: nothing of yours was sent, nothing is written.
warning-since = first written on { $since }
warning-continue = Continue
warning-disconnect = Disconnect
warning-hint-disconnect = disconnect
warning-hint-scroll = scroll

warning-plain-title = SECURITY WARNING: { $text }
warning-plain-offered = Offered: { $kind } key fingerprint is
warning-plain-known = On record: { $kind } key fingerprint is
warning-plain-before = On record
warning-plain-now = Presented now
warning-plain-yes = yes: connect, and write the key into your list of known hosts
warning-plain-once = once: connect this time, and write nothing
warning-plain-no = no: disconnect; nothing of yours was sent, nothing is written
warning-plain-fingerprint = a fingerprint: the same as yes, if it is the key's; else disconnect
warning-plain-ask-new = Are you sure you want to continue connecting (yes/once/no/[fingerprint])?
warning-plain-ask-dns = Type "add" to connect and save the key, "once" to connect without saving, or press Enter to disconnect:
warning-plain-ask-changed = Type "replace" to connect and replace the old key, "once" to connect without saving, or press Enter to disconnect:

# What was looked at.
evidence-name = Looked for { $name }:
evidence-key = { $place }: { $kind } { $fingerprint }
evidence-more-keys = { $file }: { $count } more keys
evidence-nothing = { $file }: no entry
evidence-none-of-type = { $file }: no { $kind } key of it
evidence-unread = { $file } was not searched: { $reason }
evidence-skipped = { $file }:{ $line } was skipped: { $reason }
evidence-more-skipped = { $file }: { $count } more lines were skipped
evidence-certificate = Its certificate does not count: { $fault }
evidence-dns = { $text }

# The question about announced host keys.
rotation-box-title = HOST KEY ROTATION
rotation-box-new = New, and proved by the server ({ $count }):
rotation-box-obsolete = Obsolete ({ $count }):
rotation-box-key = { $kind } key { $fingerprint }
rotation-box-key-at = { $kind } key { $fingerprint } ({ $place })
rotation-box-ask = Accept these changes?
