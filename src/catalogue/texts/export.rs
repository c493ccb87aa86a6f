//! tessh sessions import and export.

texts! {
    export_left_out(name, fields)
        en "{name}: PuTTY has no setting for {fields}"
        ja "{name}: PuTTY に対応する設定がありません: {fields}"
    export_route
        en "PuTTY cannot go the way to this host"
        ja "PuTTY はこのホストへの経路に対応していません"
    export_key_not_ppk(name, key)
        en "{name}: PuTTY cannot read {key}; convert it, and export again: tessh keygen -O ppk -f {key} --output {key}.ppk"
        ja "{name}: PuTTY は {key} を読めません。変換してからもう一度書き出してください: tessh keygen -O ppk -f {key} --output {key}.ppk"
    export_nothing
        en "there is no session to export"
        ja "書き出すセッションがありません"
    export_not_exported(name, error)
        en "{name} is not exported: {error}"
        ja "{name} は書き出しませんでした: {error}"
    export_name_too_long(name)
        en "{name}: the name is too long for a file of PuTTY"
        ja "{name}: 名前が PuTTY のファイルには長すぎます"
    export_other_key(entry)
        en "PuTTY has another key for {entry}; it stays"
        ja "PuTTY には {entry} の別の鍵があります。変更しません"
    export_not_written(path, error)
        en "{path} was not written: {error}"
        ja "{path} に書き込めませんでした: {error}"
    export_done(sessions, keys, authorities, place)
        en "exported to {place}: {sessions} sessions, {keys} host keys, {authorities} authorities"
        ja "{place} に書き出しました: セッション {sessions} 件、ホスト鍵 {keys} 個、認証局 {authorities} 件"
    export_no_folder
        en "PuTTY's folder is not known: name one"
        ja "PuTTY のフォルダーが分かりません。指定してください"
    export_ask(folder)
        en "Write into PuTTY's own sessions in {folder} (y/n)?"
        ja "PuTTY 自身のセッション {folder} に書き込みますか (y/n)?"
    export_unasked
        en "PuTTY's own sessions are changed only after a question"
        ja "PuTTY 自身のセッションは確認なしには変更しません"
    export_reg_wants_file
        en "--reg wants a file"
        ja "--reg にはファイルが必要です"
    export_words
        en "one folder is enough"
        ja "フォルダーは 1 つだけ指定してください"
    export_only_putty
        en "sessions are exported for putty alone"
        ja "書き出し先に指定できるのは putty だけです"
}
