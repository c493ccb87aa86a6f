//! Saved sessions, their files, and tessh sessions.

texts! {
    session_field_missing
        en "it is missing"
        ja "指定されていません"
    session_method_unknown(value)
        en "a method is one of {value}"
        ja "認証方式は次のいずれかです: {value}"
    session_too_many_methods(limit)
        en "more than {limit} methods"
        ja "認証方式が {limit} 個を超えています"
    session_value_unknown(value)
        en "it is one of {value}"
        ja "次のいずれかです: {value}"
    session_fingerprint_form
        en "a fingerprint is SHA256: and 43 characters of base64, or MD5: and 16 bytes"
        ja "フィンガープリントは SHA256: と base64 の 43 文字、または MD5: と 16 バイトです"
    session_jump_and_proxy
        en "jump and proxy_command exclude each other"
        ja "jump と proxy_command は同時に指定できません"
    session_setenv_elsewhere
        en "SetEnv has a table of its own, environment"
        ja "SetEnv は専用の表 environment に書いてください"
    session_number_too_large
        en "the number is too large"
        ja "数値が大きすぎます"
    session_too_many_entries(limit)
        en "more than {limit} entries"
        ja "{limit} 件を超えています"
    session_too_many_names(limit)
        en "more than {limit} names"
        ja "名前が {limit} 個を超えています"
    session_value_empty
        en "it is empty"
        ja "空です"
    session_control_characters
        en "it has control characters"
        ja "制御文字が含まれています"
    session_name_of_variable
        en "a name has no blanks and no ="
        ja "名前に空白や = は使えません"
    session_value_control_characters
        en "a value has control characters"
        ja "値に制御文字が含まれています"
    session_name_bad(shown, why)
        en "'{shown}' cannot name a saved session: {why}"
        ja "「{shown}」は保存済みセッションの名前にできません: {why}"
    session_name_too_long(limit)
        en "it is longer than {limit} bytes"
        ja "{limit} バイトを超えています"
    session_file_name_too_long(length, limit)
        en "its file would need a name of {length} bytes, of {limit}"
        ja "ファイル名が {length} バイトになり、上限の {limit} を超えます"
    session_no_secrets(name)
        en "{name}: no secret is kept in a saved session; take it out"
        ja "{name}: 保存済みセッションに秘密は保存しません。取り除いてください"
    session_wants_table(field)
        en "{field}: it is a table"
        ja "{field}: 表 (table) で書いてください"
    session_wants_text
        en "it is a text in quotes"
        ja "引用符で囲んだ文字列で書いてください"
    session_wants_texts
        en "it is a text in quotes, or several in brackets"
        ja "引用符で囲んだ文字列か、それを角括弧に並べたもので書いてください"
    session_wants_table_of_texts
        en "it is a table of names and texts"
        ja "名前と文字列の表 (table) で書いてください"
    session_wants_text_value
        en "a value is a text in quotes"
        ja "値は引用符で囲んだ文字列で書いてください"
    session_field_fault(name, field, what)
        en "saved session '{name}': {field}: {what}"
        ja "保存済みセッション「{name}」: {field}: {what}"
    session_link_dangling
        en "it is a link that leads nowhere, or gone"
        ja "リンク先がないか、消されています"
    session_file_name_foreign
        en "this file name is that of no session"
        ja "セッションのファイル名ではありません"
    session_file_name_foreign_hint
        en "tessh sessions save makes names that are"
        ja "正しい名前は tessh sessions save が付けます"
    session_would_be_too_large(limit)
        en "it would be larger than {limit} bytes"
        ja "{limit} バイトを超えてしまいます"
    file_not_created
        en "cannot be created"
        ja "を作成できません"
    file_not_created_hint
        en "make it first, where this user may write"
        ja "書き込める場所に先に作成してください"
    session_changed_meanwhile(document)
        en "{document} was changed since it was read"
        ja "{document} は読み取った後に変更されています"
    session_changed_meanwhile_hint
        en "look at it and save again"
        ja "内容を確認して、もう一度保存してください"
    session_store_full(limit)
        en "it has {limit} sessions already"
        ja "すでに {limit} 個のセッションがあります"
    file_not_written
        en "cannot be written"
        ja "に書き込めません"
    session_unchanged
        en "it is as it was"
        ja "内容は元のままです"
    file_not_removed
        en "cannot be removed"
        ja "を削除できません"
    file_not_read
        en "cannot be read"
        ja "を読み取れません"
    session_store_too_large(limit)
        en "it has more than {limit} sessions"
        ja "セッションが {limit} 個を超えています"
    file_not_regular
        en "it is not a regular file"
        ja "通常のファイルではありません"
    file_too_large(limit)
        en "it is larger than {limit} bytes"
        ja "{limit} バイトを超えています"
    file_not_utf8
        en "it is not UTF-8"
        ja "UTF-8 ではありません"
    file_not_toml
        en "it is not TOML"
        ja "TOML として読み取れません"
    file_not_locked
        en "cannot be locked"
        ja "をロックできません"
    file_locked(seconds)
        en "it has been locked by another process for {seconds} s"
        ja "別のプロセスが {seconds} 秒間ロックしています"
    sessions_not_ours(shown, source)
        en "the session '{shown}' belongs to {source}"
        ja "セッション「{shown}」は {source} のものです"
    sessions_not_ours_hint
        en "remove it there"
        ja "そちらで削除してください"
    session_line_fault(value, line, what)
        en "{value} line {line}: {what}"
        ja "{value} の {line} 行目: {what}"
    session_line_fault_hint
        en "correct that line, or remove the session: tessh sessions remove"
        ja "その行を直すか、tessh sessions remove でセッションを削除してください"
    session_wants_seconds
        en "it is a whole number of seconds"
        ja "秒数を整数で書いてください"
    session_wants_number
        en "it is a whole number"
        ja "整数で書いてください"

    // tessh sessions
    sessions_none_hint
        en "tessh sessions save NAME [user@]host saves one"
        ja "tessh sessions save NAME [user@]host で保存できます"
    sessions_verb_unknown(other)
        en "unknown command: sessions {other}"
        ja "存在しないコマンドです: sessions {other}"
    sessions_name_not_utf8
        en "the name of a saved session is UTF-8"
        ja "保存済みセッションの名前は UTF-8 で指定してください"
    sessions_option_unknown(word)
        en "unknown option {word}"
        ja "存在しないオプションです: {word}"
    sessions_one_name(what)
        en "sessions {what} takes one name"
        ja "sessions {what} には名前を 1 つ指定します"
    sessions_one_name_hint(what)
        en "tessh sessions {what} NAME"
        ja "tessh sessions {what} NAME のように書きます"
    sessions_list_takes_no_name
        en "sessions list takes no name"
        ja "sessions list に名前は指定できません"
    sessions_list_takes_no_name_hint
        en "tessh sessions show NAME"
        ja "詳細は tessh sessions show NAME で表示できます"
    sessions_none(hint)
        en "tessh: there are no saved sessions; {hint}"
        ja "tessh: 保存済みセッションはありません。{hint}"
    sessions_key_unknown(file, line, key)
        en "tessh: {file} line {line}: {key} is not known, and not applied"
        ja "tessh: {file} {line} 行目: {key} という項目はなく、適用されません"
    sessions_ask_replace(shown, there)
        en "Replace the saved session '{shown}' ({there})? [y/N] "
        ja "保存済みセッション「{shown}」 ({there}) を置き換えますか? [y/N] "
    sessions_name_taken(shown)
        en "there is a saved session '{shown}' already"
        ja "保存済みセッション「{shown}」がすでにあります"
    sessions_saved(value, shown_path)
        en "tessh: saved '{value}' as {shown_path}"
        ja "tessh: 「{value}」を {shown_path} に保存しました"
    sessions_name_first
        en "the name comes first"
        ja "名前を先頭に書いてください"
    sessions_save_wants
        en "sessions save takes a name and a host"
        ja "sessions save には名前とホストを指定します"
    sessions_option_not_saved(flag)
        en "{flag} has no place in a saved session"
        ja "{flag} は保存済みセッションに保存できません"
    sessions_password_in_uri
        en "what follows ':' before '@' in a URI is a password, which is not saved"
        ja "URI の「:」から「@」まではパスワードなので、保存できません"
    sessions_password_in_uri_hint
        en "tessh sessions save NAME ssh://user@host"
        ja "tessh sessions save NAME ssh://user@host のように書いてください"
    sessions_no_directory(error)
        en "there is no working directory: {error}"
        ja "作業ディレクトリがありません: {error}"
    sessions_ask_remove(shown)
        en "Remove the saved session '{shown}'? [y/N] "
        ja "保存済みセッション「{shown}」を削除しますか? [y/N] "
    sessions_remove_unasked
        en "removing a saved session is asked about"
        ja "保存済みセッションの削除には確認が必要です"
    sessions_unasked_hint(instead)
        en "{instead} goes on without a question"
        ja "{instead} を付けると確認なしで続行します"
    sessions_nothing_changed
        en "nothing was changed"
        ja "何も変更していません"
}
