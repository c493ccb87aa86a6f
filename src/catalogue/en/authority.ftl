# Authorities, pinned keys, validity expressions, and why a host key is trusted.

## Validity expressions
validity-fault = { $what }: '{ $part }' at byte { $from }
validity-fault-end = { $what }: at byte { $from }
validity-too-long = the expression is longer than { $limit } bytes
validity-too-deep = more than { $limit } parentheses or ! inside each other
validity-more-text = there is more after the end of the expression
validity-mixed = && and || on either side of this need parentheses
validity-not-closed = the parenthesis before this is not closed
validity-operator = the operators are && and ||
validity-character = this character has no meaning here
validity-expected = a host name, port:N or a parenthesis is expected here
validity-class = this class of characters is not closed or has half a range
validity-port = ports are written port:N or port:N-M
validity-port-large = there is no port above 65535
validity-port-backwards = the first port of a range is the smaller one

## Files of authorities
authority-not-utf-8 = this is not UTF-8 text
authority-too-large = it is larger than { $limit } bytes
authority-too-many = there are more than { $limit } files; none of them counts
authority-writable = other users can write it: it must be yours, and only you may write it
authority-unknown-key = { $key } is not known here, and could be a restriction
authority-missing = { $field } is missing
authority-no-text = { $field } is a text in quotes
authority-no-flag = { $field } is true or false, without quotes
authority-name-empty = the name is empty
authority-name-long = the name is longer than { $limit } bytes
authority-name-control = the name has control characters
authority-key-empty = the key is empty
authority-key-base64 = the key is no base64
authority-key-certificate = a certificate cannot be an authority
authority-key-damaged = the key is damaged
authority-key-other-type = the key is of another type than its first word says
authority-exists = there is an authority { $name } already ({ $file })
authority-exists-hint = --force replaces it
authority-not-written = { $file } cannot be written: { $error }
authority-not-removed = { $file } cannot be removed: { $error }

## Certificates
certificate-authority-is-certificate = what signed it is a certificate itself, and only a plain key can be an authority
certificate-hash-not-permitted = the authority { $shown } signed it with { $hash }, which its record does not permit
certificate-signature-not-permitted = the authority { $shown } signed it with { $algorithm }, which CASignatureAlgorithms does not have
certificate-too-many-principals = it has { $count } principals, more than { $limit }
certificate-no-host = no host
certificate-no-principals = it has no principals, and so is for no host
certificate-always = at any time
certificate-until = until { $before }
certificate-from = from { $after } on
certificate-between = from { $after } until { $before }
certificate-fault = { $fault } (certificate "{ $key_id }", for { $holders }, valid { $period })

## Pinned keys
pin-unreadable = '{ $value }' is no host key and no fingerprint of one
pin-unreadable-hint = such as SHA256:… with 43 characters, sixteen bytes in hexadecimal with colons, or the base64 of the key
pin-too-many = more than { $limit } keys are pinned
pin-mismatch = the { $kind } key { $offered } is none of those that are pinned by { $from } ({ $pins })
pin-mismatch-hint = if the server has the pinned key too, -o HostKeyAlgorithms=… asks for it; else somebody may be in between
pin-of-flag = --host-key
pin-of-profile = the saved session { $name }

## Evidence, one line each
fact-revoked = Marked @revoked at { $at }
fact-forbidden = { $reason }
fact-pinned = Pinned by { $from }: { $pin }
fact-pinned-md5 = Pinned by { $from }: { $pin } (MD5 is out of date; SHA256 is better)
fact-not-pinned = Not one of the { $count } keys that are pinned by { $from }: { $pins }
fact-certified = { $at }: the authority { $authority } signed its certificate "{ $keyid }" for { $holders }, valid { $period }
fact-certified-record = { $at }: the authority { $record } ({ $authority }) signed its certificate "{ $keyid }" for { $holders }, valid { $period }
fact-covered = { $at }: the authority { $authority } covers this host and has not signed this key
fact-covered-record = { $at }: the authority { $record } ({ $authority }) covers this host and has not signed this key
fact-no-authority = It has a certificate, and no authority covers this host
fact-authority-unusable = An authority is not used: { $problem }
fact-known = { $at }: this key
fact-first-use = Nothing is on record for this host

## Why it is trusted
trusted-pinned = the key { $pin } is pinned by { $from }
trusted-certified-record = certified by { $record } ({ $authority }): { $at }
trusted-dns = the DNS names it for { $name }, proved by DNSSEC from { $zone }
trusted-new = new hosts are taken without a question
trust-known-but-certificate = its key is known ({ $at }), and it showed a certificate in place of it
trust-no-entry = no entry for { $host } in known_hosts (offered { $offered })

warning-certificate = The server "{ $host }" has a CERTIFICATE THAT DOES NOT COUNT.
warning-certificate-means = Its key is on record, but an authority that you trust for this host speaks for its keys, and this certificate is not in order. Ask its administrator before you go on.
error-client-certificate-does-not-count = its certificate does not count, and nobody can be asked: { $fault }
error-client-renew-certificate = ask the server's administrator for a certificate that holds; --host-key accepts one key without it

## tessh trust authority
authority-unknown-verb = unknown command of tessh trust authority: { $other } (list, show, add, remove, test)
authority-words-not-utf-8 = the words must be UTF-8
authority-usage = usage: { $line }
authority-none = there are no authorities but those in known_hosts; tessh trust authority add makes one
authority-row-name = name
authority-row-file = file
authority-row-key = key
authority-row-validity = valid for
authority-row-hashes = may sign with
authority-rsa-short = an RSA key of { $bits } bits is no authority; { $least } is the least
authority-name-taken = another file has an authority { $name } already
authority-added = Added { $name } ({ $key }) for { $validity } to { $file }
authority-would-add = Would add { $name } ({ $key }) for { $validity } to { $file }
authority-removed = Removed { $file }
authority-would-remove = Would remove { $file }
authority-no-host = '{ $host }' is no host and port
authority-missing-name = there is no authority { $name }
authority-key-hint = a key as in a .pub file, its base64 alone, or a file with one
authority-key-lines = the file has to have one line with one key
