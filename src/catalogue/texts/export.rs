//! tessh sessions import and export.

texts! {
    export_left_out(name, fields)
        en "{name}: PuTTY has no setting for {fields}"
        ja "{name}: PuTTY に対応する設定がありません: {fields}"
    export_route
        en "PuTTY cannot go the way to this host"
        ja "PuTTY はこのホストへの経路に対応していません"
    export_default_settings
        en "PuTTY keeps its defaults under this name"
        ja "この名前は PuTTY の既定の設定に使われています"
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
        en "exported to {place}: sessions: {sessions}, host keys: {keys}, authorities: {authorities}"
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
    import_not_imported(name, error)
        en "{name} is not imported: {error}"
        ja "{name} は取り込みませんでした: {error}"
    import_kept(name)
        en "{name} is there already and stays; --force replaces it"
        ja "{name} は既にあるため変更しません。--force で置き換えます"
    import_proxy_password(name)
        en "{name}: the password for the proxy is not stored; it is asked for"
        ja "{name}: プロキシのパスワードは保存しません。接続時に入力してください"
    import_other_key(name, place)
        en "{place} has another key for {name}; it stays"
        ja "{place} には {name} の別の鍵があります。変更しません"
    import_done(source, sessions, kept, keys, authorities)
        en "imported from {source}: sessions: {sessions} (already there: {kept}), host keys: {keys}, authorities: {authorities}"
        ja "{source} から取り込みました: セッション {sessions} 件（既存 {kept} 件）、ホスト鍵 {keys} 個、認証局 {authorities} 件"
    import_none_usable
        en "none of the sessions can be imported"
        ja "取り込めるセッションがありません"
    import_nothing(source)
        en "{source} has no sessions here"
        ja "{source} のセッションが見つかりません"
    import_name_file(source)
        en "name a file: tessh sessions import {source} FILE"
        ja "ファイルを指定してください: tessh sessions import {source} FILE"
    import_export_no_name
        en "the name of the file or folder is empty"
        ja "ファイルまたはフォルダーの名前が空です"
    import_not_read(path, reason)
        en "{path} was not read: {reason}"
        ja "{path} を読み込めませんでした: {reason}"
    import_nothing_in(source, file)
        en "{file} has no sessions of {source}"
        ja "{file} に {source} のセッションはありません"
    import_words
        en "one file is enough"
        ja "ファイルは 1 つだけ指定してください"
    import_teleport
        en "sessions of Teleport are saved from its list of hosts"
        ja "Teleport のセッションはホストの一覧から保存します"
    import_teleport_hint
        en "tessh teleport save [user@]host"
        ja "tessh teleport save [user@]host"
    import_source_unknown
        en "sessions are imported from putty, winscp or openssh"
        ja "取り込み元は putty、winscp、openssh のいずれかです"
}
