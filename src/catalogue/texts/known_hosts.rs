//! known_hosts, KnownHostsCommand, SSHFP records, and keys that are revoked.

texts! {
    // KnownHostsCommand
    known_hosts_command_failed(program, what)
        en "KnownHostsCommand {program} {what}"
        ja "KnownHostsCommand {program}: {what}"
    known_hosts_command_hint
        en "mend the command, or go on without: -o KnownHostsCommand=none"
        ja "コマンドを直してください。-o KnownHostsCommand=none でコマンドなしに接続できます"
    known_hosts_command_not_started(error)
        en "did not start: {error}"
        ja "起動できませんでした: {error}"
    known_hosts_command_no_output
        en "has no output"
        ja "出力がありません"
    known_hosts_command_broke(status)
        en "failed: {status}"
        ja "失敗しました ({status})"
    known_hosts_command_status(code)
        en "exit status {code}"
        ja "終了コード {code}"
    known_hosts_command_too_much(limit)
        en "printed more than {limit} MiB"
        ja "出力が {limit} MiB を超えました"
    known_hosts_command_unreadable(error)
        en "cannot be read: {error}"
        ja "出力を読み取れません: {error}"
    known_hosts_command_too_slow(seconds)
        en "did not end within {seconds} s"
        ja "{seconds} 秒以内に終わりませんでした"

    // SSHFP records
    sshfp_nothing(name)
        en "No host key fingerprint found in DNS for {name}."
        ja "{name} のホスト鍵のフィンガープリントは DNS にありません。"
    sshfp_nothing_counts(name, ignored)
        en "No SHA-256 host key fingerprint found in DNS for {name}; {ignored} others do not count."
        ja "{name} のホスト鍵の SHA-256 フィンガープリントは DNS にありません。ほかの {ignored} 件は根拠になりません。"
    sshfp_failed(name, reason)
        en "No host key fingerprint from DNS for {name}: {reason}."
        ja "{name} のホスト鍵のフィンガープリントを DNS から得られませんでした: {reason}。"
    sshfp_match(name, proof)
        en "Matching host key fingerprint found in DNS for {name} ({proof})."
        ja "{name} のホスト鍵と一致するフィンガープリントが DNS にあります ({proof})。"
    sshfp_mismatch(name, proof)
        en "MISMATCHING host key fingerprint found in DNS for {name} ({proof})."
        ja "{name} のホスト鍵と一致しないフィンガープリントが DNS にあります ({proof})。"
    sshfp_other_types(name, proof)
        en "Only fingerprints of other types of host keys found in DNS for {name} ({proof})."
        ja "{name} については、別の種類のホスト鍵のフィンガープリントだけが DNS にあります ({proof})。"
    sshfp_secure(zone)
        en "secure: validated by DNSSEC, signed by {zone}"
        ja "安全: DNSSEC で検証済み、署名は {zone}"
    sshfp_insecure
        en "insecure: not proven by DNSSEC, anybody on the way can have written it"
        ja "安全ではありません: DNSSEC による証明がなく、途中の誰でも書き換えられます"
    sshfp_warning
        en "WARNING: the host key is NOT one that the DNS names for this host!"
        ja "警告: このホスト鍵は、DNS がこのホストのものとしている鍵ではありません!"
    sshfp_warning_means
        en "Somebody may be pretending to be this host, or its key is new and its SSHFP records are not."
        ja "第三者がこのホストになりすましているか、鍵が新しくなったのに SSHFP レコードが古いままです。"
    sshfp_rejected(kind, host, offered)
        en "the {kind} key is not one that the DNS names for {host} (offered {offered}; its SSHFP records are validated by DNSSEC)"
        ja "この {kind} 鍵は、DNS が {host} のものとしている鍵ではありません (提示された鍵 {offered}、SSHFP レコードは DNSSEC で検証済み)"
    sshfp_rejected_hint
        en "ask the server's administrator whether its key or its SSHFP records are out of date"
        ja "鍵か SSHFP レコードが古くないか、サーバーの管理者に確認してください"
    sshfp_no_thread(error)
        en "no thread: {error}"
        ja "スレッドを作れません: {error}"
    sshfp_broke_off
        en "the look-up broke off"
        ja "問い合わせが途中で終わりました"
    sshfp_late(seconds)
        en "no answer within {seconds} s"
        ja "{seconds} 秒以内に応答がありません"
    sshfp_no_sense(file)
        en "{file} makes no sense"
        ja "{file} の内容が正しくありません"
    sshfp_not_text
        en "not text"
        ja "テキストではありません"
    sshfp_no_anchors(file, why)
        en "{file} is not a list of DNSKEY records: {why}"
        ja "{file} は DNSKEY レコードの一覧ではありません: {why}"
    sshfp_file_too_long(limit)
        en "more than {limit} KiB"
        ja "{limit} KiB を超えています"
    sshfp_file_unreadable(file, error)
        en "{file} cannot be read: {error}"
        ja "{file} を読み取れません: {error}"
    sshfp_bogus
        en "the answer is not what DNSSEC proves; it may be forged"
        ja "応答が DNSSEC の証明と合わず、偽造されたおそれがあります"
    sshfp_server_says(code)
        en "the server says '{code}'"
        ja "サーバーの応答は「{code}」です"
    sshfp_no_answer
        en "no answer"
        ja "応答がありません"
    sshfp_no_server
        en "no server can be reached"
        ja "どのサーバーにも届きません"
    sshfp_too_many(limit)
        en "more than {limit} SSHFP records"
        ja "SSHFP レコードが {limit} 件を超えています"

    // Revoked keys
    revoked_hint
        en "RevokedHostKeys names that file: mend it where it cannot be used; a key that it lists must not be trusted"
        ja "そのファイルは RevokedHostKeys で指定されています。使えない場合は直してください。記載された鍵を信頼してはいけません"
    revoked_unusable(file, reason)
        en "no key can be accepted: the file of revoked keys {file} {reason}"
        ja "どの鍵も受け入れられません。失効した鍵のファイル {file}: {reason}"
    revoked_missing
        en "does not exist"
        ja "存在しません"
    revoked_line_without_key(line)
        en "has no key in line {line}"
        ja "{line} 行目に鍵がありません"
    revoked_key(key, how)
        en "the host key {key} is revoked by {how}"
        ja "ホスト鍵 {key} は {how} で失効しています"
    revoked_authority(key, how)
        en "the certificate's authority {key} is revoked by {how}"
        ja "証明書の認証局 {key} は {how} で失効しています"
    revoked_certificate(key, file, how)
        en "the certificate for the host key {key} is revoked by {file} ({how})"
        ja "ホスト鍵 {key} の証明書は {file} で失効しています ({how})"

    // Lines of known_hosts
    known_line_more
        en "more bad lines follow; they are not listed"
        ja "この後にも使えない行がありますが、省略します"
    known_line_long(limit)
        en "the line has more than {limit} KiB"
        ja "行が {limit} KiB を超えています"
    known_line_damaged
        en "the key is damaged or of an unknown type"
        ja "鍵が壊れているか、未知の種類です"
    known_line_mldsa
        en "keys of type ssh-mldsa44-ed25519 are not supported"
        ja "ssh-mldsa44-ed25519 の鍵には対応していません"
    known_line_key_missing
        en "not a known_hosts line: the key is missing"
        ja "known_hosts の行ではありません: 鍵がありません"
    known_line_no_key
        en "not a known_hosts line: no key after the host names"
        ja "known_hosts の行ではありません: ホスト名の後に鍵がありません"
    known_line_certificate
        en "a certificate stands where a key belongs"
        ja "鍵であるべき所に証明書があります"
    known_line_base64
        en "the key is not valid base64"
        ja "鍵が正しい base64 ではありません"
    known_line_cut_short
        en "the key is cut short"
        ja "鍵が途中で切れています"
    known_line_other_type
        en "the key is not of the type that the line names"
        ja "鍵が、行に書かれた種類のものではありません"
    known_line_marker(marker)
        en "unknown marker {marker}"
        ja "未知のマーカーです: {marker}"
    known_line_markers
        en "a line takes one marker only"
        ja "マーカーは 1 行に 1 つだけです"
    known_line_control
        en "not a known_hosts line: control characters in the host names"
        ja "known_hosts の行ではありません: ホスト名に制御文字があります"
    known_line_hash
        en "the hashed host name is damaged"
        ja "ハッシュ化されたホスト名が壊れています"

    // Key revocation lists
    krl_not
        en "not a key revocation list"
        ja "鍵失効リストではありません"
    krl_format(format, known)
        en "has format {format}, and only {known} is known"
        ja "形式が {format} で、対応しているのは {known} だけです"
    krl_signed
        en "has a section after a signature"
        ja "署名の後にセクションがあります"
    krl_key
        en "the key"
        ja "鍵"
    krl_sha1
        en "the key's SHA-1 fingerprint"
        ja "鍵の SHA-1 フィンガープリント"
    krl_sha256
        en "the key's SHA-256 fingerprint"
        ja "鍵の SHA-256 フィンガープリント"
    krl_key_id
        en "the certificate's key ID"
        ja "証明書の鍵 ID"
    krl_serial
        en "the certificate's serial number"
        ja "証明書のシリアル番号"
    krl_sha1_length
        en "has a SHA-1 of another length"
        ja "長さの違う SHA-1 があります"
    krl_sha256_length
        en "has a SHA-256 of another length"
        ja "長さの違う SHA-256 があります"
    krl_section(kind)
        en "has a section of the unknown kind {kind}"
        ja "未知の種類 {kind} のセクションがあります"
    krl_range(first, last)
        en "has a range of serials from {first} to {last}"
        ja "シリアル番号の範囲が {first} から {last} になっています"
    krl_certificates(kind)
        en "has certificates by the unknown kind {kind}"
        ja "未知の種類 {kind} で証明書が指定されています"
    krl_bitmap_negative
        en "has a bitmap that is a negative number"
        ja "負の数のビットマップがあります"
    krl_bitmap_beyond
        en "has a bitmap beyond the last serial"
        ja "最後のシリアル番号を超えるビットマップがあります"
    krl_left_over
        en "has bytes left over"
        ja "余分なバイトがあります"
    krl_cut_short
        en "is cut short"
        ja "途中で切れています"
    krl_extension(name)
        en "has the unknown critical extension {name}"
        ja "未知の重要な拡張 {name} があります"

    // Trust in hosts
    certificate_signed_sha1(shown)
        en "the authority {shown} signed it with SHA-1 (ssh-rsa)"
        ja "認証局 {shown} が SHA-1 (ssh-rsa) で署名しています"
    certificate_signed_dsa(shown)
        en "the authority {shown} signed it with DSA"
        ja "認証局 {shown} が DSA で署名しています"
    certificate_signed_rsa_short(shown, bits)
        en "the authority {shown} has an RSA key of only {bits} bits"
        ja "認証局 {shown} の RSA 鍵は {bits} ビットしかありません"
    certificate_signature_wrong(shown)
        en "the signature is not one of the authority {shown}"
        ja "署名が認証局 {shown} のものではありません"
    certificate_of_user
        en "it is a user certificate, not a host certificate"
        ja "ホスト証明書ではなくユーザー証明書です"
    certificate_not_valid_before(at, now)
        en "it is not valid before {at} (now {now})"
        ja "有効期間は {at} からです (現在 {now})"
    certificate_expired_at(at, now)
        en "it expired at {at} (now {now})"
        ja "{at} に有効期限が切れました (現在 {now})"
    certificate_other_principals(named, piece)
        en "its principals are {named}, not {piece}"
        ja "プリンシパルは {named} で、{piece} ではありません"
    certificate_critical_options(list)
        en "it has unknown critical options: {list}"
        ja "未知の重要オプションがあります: {list}"
    known_hosts_revoked_at(at)
        en "the key is marked @revoked at {at}"
        ja "{at} で @revoked (失効) とされた鍵です"
    known_hosts_cannot_tell(host, problem)
        en "cannot tell whether {host} is new: {problem}"
        ja "{host} が初めてのホストかどうか判断できません: {problem}"
    known_hosts_no_entry_strict(host, offered)
        en "no entry for {host} in known_hosts (offered {offered}), and StrictHostKeyChecking is yes"
        ja "known_hosts に {host} の登録がなく (提示された鍵 {offered})、StrictHostKeyChecking は yes です"
    known_hosts_no_such_type(kind, host, name_keys, offered, setting)
        en "no {kind} key for {host} in known_hosts (known {name_keys}; offered {offered}), and StrictHostKeyChecking is {setting}"
        ja "known_hosts に {host} の {kind} 鍵がなく (登録済み {name_keys}、提示された鍵 {offered})、StrictHostKeyChecking は {setting} です"
    known_hosts_key_changed(kind, keys, offered)
        en "the {kind} key changed: known {keys}, offered {offered}"
        ja "{kind} 鍵が変わりました: 登録済みの鍵 {keys}、提示された鍵 {offered}"
    certificate_void(fault)
        en "the certificate does not count: {fault}"
        ja "証明書は有効と認められません: {fault}"
    certificate_no_authority(host, shown)
        en "no authority that covers '{host}' signed it; who did is {shown}"
        ja "「{host}」を対象とする認証局の署名ではありません (署名者 {shown})"
    known_hosts_not_read_because(error)
        en "cannot be read: {error}"
        ja "読み取れません: {error}"
    known_hosts_not_read_directory
        en "is a directory"
        ja "はディレクトリです"
    known_hosts_too_large(limit)
        en "has more than {limit} MiB, so it is not read"
        ja "{limit} MiB を超えているため、読み取りません"
    known_hosts_link_not_followed
        en "is not changed"
        ja "を変更しません"
    known_hosts_not_read
        en "cannot be read"
        ja "を読み取れません"
    known_hosts_would_be_too_large(limit)
        en "would have more than {limit} MiB"
        ja "が {limit} MiB を超えてしまいます"
    known_hosts_not_replaced
        en "cannot be replaced"
        ja "を置き換えられません"
    known_hosts_not_replaced_hint
        en "it is unchanged; is its directory writable?"
        ja "内容は元のままです。ディレクトリに書き込めるか確認してください"
    known_hosts_not_created
        en "cannot be created"
        ja "を作成できません"
    known_hosts_not_created_hint
        en "make it first, or name another file with UserKnownHostsFile"
        ja "先に作成するか、UserKnownHostsFile で別のファイルを指定してください"
    known_hosts_not_regular
        en "is not a regular file"
        ja "は通常のファイルではありません"
    known_hosts_not_locked
        en "cannot be locked"
        ja "をロックできません"
    known_hosts_locked(seconds)
        en "has been locked by another process for {seconds} s"
        ja "は別のプロセスが {seconds} 秒間ロックしています"
    known_hosts_replaced_meanwhile
        en "is being replaced all the time"
        ja "が絶えず置き換えられています"
    known_hosts_replaced_meanwhile_hint
        en "another program changes it without a pause; try again when that has ended"
        ja "別のプログラムが絶えず変更しています。終わってからもう一度試してください"
    known_hosts_takes_no_lines
        en "takes no more lines"
        ja "に行を追加できません"
    known_hosts_line_lost
        en "is changed as wanted, but a line that another program added meanwhile is lost"
        ja "は変更しましたが、その間に別のプログラムが追加した行が失われました"
    known_hosts_waiting(file, seconds)
        en "{file} is locked by another process; waiting for it for {seconds} s"
        ja "{file} は別のプロセスがロックしています。{seconds} 秒待ちます"
    known_hosts_not_opened
        en "cannot be opened for writing"
        ja "を書き込み用に開けません"
    known_hosts_type_unfit
        en "this type of key cannot be kept in known_hosts"
        ja "この種類の鍵は known_hosts に保存できません"
    host_key_cannot_be_encoded
        en "the host key has no encoding"
        ja "ホスト鍵を書き出せません"
    known_hosts_name_unfit(shown)
        en "'{shown}' cannot be kept in known_hosts"
        ja "「{shown}」は known_hosts に保存できません"
    known_hosts_name_unfit_hint
        en "set HostKeyAlias to a plain name"
        ja "HostKeyAlias に普通の名前を設定してください"
    known_hosts_key_at(key, at)
        en "{key} at {at}"
        ja "{key} ({at})"
    known_hosts_is_directory
        en "is a directory"
        ja "ディレクトリです"

    // PuTTY's host key cache
    cache_no_entry
        en "this is no entry of the form type@port:host"
        ja "type@port:host の形の項目ではありません"
    cache_numbers
        en "the key is not the right number of hexadecimal numbers"
        ja "鍵の 16 進数の個数または書式が正しくありません"
    cache_off_curve
        en "the key is not on its curve"
        ja "鍵が曲線上の点ではありません"
    cache_type_unknown(kind)
        en "keys of type {kind} are not used here"
        ja "{kind} の鍵はここでは使いません"
    subject_no_name(text)
        en "'{text}' is not of the form name or name:port"
        ja "「{text}」は「名前」または「名前:ポート」の形ではありません"

    // Hosts of a Teleport cluster
    cluster_file_missing(cluster, file)
        en "you are not logged in to the Teleport cluster '{cluster}': {file} does not exist"
        ja "Teleport クラスター「{cluster}」にログインしていません ({file} がありません)"
    cluster_file_unread(cluster, file, reason)
        en "the authorities of the Teleport cluster '{cluster}' are not known: {file} {reason}"
        ja "Teleport クラスター「{cluster}」の認証局が分かりません。{file}: {reason}"
    cluster_too_many(limit)
        en "has more than {limit} authorities"
        ja "認証局が {limit} 個を超えています"
    cluster_not_there(cluster, proxy, file)
        en "you are not logged in to the Teleport cluster '{cluster}' at '{proxy}': {file} has no authority of it"
        ja "Teleport クラスター「{cluster}」 ({proxy}) にログインしていません。{file} にその認証局がありません"
    cluster_login_hint
        en "log in with: tessh teleport login"
        ja "tessh teleport login でログインしてください"
    cluster_other(cluster, names, shown)
        en "the authority of another cluster ({names}) signed it, {shown}, and none of '{cluster}'"
        ja "別のクラスター ({names}) の認証局 {shown} の署名で、「{cluster}」のものではありません"
    cluster_stranger(cluster, shown)
        en "no authority of the cluster '{cluster}' signed it; who did is {shown}"
        ja "クラスター「{cluster}」の認証局の署名ではありません (署名者 {shown})"
    cluster_not_proved(cluster, host)
        en "{host} has not proved that it belongs to the Teleport cluster '{cluster}'"
        ja "{host} が Teleport クラスター「{cluster}」のホストであることを確認できません"
    cluster_no_certificate(cluster, host)
        en "{host} showed no certificate, and hosts of the Teleport cluster '{cluster}' are accepted by nothing else"
        ja "{host} は証明書を示しませんでした。Teleport クラスター「{cluster}」のホストには証明書が必要です"
    cluster_refused_hint
        en "ask the cluster's administrator; tessh teleport login fetches the authorities that are valid now"
        ja "クラスターの管理者に確認してください。現在の認証局は tessh teleport login で取得できます"
}
