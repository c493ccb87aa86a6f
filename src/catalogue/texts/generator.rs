//! The key generator on the full screen.

texts! {
    generator_title
        en "New key"
        ja "新しい鍵"
    generator_type
        en "Type:"
        ja "種類:"
    generator_bits
        en "RSA bits:"
        ja "RSA ビット数:"
    generator_comment
        en "Comment:"
        ja "コメント:"
    generator_format
        en "Format:"
        ja "形式:"
    generator_openssh
        en "OpenSSH private key and .pub"
        ja "OpenSSH 秘密鍵と .pub"
    generator_ppk
        en "PuTTY PPK 3 and .pub"
        ja "PuTTY PPK 3 と .pub"
    generator_file
        en "Save in:"
        ja "保存先:"
    generator_passphrase
        en "Passphrase:"
        ja "パスフレーズ:"
    generator_again
        en "Passphrase again:"
        ja "確認のため再入力:"
    generator_show
        en "Show passphrase"
        ja "パスフレーズを表示する"
    generator_rounds
        en "bcrypt rounds:"
        ja "bcrypt ラウンド数:"
    generator_generate
        en "Generate"
        ja "生成"
    generator_another
        en "Generate another"
        ja "別の鍵を生成"
    generator_save
        en "Save"
        ja "保存"
    generator_match
        en "Both passphrases are the same."
        ja "パスフレーズは一致しています。"
    generator_mismatch
        en "The two passphrases do not match."
        ja "パスフレーズが一致しません。"
    generator_no_number
        en "this is not a whole number"
        ja "整数を入力してください"
    generator_no_file
        en "Name the file that the key shall be saved in."
        ja "鍵を保存するファイルの名前を入力してください。"
    generator_long_comment(max)
        en "A comment has at most {max} characters."
        ja "コメントは {max} 文字までです。"
    generator_at_work(spinner, seconds)
        en "{spinner} The key is being made: {seconds} s"
        ja "{spinner} 鍵を生成しています: {seconds} 秒"
    generator_sealing(spinner, seconds)
        en "{spinner} The key is being encrypted: {seconds} s"
        ja "{spinner} 鍵を暗号化しています: {seconds} 秒"
    generator_cancelled
        en "Cancelled; nothing was written."
        ja "中止しました。何も書き込んでいません。"
    generator_made(kind)
        en "New {kind} key:"
        ja "新しい {kind} 鍵:"
    generator_unsaved
        en "It is not saved yet."
        ja "まだ保存していません。"
    generator_saved(file)
        en "Saved in {file}"
        ja "{file} に保存しました"
    generator_saved_public(file)
        en "Public key in {file}"
        ja "公開鍵は {file} にあります"
    generator_is_there(file)
        en "{file} exists already"
        ja "{file} はすでに存在します"
    generator_line
        en "The line for a server's ~/.ssh/authorized_keys:"
        ja "サーバーの ~/.ssh/authorized_keys に入れる行:"
    generator_host
        en "Install on:"
        ja "登録先:"
    generator_install
        en "Install on the host"
        ja "ホストに登録"
    generator_no_host
        en "type user@host"
        ja "ユーザー@ホスト を入力してください"
    generator_really_empty
        en "Save the key without a passphrase? Whoever gets the file can log in with it."
        ja "パスフレーズなしで鍵を保存しますか。ファイルを手に入れた人は誰でもこの鍵でログインできます。"
    generator_exists(file)
        en "{file} exists. Overwrite it? The key that is in it will be lost."
        ja "{file} はすでに存在します。上書きしますか。中の鍵は失われます。"
    generator_really_lose
        en "The new key has not been saved. Close without saving, and lose it?"
        ja "新しい鍵はまだ保存されていません。保存せずに閉じますか。鍵は失われます。"
    generator_other_type
        en "The key that was made is dropped, not saved: another type or size means another key."
        ja "種類またはサイズを変更したため、作成した鍵は保存されずに破棄されました。"
}
