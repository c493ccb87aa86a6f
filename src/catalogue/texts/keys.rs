//! Key files, certificates and agents.

texts! {
    agent_socket_missing
        en "does not exist"
        ja "が存在しません"
    agent_socket_dead
        en "has no agent behind it"
        ja "の先にエージェントがいません"
    agent_socket_unusable(error)
        en "cannot be used: {error}"
        ja "を使えません: {error}"
    agent_socket_fault(name, cause)
        en "agent socket {name} {cause}"
        ja "エージェントのソケット {name} {cause}"
    agent_socket_fault_hint
        en "start one with eval \"$(ssh-agent)\""
        ja "eval \"$(ssh-agent)\" で起動してください"
    agent_list_failed(socket)
        en "the agent at {socket} does not list its keys"
        ja "エージェント {socket} が鍵の一覧を返しません"
    agent_list_failed_hint
        en "ssh-add -l shows what it says"
        ja "ssh-add -l で応答を確認できます"
    agent_refused_to_sign
        en "the agent refused to sign"
        ja "エージェントが署名を拒否しました"
    agent_refused_to_sign_hint
        en "it may have asked for a confirmation, or the key is gone: ssh-add -l"
        ja "確認を求められたか、鍵がなくなっているのかもしれません: ssh-add -l"
    agent_answer_unfinished
        en "it did not finish its last answer"
        ja "前の応答が終わっていません"
    agent_answer_unreadable
        en "its answer cannot be read"
        ja "応答を読み取れません"
    agent_closed
        en "it closed the connection"
        ja "接続が閉じられました"
    agent_failed(socket, cause)
        en "the agent at {socket} failed: {cause}"
        ja "エージェント {socket} との通信に失敗しました: {cause}"
    agent_no_answer(name, seconds)
        en "the agent at {name} did not answer in {seconds} s"
        ja "エージェント {name} が {seconds} 秒以内に応答しませんでした"
    agent_no_answer_hint
        en "ssh-add -l shows whether it lives"
        ja "ssh-add -l で動いているか確認できます"
    agent_answer_too_long(length)
        en "its answer of {length} bytes is too long"
        ja "{length} バイトの応答は長すぎます"
    key_file_missing(name)
        en "key file {name} cannot be read: No such file or directory"
        ja "鍵ファイル {name} を読み取れません: そのようなファイルやディレクトリはありません"
    key_file_unreadable(name, error)
        en "key file {name} cannot be read: {error}"
        ja "鍵ファイル {name} を読み取れません: {error}"
    key_file_other_hint
        en "name the file of a private key with -i"
        ja "-i で秘密鍵のファイルを指定してください"
    key_file_missing_hint
        en "check its name; for a login, -i names the file of a private key"
        ja "ファイル名を確認してください。ログインでは -i で秘密鍵のファイルを指定します"
    certificate_file_other_hint
        en "a certificate is read from there: mend the file, or name another one with CertificateFile"
        ja "証明書はそこから読み取られます。ファイルを直すか、CertificateFile で別のファイルを指定してください"
    key_file_whole_hint
        en "take an undamaged copy of the key, or make a new one: tessh keygen"
        ja "壊れていない控えを使うか、tessh keygen で新しい鍵を作ってください"
    key_file_is_directory(name)
        en "{name} is a directory, not a key file"
        ja "{name} は鍵ファイルではなくディレクトリです"
    key_file_empty(name)
        en "key file {name} is empty"
        ja "鍵ファイル {name} は空です"
    key_file_too_large(name)
        en "{name} is larger than 1 MiB, so it is not a key file"
        ja "{name} は 1 MiB を超えているため、鍵ファイルではありません"
    key_file_permissions(mode, name)
        en "Permissions {mode} for {name} are too open: others can read it"
        ja "{name} のアクセス権 {mode} では、ほかのユーザーも読み取れてしまいます"
    key_file_permissions_hint(name)
        en "chmod 600 {name}"
        ja "次を実行してください: chmod 600 {name}"
    key_not_made_because(error)
        en "no key could be made: {error}"
        ja "鍵を作成できませんでした: {error}"
    rsa_too_short_to_make(bits)
        en "an RSA key of {bits} bits can be broken: the least is 2048"
        ja "{bits} ビットの RSA 鍵は破られるおそれがあります。2048 ビット以上が必要です"
    rsa_too_short_to_make_hint
        en "leave -b out for 3072, or use -t ed25519"
        ja "-b を省いて 3072 ビットにするか、-t ed25519 を使ってください"
    rsa_too_long_to_make(bits)
        en "an RSA key of {bits} bits is not made: the most is 8192"
        ja "{bits} ビットの RSA 鍵は作成しません。上限は 8192 ビットです"
    ecdsa_size_unknown(other)
        en "there is no ECDSA key of {other} bits"
        ja "{other} ビットの ECDSA 鍵はありません"
    ecdsa_size_hint
        en "-b 256, 384 or 521"
        ja "-b には 256、384、521 のいずれかを指定してください"
    dsa_not_made
        en "DSA keys are not made: they have 1024 bits at most, and servers refuse them"
        ja "DSA 鍵は作成しません。1024 ビットまでしかなく、サーバーも受け付けません"
    ed448_not_made
        en "Ed448 keys are not made: OpenSSH servers do not know them"
        ja "Ed448 鍵は作成しません。OpenSSH のサーバーが対応していません"
    ssh1_key_not_made
        en "SSH-1 keys are not made: SSH-2 servers do not take them"
        ja "SSH-1 の鍵は作成しません。SSH-2 のサーバーが受け付けません"
    security_key_not_made
        en "keys on a security key are not made by this version"
        ja "この版ではセキュリティキーの鍵を作成しません"
    security_key_not_made_hint(name)
        en "ssh-keygen -t {name} makes one, and ssh-add hands it to the agent"
        ja "ssh-keygen -t {name} で作成し、ssh-add でエージェントに渡せます"
    key_type_unknown(other)
        en "unknown key type {other}"
        ja "鍵の種類 {other} はありません"
    key_file_label(value)
        en "key file {value}"
        ja "鍵ファイル {value}"
    key_public_hidden
        en "its format hides the public key until it is unlocked"
        ja "この形式では、解錠するまで公開鍵が分かりません"
    key_public_hidden_hint
        en "tessh keygen -y -f FILE asks for the passphrase"
        ja "tessh keygen -y -f FILE でパスフレーズを入力できます"
    key_public_mismatch(public)
        en "{public} is not its public half"
        ja "{public} は対になる公開鍵ではありません"
    key_public_mismatch_hint
        en "tessh keygen -y -f FILE shows the right one"
        ja "tessh keygen -y -f FILE で正しい公開鍵を表示できます"
    key_passphrase_wrong_or_changed
        en ", or the file was changed"
        ja " (またはファイルが書き換えられています)"
    key_passphrase_wrong(value, doubt)
        en "wrong passphrase for key file {value}{doubt}"
        ja "鍵ファイル {value} のパスフレーズが違います{doubt}"
    certificate_file_label(value)
        en "certificate file {value}"
        ja "証明書ファイル {value}"
    certificate_file_is_public_key
        en "it holds a public key, not a certificate"
        ja "証明書ではなく公開鍵が入っています"
    certificate_file_is_public_key_hint
        en "certificates are in files that end in -cert.pub"
        ja "証明書のファイル名は -cert.pub で終わります"
    key_file_utf16
        en "it is UTF-16 text"
        ja "UTF-16 のテキストです"
    key_file_utf16_hint
        en "save it as UTF-8 or plain ASCII"
        ja "UTF-8 か ASCII で保存してください"
    key_comment_not_utf8
        en "its comment is not UTF-8"
        ja "コメントが UTF-8 ではありません"
    key_comment_not_utf8_hint
        en "puttygen FILE -C COMMENT -o NEW"
        ja "puttygen FILE -C COMMENT -o NEW で直せます"
    key_file_rfc4716
        en "it is a public key in RFC 4716 form"
        ja "RFC 4716 形式の公開鍵です"
    key_file_rfc4716_hint
        en "tessh keygen -i -f FILE converts it"
        ja "tessh keygen -i -f FILE で変換できます"
    key_file_ssh_com
        en "it is in ssh.com's format"
        ja "ssh.com の形式です"
    key_file_ssh_com_hint
        en "puttygen FILE -O private-openssh -o NEW"
        ja "puttygen FILE -O private-openssh -o NEW で変換できます"
    key_file_ssh1
        en "it is an SSH-1 key, which SSH-2 servers do not take"
        ja "SSH-1 の鍵で、SSH-2 のサーバーは受け付けません"
    key_file_without_key
        en "there is no private key in it"
        ja "秘密鍵が入っていません"
    key_file_not_one
        en "it is not a key file"
        ja "鍵ファイルではありません"
    key_file_formats_hint
        en "OpenSSH, PEM, PKCS#8 and PuTTY (.ppk) keys are read"
        ja "読み取れるのは OpenSSH、PEM、PKCS#8、PuTTY (.ppk) の鍵です"
    key_file_public_only
        en "it holds a public key only"
        ja "公開鍵だけが入っています"
    key_file_public_only_hint
        en "name the private key, or log in with the agent that holds it"
        ja "秘密鍵を指定するか、それを持つエージェントでログインしてください"
    rsa_too_weak(bits)
        en "an RSA key of {bits} bits is too weak"
        ja "{bits} ビットの RSA 鍵は弱すぎます"
    rsa_too_weak_hint
        en "make a new key: tessh keygen"
        ja "新しい鍵を作成してください: tessh keygen"
    rsa_size_absurd(bits)
        en "an RSA key cannot have {bits} bits"
        ja "RSA 鍵が {bits} ビットということはありません"
    key_part_header
        en "its header is"
        ja "先頭の部分"
    key_contents_inconsistent
        en "its contents do not fit together"
        ja "内容が互いに合いません"
    key_cost_bcrypt(rounds)
        en "{rounds} rounds of bcrypt"
        ja "{rounds} 回の bcrypt"
    key_last_line_missing
        en "its last line is missing"
        ja "最後の行がありません"
    key_not_base64
        en "it is not base64"
        ja "base64 ではありません"
    key_damaged_or_unsupported
        en "the file is damaged, or its kind of key is not supported"
        ja "ファイルが壊れているか、対応していない種類の鍵です"
    key_part_dek_info
        en "its DEK-Info line is"
        ja "DEK-Info の行"
    key_kind_x25519
        en "X25519 (which cannot sign)"
        ja "X25519 (署名できません)"
    key_kind_x448
        en "X448 (which cannot sign)"
        ja "X448 (署名できません)"
    key_kind_secp256k1
        en "ECDSA on secp256k1"
        ja "ECDSA (secp256k1)"
    key_kind_number(other)
        en "with algorithm number {other}"
        ja "アルゴリズム番号 {other}"
    key_encryption_unsaid
        en "it does not say how it is encrypted"
        ja "暗号化の方法が書かれていません"
    key_encryption_pkcs5_1
        en "PKCS#5 version 1"
        ja "PKCS#5 バージョン 1"
    key_encryption_not_aes
        en "a cipher other than AES"
        ja "AES 以外の暗号"
    key_cost_pbkdf2(iterations)
        en "{iterations} rounds of PBKDF2"
        ja "{iterations} 回の PBKDF2"
    key_encryption_pbkdf2_hash
        en "PBKDF2 without SHA-2"
        ja "SHA-2 でない PBKDF2"
    key_cost_scrypt(n, r, p)
        en "scrypt with N={n}, r={r}, p={p}"
        ja "scrypt (N={n}, r={r}, p={p})"
    key_encryption_unknown
        en "an unknown key derivation"
        ja "未知の鍵導出"
    key_part_public
        en "its public key is"
        ja "公開鍵"
    key_part_private
        en "its private key is"
        ja "秘密鍵"
    key_inside_unreadable
        en "the passphrase fits, but the key inside cannot be read"
        ja "パスフレーズは合っていますが、中の鍵を読み取れません"
    key_mac_wrong
        en "its checksum (MAC) does not fit"
        ja "チェックサム (MAC) が一致しません"
    key_part_first_line
        en "its first line is"
        ja "最初の行"
    ppk_version_unsupported(version)
        en "PuTTY's key format {version} is not supported"
        ja "PuTTY の鍵形式 {version} には対応していません"
    ppk_version_unsupported_hint
        en "puttygen FILE --reencrypt -o NEW writes format 2 or 3"
        ja "puttygen FILE --reencrypt -o NEW で形式 2 か 3 に変換できます"
    key_part_line
        en "a line in it is"
        ja "途中の行"
    key_part_missing
        en "a part of it is missing"
        ja "一部が欠けています"
    key_line_missing(name)
        en "its {name} line is missing"
        ja "{name} の行がありません"
    key_part_named_line(name)
        en "its {name} line is"
        ja "{name} の行"
    key_cost_argon2(mib, passes, lanes)
        en "Argon2 with {mib} MiB, {passes} passes, {lanes} lanes"
        ja "Argon2 ({mib} MiB、{passes} 回、{lanes} 並列)"
    key_part_argon2
        en "its Argon2 lines are"
        ja "Argon2 の行"
    key_part_argon2_salt
        en "its Argon2-Salt line is"
        ja "Argon2-Salt の行"
    key_halves_mismatch
        en "its two halves do not belong together"
        ja "秘密鍵と公開鍵が対になっていません"
    key_part_number
        en "a number in it is"
        ja "途中の数値"
    key_ends_early
        en "it ends too early"
        ja "途中で終わっています"
    key_cannot_be_encoded
        en "the key cannot be encoded"
        ja "鍵を書き出せません"
    key_file_holds_none
        en "the file holds no key"
        ja "ファイルに鍵がありません"
    certificate_nested
        en "the certificate is damaged: others are nested in it"
        ja "証明書が壊れています。中に別の証明書が入っています"
    certificate_damaged
        en "the certificate is damaged"
        ja "証明書が壊れています"
    key_file_damaged(what)
        en "the file is damaged: {what}"
        ja "ファイルが壊れています: {what}"
    key_type_unsupported(value)
        en "keys of type {value} are not supported"
        ja "{value} の鍵には対応していません"
    key_type_unsupported_hint
        en "use an Ed25519, ECDSA (nistp) or RSA key"
        ja "Ed25519、ECDSA (nistp)、RSA の鍵を使ってください"
    key_encryption_unsupported(value)
        en "it is encrypted with {value}, which is not supported"
        ja "対応していない方法で暗号化されています: {value}"
    key_cost_unreasonable(what)
        en "opening it would take {what}, more than is reasonable"
        ja "開くのに必要な計算が多すぎます: {what}"
    key_cost_unreasonable_hint
        en "save the key again with its program's default settings"
        ja "作成したプログラムの標準の設定で保存し直してください"
    key_target_exists(value)
        en "{value} already exists"
        ja "{value} はすでにあります"
    key_target_exists_hint
        en "name another file, or move that one away"
        ja "別のファイルを指定するか、それを移動してください"
    key_target_is_directory(value)
        en "{value} is a directory"
        ja "{value} はディレクトリです"
    key_target_is_directory_hint
        en "name a file in it"
        ja "その中のファイルを指定してください"
    key_not_written(value, why)
        en "cannot write {value}: {why}"
        ja "{value} に書き込めません: {why}"
    keygen_rounds_out_of_range(rounds, limit)
        en "{rounds} rounds: there can be 1 to {limit}"
        ja "{rounds} 回: 1 から {limit} 回までです"
    keygen_rounds_hint(default_rounds)
        en "{default_rounds} are usual, and 100 take some seconds"
        ja "通常は {default_rounds} 回です。100 回では数秒かかります"
    key_rewrite_hint
        en "ssh-keygen -p -f FILE rewrites it in OpenSSH's own format, which can be read"
        ja "ssh-keygen -p -f FILE で、読み取れる OpenSSH の形式に書き直せます"
    key_types_hint
        en "-t ed25519, ecdsa or rsa"
        ja "-t には ed25519、ecdsa、rsa のいずれかを指定してください"
}
