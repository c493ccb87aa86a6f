//! tessh trust, and the first line after a login.

texts! {
    sigil_welcome(host, user, how)
        en "authenticated to '{host}' as {user} by {how}"
        ja "「{host}」に {user} として {how} で認証されました"
    sigil_unproved(host, user, how)
        en "'{host}' let {user} in without checking anything (by {how}): whatever asks for a password now is not the login"
        ja "「{host}」は何も確認せずに {user} のログインを認めました ({how})。この後に表示されるパスワードの要求は、ログインのためのものではありません"
    trust_no_verb
        en "trust needs to be told what to do"
        ja "trust に何をするかが指定されていません"
    trust_verbs
        en "list, show HOST, add HOST, remove HOST, check HOST or authority; see tessh trust --help"
        ja "list、show HOST、add HOST、remove HOST、check HOST、authority のいずれかです。tessh trust --help をご覧ください"
    trust_unknown_verb(other)
        en "there is no tessh trust {other}"
        ja "tessh trust {other} はありません"
    trust_flag_without_meaning(flag, verb)
        en "{flag} means nothing for trust {verb}"
        ja "{flag} は trust {verb} では意味を持ちません"
    trust_one_host(verb, word)
        en "trust {verb} takes one host, and \"{word}\" is one word too many"
        ja "trust {verb} に指定できるホストは一つです。「{word}」は余分です"
    trust_list_takes_no_host
        en "trust list takes no host"
        ja "trust list にホストは指定できません"
    trust_list_file_hint
        en "name a file that exists with --file"
        ja "--file で既存のファイルを指定してください"
    trust_list_hint
        en "tessh trust show HOST has the lines about a host"
        ja "一つのホストについては tessh trust show HOST を使ってください"
    trust_no_file
        en "no UserKnownHostsFile is set: there is no file to change"
        ja "UserKnownHostsFile の指定がなく、変更するファイルがありません"
    trust_no_file_hint
        en "name one with --file"
        ja "--file で指定してください"
    trust_nothing_on_record(host, names)
        en "nothing is on record about {host} (looked for {names})"
        ja "{host} についての登録はありません ({names} を検索しました)"
    trust_nothing_to_remove(host, names)
        en "no line has a key of {host} (looked for {names})"
        ja "{host} の鍵がある行はありません ({names} を検索しました)"
    trust_kept(line)
        en "this line stays, because it has a marker or a pattern: {line}"
        ja "マーカーまたはパターンがあるため、この行は残します: {line}"
    trust_removed(place, key)
        en "{place}: removed {key}"
        ja "{place}: {key} を削除しました"
    trust_name_removed(place, key)
        en "{place}: removed the name from the line of {key}, which others have too"
        ja "{place}: {key} の行からこの名前を削除しました (ほかの名前は残ります)"
    trust_damaged_key
        en "a key that is damaged"
        ja "壊れた鍵"
    trust_hashed
        en "(hashed)"
        ja "(ハッシュ化)"
    trust_since(since)
        en "since {since}"
        ja "{since} から"
    trust_pin(session, host, fingerprint)
        en "session {session}  {host}  pinned {fingerprint}"
        ja "セッション {session}  {host}  固定 {fingerprint}"
    trust_more_problems(more)
        en "{more} more lines could not be used"
        ja "ほかに {more} 行が使えませんでした"
    trust_no_fingerprint(shown)
        en "\"{shown}\" is not a whole fingerprint"
        ja "「{shown}」は完全なフィンガープリントではありません"
    trust_fingerprint_hint
        en "SHA256:... as ssh-keygen -l prints it, or MD5:..."
        ja "ssh-keygen -l が表示する SHA256:... または MD5:... の形です"
    trust_check_key(host, name, kind, sha256, algorithm)
        en "{host} ({name}) has the {kind} key {sha256}, proved by {algorithm}"
        ja "{host} ({name}) の {kind} 鍵は {sha256} です ({algorithm} で証明)"
    trust_check_trusted(why)
        en "trusted: {why}"
        ja "信頼できます: {why}"
    trust_check_cannot_tell
        en "cannot tell: a file that could not be read might know this host"
        ja "判断できません: 読めなかったファイルに登録があるかもしれません"
    trust_check_rejected(reason)
        en "not trusted: {reason}"
        ja "信頼できません: {reason}"
    trust_check_would_record
        en "not trusted: nothing is on record, and a connection would take the key unseen and write it (StrictHostKeyChecking)"
        ja "信頼できません: 登録がなく、接続すると確認なしで鍵を受け入れて登録します (StrictHostKeyChecking)"
    trust_check_restricted(why)
        en "not trusted, but StrictHostKeyChecking no goes on without passwords: {why}"
        ja "信頼できませんが、StrictHostKeyChecking no のためパスワードなしで続行します: {why}"
    trust_check_would_ask(why)
        en "not trusted: {why} A connection would ask."
        ja "信頼できません: {why} 接続すると確認が表示されます。"
    trust_fingerprint_of_one
        en "--fingerprint is about one key, and there are several"
        ja "--fingerprint は一つの鍵のためのものですが、鍵が複数あります"
    trust_too_many_keys(limit)
        en "more than {limit} keys at once"
        ja "一度に {limit} 個を超える鍵は登録できません"
    trust_no_key(shown)
        en "\"{shown}\" is not a public key"
        ja "「{shown}」は公開鍵ではありません"
    trust_no_key_hint
        en "give a file, - for standard input, or a type and base64"
        ja "ファイル、標準入力の -、または鍵の種類と base64 を指定してください"
    trust_cannot_read(shown, error)
        en "cannot read {shown}: {error}"
        ja "{shown} を読めません: {error}"
    trust_not_added
        en "the key was not added; nothing is written"
        ja "鍵を追加しませんでした。何も書き込んでいません"
    trust_other_ports
        en "on other ports:"
        ja "ほかのポート:"
    trust_column_line
        en "LINE"
        ja "行"
    trust_column_hosts
        en "HOSTS"
        ja "ホスト"
    trust_column_type
        en "TYPE"
        ja "種類"
    trust_column_session
        en "SESSION"
        ja "セッション"
    trust_column_name
        en "NAME"
        ja "名前"
    trust_authorities
        en "authorities"
        ja "認証局"
    trust_pins
        en "pinned in saved sessions"
        ja "保存されたセッションで固定した鍵"
    trust_nobody_to_ask(kind, sha256)
        en "the host offers the {kind} key {sha256}, and nobody can be asked whether that is right"
        ja "ホストは {kind} 鍵 {sha256} を提示しましたが、正しいかどうかを確認できる人がいません"
    trust_nobody_to_ask_hint
        en "name the fingerprint you know to be right with --fingerprint"
        ja "正しいと分かっているフィンガープリントを --fingerprint で指定してください"
    trust_other_fingerprint(kind, sha256, wanted)
        en "the {kind} key is {sha256}, not {wanted}: nothing is written"
        ja "{kind} 鍵は {sha256} であり、{wanted} ではありません。何も書き込みませんでした"
    trust_other_fingerprint_hint
        en "ask the administrator of the host before you try again"
        ja "やり直す前に、ホストの管理者に確認してください"
    trust_is_revoked(at)
        en "the key is marked @revoked at {at}: nothing is written"
        ja "この鍵は {at} で @revoked とされています。何も書き込みませんでした"
    trust_has_another(kind, at)
        en "the host has another {kind} key on record at {at}: nothing is written"
        ja "このホストには別の {kind} 鍵が {at} に登録されています。何も書き込みませんでした"
    trust_has_another_hint
        en "--replace puts the new key in its place, if you know that it is right"
        ja "新しい鍵が正しいと分かっている場合は、--replace で置き換えられます"
    trust_already(key, place)
        en "{key} is on record already at {place}"
        ja "{key} は {place} に登録済みです"
    trust_added(key, file)
        en "added {key} to {file}"
        ja "{key} を {file} に追加しました"
    trust_replaced(key, file)
        en "{key} took the place of the old key in {file}"
        ja "{file} の古い鍵を {key} に置き換えました"
    trust_usage(verb)
        en "tessh trust {verb} [options] [user@]host"
        ja "tessh trust {verb} [オプション] [ユーザー@]ホスト"
    trust_authority(place, kind, sha256, name, validity)
        en "{place}  {kind}  {sha256}  authority {name}  for {validity}"
        ja "{place}  {kind}  {sha256}  認証局 {name}  対象 {validity}"
    authority_no_records
        en "there is no record of an authority in it"
        ja "認証局の記録がありません"
    authority_records_named(place, count)
        en "{place} has {count} records, which have names of their own"
        ja "{place} には記録が {count} 個あり、それぞれに名前があります"
}
