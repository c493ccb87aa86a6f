//! Authorities, pinned keys, validity expressions, and why a host key is trusted.

texts! {
    // Validity expressions
    validity_fault(what, part, from)
        en "{what}: '{part}' at byte {from}"
        ja "{what}: 「{part}」 ({from} バイト目)"
    validity_fault_end(what, from)
        en "{what}: at byte {from}"
        ja "{what} ({from} バイト目)"
    validity_too_long(limit)
        en "the expression is longer than {limit} bytes"
        ja "式が {limit} バイトを超えています"
    validity_too_deep(limit)
        en "more than {limit} parentheses or ! inside each other"
        ja "括弧または ! の入れ子が {limit} 段を超えています"
    validity_more_text
        en "there is more after the end of the expression"
        ja "式の終わりの後に余分な文字があります"
    validity_mixed
        en "&& and || on either side of this need parentheses"
        ja "この部分の両側の && と || には括弧が必要です"
    validity_not_closed
        en "the parenthesis before this is not closed"
        ja "この部分の前の括弧が閉じていません"
    validity_operator
        en "the operators are && and ||"
        ja "演算子は && と || です"
    validity_character
        en "this character has no meaning here"
        ja "この文字はここでは使えません"
    validity_expected
        en "a host name, port:N or a parenthesis is expected here"
        ja "ここにはホスト名、port:N、または括弧が必要です"
    validity_class
        en "this class of characters is not closed or has half a range"
        ja "文字クラスが閉じていないか、範囲が不完全です"
    validity_port
        en "ports are written port:N or port:N-M"
        ja "ポートは port:N または port:N-M と書きます"
    validity_port_large
        en "there is no port above 65535"
        ja "65535 を超えるポートはありません"
    validity_port_backwards
        en "the first port of a range is the smaller one"
        ja "ポートの範囲は小さい方を先に書きます"

    // Files of authorities
    authority_not_utf_8
        en "this is not UTF-8 text"
        ja "UTF-8 のテキストではありません"
    authority_too_large(limit)
        en "it is larger than {limit} bytes"
        ja "{limit} バイトを超えています"
    authority_too_many(limit)
        en "there are more than {limit} files; none of them counts"
        ja "ファイルが {limit} 個を超えているため、どれも使いません"
    authority_too_many_records(limit)
        en "there are more than {limit} records; none of them counts"
        ja "記録が {limit} 個を超えているため、どれも使いません"
    authority_writable
        en "other users can write it: it must be yours, and only you may write it"
        ja "ほかのユーザーが書き込めます。自分の所有とし、自分だけが書き込めるようにしてください"
    authority_unknown_key(key)
        en "{key} is not known here, and could be a restriction"
        ja "{key} という項目はありません。制限の指定かもしれないため使いません"
    authority_missing(field)
        en "{field} is missing"
        ja "{field} がありません"
    authority_no_text(field)
        en "{field} is a text in quotes"
        ja "{field} は引用符で囲んだテキストです"
    authority_no_flag(field)
        en "{field} is true or false, without quotes"
        ja "{field} は引用符なしの true または false です"
    authority_name_empty
        en "the name is empty"
        ja "名前が空です"
    authority_name_long(limit)
        en "the name is longer than {limit} bytes"
        ja "名前が {limit} バイトを超えています"
    authority_name_control
        en "the name has control characters"
        ja "名前に制御文字があります"
    authority_key_empty
        en "the key is empty"
        ja "鍵が空です"
    authority_key_base64
        en "the key is not base64"
        ja "鍵が base64 ではありません"
    authority_key_certificate
        en "a certificate cannot be an authority"
        ja "証明書は認証局になれません"
    authority_key_damaged
        en "the key is damaged"
        ja "鍵が壊れています"
    authority_key_other_type
        en "the key is of another type than its first word says"
        ja "鍵の種類が先頭の語と異なります"
    authority_exists(name, file)
        en "there is an authority {name} already ({file})"
        ja "認証局 {name} はすでにあります ({file})"
    authority_exists_hint
        en "--force replaces it"
        ja "--force で置き換えられます"
    authority_not_written(file, error)
        en "{file} cannot be written: {error}"
        ja "{file} に書き込めません: {error}"
    authority_not_removed(file, error)
        en "{file} cannot be removed: {error}"
        ja "{file} を削除できません: {error}"

    // Certificates
    certificate_authority_is_certificate
        en "what signed it is a certificate itself, and only a plain key can be an authority"
        ja "署名したものが証明書です。認証局になれるのは鍵だけです"
    certificate_hash_not_permitted(shown, hash)
        en "the authority {shown} signed it with {hash}, which its record does not permit"
        ja "認証局 {shown} の署名は {hash} で、その設定では認められていません"
    certificate_signature_not_permitted(shown, algorithm)
        en "the authority {shown} signed it with {algorithm}, which CASignatureAlgorithms does not have"
        ja "認証局 {shown} の署名は {algorithm} で、CASignatureAlgorithms にありません"
    certificate_too_many_principals(count, limit)
        en "it has {count} principals, more than {limit}"
        ja "プリンシパルが {count} 個あり、{limit} 個を超えています"
    certificate_no_host
        en "no host"
        ja "対象のホストなし"
    certificate_no_principals
        en "it has no principals, and so is for no host"
        ja "プリンシパルがないため、どのホストにも有効ではありません"
    certificate_always
        en "at any time"
        ja "無期限"
    certificate_until(before)
        en "until {before}"
        ja "{before} まで"
    certificate_from(after)
        en "from {after} on"
        ja "{after} から"
    certificate_between(after, before)
        en "from {after} until {before}"
        ja "{after} から {before} まで"
    certificate_fault(fault, key_id, holders, period)
        en "{fault} (certificate \"{key_id}\", for {holders}, valid {period})"
        ja "{fault} (証明書「{key_id}」、対象 {holders}、有効期間 {period})"

    // Pinned keys
    pin_unreadable(value)
        en "'{value}' is neither a host key nor the fingerprint of one"
        ja "「{value}」はホスト鍵でもそのフィンガープリントでもありません"
    pin_unreadable_hint
        en "such as SHA256:… with 43 characters, sixteen bytes in hexadecimal with colons, or the base64 of the key"
        ja "SHA256:… (43 文字)、コロン区切りの 16 進数 16 バイト、または鍵の base64 を指定してください"
    pin_too_many(limit)
        en "more than {limit} keys are pinned"
        ja "固定した鍵が {limit} 個を超えています"
    pin_mismatch(kind, offered, from, pins)
        en "the {kind} key {offered} is none of those that are pinned by {from} ({pins})"
        ja "{kind} 鍵 {offered} は {from} で固定した鍵 ({pins}) のどれでもありません"
    pin_mismatch_hint
        en "if the server has the pinned key too, -o HostKeyAlgorithms=… asks for it; else somebody may be in between"
        ja "サーバーが固定した鍵も持っているなら -o HostKeyAlgorithms=… で要求できます。そうでなければ通信に割り込まれている可能性があります"
    pin_of_flag
        en "--host-key"
        ja "--host-key"
    pin_of_profile(name)
        en "the saved session {name}"
        ja "保存済みセッション {name}"

    // Evidence, one line each
    fact_revoked(at)
        en "Marked @revoked at {at}"
        ja "{at} で @revoked とされています"
    fact_pinned(from, pin)
        en "Pinned by {from}: {pin}"
        ja "{from} で固定した鍵です: {pin}"
    fact_pinned_md5(from, pin)
        en "Pinned by {from}: {pin} (MD5 is out of date; SHA256 is better)"
        ja "{from} で固定した鍵です: {pin} (MD5 は古い方式です。SHA256 をお勧めします)"
    fact_not_pinned(count, from, pins)
        en "Not one of the {count} keys that are pinned by {from}: {pins}"
        ja "{from} で固定した {count} 個の鍵のどれでもありません: {pins}"
    fact_certified(at, authority, key_id, holders, period)
        en "{at}: the authority {authority} signed its certificate \"{key_id}\" for {holders}, valid {period}"
        ja "{at}: 認証局 {authority} が証明書「{key_id}」に署名しています。対象 {holders}、有効期間 {period}"
    fact_certified_record(at, record, authority, key_id, holders, period)
        en "{at}: the authority {record} ({authority}) signed its certificate \"{key_id}\" for {holders}, valid {period}"
        ja "{at}: 認証局 {record} ({authority}) が証明書「{key_id}」に署名しています。対象 {holders}、有効期間 {period}"
    fact_covered(at, authority)
        en "{at}: the authority {authority} covers this host and has not signed this key"
        ja "{at}: 認証局 {authority} はこのホストを対象としていますが、この鍵には署名していません"
    fact_covered_record(at, record, authority)
        en "{at}: the authority {record} ({authority}) covers this host and has not signed this key"
        ja "{at}: 認証局 {record} ({authority}) はこのホストを対象としていますが、この鍵には署名していません"
    fact_no_authority
        en "It has a certificate, and no authority covers this host"
        ja "証明書がありますが、このホストを対象とする認証局がありません"
    fact_authority_unusable(problem)
        en "An authority is not used: {problem}"
        ja "使えない認証局があります: {problem}"
    fact_known(at)
        en "{at}: this key"
        ja "{at}: この鍵です"
    fact_first_use
        en "Nothing is on record for this host"
        ja "このホストの登録はありません"
    fact_loopback(address)
        en "NoHostAuthenticationForLocalhost takes any key at {address}, which is this machine"
        ja "NoHostAuthenticationForLocalhost により、このマシン自身（{address}）の鍵は確かめません"

    // Why it is trusted
    trust_known_but_certificate(at)
        en "its key is known ({at}), and it showed a certificate in place of it"
        ja "鍵は登録済みです ({at}) が、代わりに証明書が提示されました"
    trust_no_entry(host, offered)
        en "no entry for {host} in known_hosts (offered {offered})"
        ja "known_hosts に {host} の登録がありません (提示された鍵 {offered})"
    trusted_pinned(pin, from)
        en "the key {pin} is pinned by {from}"
        ja "{from} で固定した鍵: {pin}"
    trusted_certified_record(record, authority, at)
        en "certified by {record} ({authority}): {at}"
        ja "認証局 {record} ({authority}) の証明書: {at}"
    trusted_dns(name, zone)
        en "the DNS names it for {name}, proved by DNSSEC from {zone}"
        ja "DNS の {name} に登録済み (DNSSEC で {zone} から証明)"
    trusted_new
        en "new hosts are taken without a question"
        ja "新しいホストを確認なしで受け入れる設定です"
    trusted_known(at)
        en "known: {at}"
        ja "登録済み: {at}"
    trusted_certified(authority, at)
        en "certified by {authority}: {at}"
        ja "認証局 {authority} の証明書: {at}"
    trusted_new_taken(saved)
        en "new hosts are taken without a question; {saved}"
        ja "新しいホストを確認なしで受け入れる設定です。{saved}"
    trusted_not
        en "it is NOT: StrictHostKeyChecking is no"
        ja "信頼できていません: StrictHostKeyChecking が no です"
    trusted_once
        en "you said so, for this connection"
        ja "この接続に限り、あなたが承認しました"
    trusted_said(saved)
        en "you said so; {saved}"
        ja "あなたが承認しました。{saved}"
    trusted_saved(file)
        en "saved to {file}"
        ja "{file} に保存済み"
    trusted_not_saved(file)
        en "not saved to {file}"
        ja "{file} に保存できませんでした"
    trusted_nowhere_to_save
        en "not saved: no UserKnownHostsFile is set"
        ja "UserKnownHostsFile の指定がないため未保存"
    trusted_loopback
        en "NoHostAuthenticationForLocalhost takes any key of this machine"
        ja "NoHostAuthenticationForLocalhost により、このマシン自身の鍵は確かめない"

    // tessh trust authority
    authority_unknown_verb(other)
        en "unknown command of tessh trust authority: {other} (list, show, add, remove, test)"
        ja "tessh trust authority に {other} という操作はありません (list, show, add, remove, test)"
    authority_words_not_utf_8
        en "the words must be UTF-8"
        ja "引数は UTF-8 で指定してください"
    authority_usage(line)
        en "usage: {line}"
        ja "使い方: {line}"
    authority_none
        en "there are no authorities but those in known_hosts; tessh trust authority add makes one"
        ja "known_hosts 以外に認証局の登録はありません。tessh trust authority add で追加できます"
    authority_row_name
        en "name"
        ja "名前"
    authority_row_file
        en "file"
        ja "ファイル"
    authority_row_key
        en "key"
        ja "鍵"
    authority_row_validity
        en "valid for"
        ja "有効範囲"
    authority_row_hashes
        en "may sign with"
        ja "署名方式"
    authority_rsa_short(bits, least)
        en "an RSA key of {bits} bits cannot be an authority; {least} is the least"
        ja "{bits} ビットの RSA 鍵は認証局にできません。{least} ビット以上が必要です"
    authority_name_taken(name)
        en "another file has an authority {name} already"
        ja "認証局 {name} は別のファイルに登録済みです"
    authority_added(name, key, validity, file)
        en "Added {name} ({key}) for {validity} to {file}"
        ja "{name} ({key}) を有効範囲 {validity} で {file} に追加しました"
    authority_would_add(name, key, validity, file)
        en "Would add {name} ({key}) for {validity} to {file}"
        ja "{name} ({key}) を有効範囲 {validity} で {file} に追加することになります"
    authority_removed(file)
        en "Removed {file}"
        ja "{file} を削除しました"
    authority_would_remove(file)
        en "Would remove {file}"
        ja "{file} を削除することになります"
    authority_no_host(host)
        en "'{host}' is not a host and port"
        ja "「{host}」はホストとポートの指定ではありません"
    authority_missing_name(name)
        en "there is no authority {name}"
        ja "認証局 {name} はありません"
    authority_key_hint
        en "a key as in a .pub file, its base64 alone, or a file with one"
        ja ".pub ファイルの形式の鍵、その base64、または鍵のファイルを指定してください"
    authority_key_lines
        en "the file has to have one line with one key"
        ja "ファイルには鍵を 1 行だけ書いてください"
}
