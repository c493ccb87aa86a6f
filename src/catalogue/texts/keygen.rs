//! tessh keygen.

texts! {
    keygen_broken_off
        en "the work was broken off"
        ja "処理が中断されました"
    keygen_ask_passphrase(value)
        en "Enter passphrase for \"{value}\": "
        ja "「{value}」のパスフレーズ: "
    keygen_bits_ignored
        en "-b is ignored: an Ed25519 key always has 256 bits"
        ja "-b は無視されます。Ed25519 の鍵は常に 256 ビットです"
    keygen_generating(kind_name)
        en "Generating public/private {kind_name} key pair."
        ja "{kind_name} の鍵ペアを作成しています。"
    keygen_ask_first_passphrase
        en "Enter passphrase (empty for no passphrase): "
        ja "パスフレーズ (なしにする場合は空): "
    keygen_made(private, public, fingerprint, comment, picture)
        en "Your identification has been saved in {private}\n\
            Your public key has been saved in {public}\n\
            The key fingerprint is:\n\
            {fingerprint} {comment}\n\
            The key's randomart image is:\n\
            {picture}"
        ja "秘密鍵を {private} に保存しました\n\
            公開鍵を {public} に保存しました\n\
            鍵のフィンガープリント:\n\
            {fingerprint} {comment}\n\
            鍵のランダムアート:\n\
            {picture}"
    keygen_ask_target
        en "Enter file in which to save the key"
        ja "鍵を保存するファイル"
    keygen_directory_not_created(directory, error)
        en "cannot create {directory}: {error}"
        ja "{directory} を作成できません: {error}"
    keygen_no_target
        en "where the private key should go is not said"
        ja "秘密鍵の保存先が指定されていません"
    keygen_no_target_hint
        en "name a new file with --output"
        ja "--output で新しいファイルを指定してください"
    keygen_certificate_left_out(value)
        en "the certificate inside '{value}' is not in the new file"
        ja "「{value}」の中の証明書は新しいファイルに入りません"
    keygen_converted(output)
        en "Your identification has been saved in {output}"
        ja "秘密鍵を {output} に保存しました"
    keygen_ask_source
        en "Enter file in which the key is"
        ja "鍵のファイル"
    keygen_certificate_would_be_lost(name)
        en "'{name}' has a certificate inside, which would be lost"
        ja "「{name}」の中の証明書が失われてしまいます"
    keygen_certificate_would_be_lost_hint
        en "puttygen -P changes its passphrase"
        ja "puttygen -P でパスフレーズを変更できます"
    keygen_ppk_without_rounds
        en "-a: PuTTY's format has no rounds of bcrypt"
        ja "-a: PuTTY の形式に bcrypt の回数はありません"
    keygen_ppk_without_rounds_hint
        en "leave it out"
        ja "省いてください"
    keygen_ask_old_passphrase
        en "Enter old passphrase: "
        ja "現在のパスフレーズ: "
    keygen_comment(comment)
        en "Key has comment '{comment}'"
        ja "鍵のコメントは「{comment}」です"
    keygen_ask_new_passphrase
        en "Enter new passphrase (empty for no passphrase): "
        ja "新しいパスフレーズ (なしにする場合は空): "
    keygen_passphrase_changed
        en "Your identification has been saved with the new passphrase."
        ja "新しいパスフレーズで秘密鍵を保存しました。"
    keygen_primes(bits, seconds)
        en "Looking for primes for {bits} bits: {seconds} s"
        ja "{bits} ビットの素数を探しています: {seconds} 秒"
    keygen_not_made
        en "no key could be made"
        ja "鍵を作成できませんでした"
    keygen_ask_passphrase_again
        en "Enter same passphrase again: "
        ja "同じパスフレーズをもう一度: "
    keygen_passphrases_differ
        en "Passphrases do not match.  Try again."
        ja "パスフレーズが一致しません。もう一度入力してください。"
    keygen_ask_really_without
        en "Really without a passphrase? (y/n) "
        ja "本当にパスフレーズなしにしますか? (y/n) "
    keygen_no_passphrase
        en "no passphrase was agreed on"
        ja "パスフレーズが決まりませんでした"
    keygen_locked(file)
        en "key file '{file}' is encrypted"
        ja "鍵ファイル「{file}」は暗号化されています"
    keygen_locked_hint
        en "without a terminal, --passphrase-fd gives its passphrase"
        ja "端末がないときは --passphrase-fd でパスフレーズを渡してください"
    keygen_bad_passphrase
        en "Bad passphrase, try again."
        ja "パスフレーズが違います。もう一度入力してください。"
    keygen_ask_overwrite(value)
        en "{value} already exists.\n\
            Overwrite (y/n)? "
        ja "{value} はすでにあります。\n\
            上書きしますか (y/n)? "
    keygen_left_as_it_was(value)
        en "'{value}' is left as it was"
        ja "「{value}」は元のままです"
    keygen_no_file
        en "no file is named"
        ja "ファイルが指定されていません"
    keygen_no_file_hint
        en "name one with -f"
        ja "-f で指定してください"
    keygen_nobody_to_ask
        en "there is no terminal to ask for a passphrase"
        ja "パスフレーズを尋ねる端末がありません"
    keygen_nobody_to_ask_hint
        en "--passphrase-fd gives one, and -N '' is none for a new key"
        ja "--passphrase-fd で渡すか、新しい鍵なら -N '' でパスフレーズなしにできます"
    keygen_cancelled
        en "cancelled; nothing was written"
        ja "取り消しました。何も書き込んでいません"
    keygen_not_an_option(word)
        en "{word}: not an option"
        ja "{word}: オプションではありません"
    keygen_not_an_option_hint
        en "name a file with -f"
        ja "ファイルは -f で指定してください"
    keygen_option_letter(letter)
        en "option -- {letter}"
        ja "オプション -- {letter}"
    keygen_option_word(value)
        en "option --{value}"
        ja "オプション --{value}"
    keygen_not_with_format(name)
        en "Cannot specify {name} with -O"
        ja "{name} と -O は同時に指定できません"
    keygen_new_key_formats
        en "a new key is written as openssh or ppk"
        ja "新しい鍵は openssh か ppk で書き込みます"
    keygen_new_key_formats_hint
        en "leave -t out to convert the key of -f"
        ja "-f の鍵を変換するには -t を省いてください"
    keygen_option_goes_with(name, what)
        en "{name} goes with {what}"
        ja "{name} は、{what}指定できます"
    keygen_format_unknown(value)
        en "-O {value}: unknown format"
        ja "-O {value}: そのような形式はありません"
    keygen_format_unknown_hint
        en "openssh, ppk, public, rfc4716 or fingerprint"
        ja "openssh、ppk、public、rfc4716、fingerprint のいずれかです"
    keygen_hash_unknown(value)
        en "-E {value}: unknown hash"
        ja "-E {value}: そのようなハッシュはありません"
    keygen_hash_unknown_hint
        en "sha256 or md5"
        ja "sha256 か md5 です"
    keygen_m_unsupported(value)
        en "-m {value}: not supported"
        ja "-m {value}: 対応していません"
    keygen_m_unsupported_hint
        en "RFC4716; private keys in PEM and PKCS8 are read by -O without it"
        ja "RFC4716 を指定してください。PEM や PKCS8 の秘密鍵は -m なしの -O で読み取れます"
    keygen_comment_control
        en "-C: a comment has no control characters"
        ja "-C: コメントに制御文字は使えません"
    keygen_comment_too_long(limit)
        en "-C: a comment has at most {limit} characters"
        ja "-C: コメントは {limit} 文字までです"
    keygen_empty_file_name(name)
        en "{name}: the file has no name"
        ja "{name}: ファイル名が空です"
    keygen_number_bad(name, shown)
        en "{name} {shown}: not a number that it takes"
        ja "{name} {shown}: 指定できる数値ではありません"
    keygen_unknown_option(what)
        en "unknown {what}"
        ja "存在しないものです: {what}"
    keygen_with_new_key
        en "a new key alone"
        ja "新しい鍵を作るときだけ"
    keygen_with_new_key_or_format
        en "a new key or -O alone"
        ja "新しい鍵を作るときか -O のときだけ"
    keygen_with_list
        en "-l or -O fingerprint alone"
        ja "-l か -O fingerprint のときだけ"
    keygen_new_passphrase
        en "a new passphrase"
        ja "新しいパスフレーズ"
    keygen_with_passphrases
        en "a new key, -p or -O"
        ja "新しい鍵を作るとき、-p、-O のとき"
    keygen_with_output
        en "-O, -e, -i, -r or -y"
        ja "-O、-e、-i、-r、-y のとき"

    // tessh keygen -r
    keygen_sshfp_no_number(kind)
        en "SSHFP records have no number for keys of type {kind}"
        ja "SSHFP レコードには、{kind} の鍵を表す番号がありません"
    keygen_sshfp_no_number_hint
        en "host keys are of type ed25519, ecdsa or rsa"
        ja "ホスト鍵の種類は ed25519、ecdsa、rsa です"
    keygen_no_host_keys
        en "this machine has no host keys in /etc/ssh"
        ja "このマシンの /etc/ssh にホスト鍵がありません"
    keygen_no_host_keys_hint
        en "name a key with -f"
        ja "-f で鍵を指定してください"
}
