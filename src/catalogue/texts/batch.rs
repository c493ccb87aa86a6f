//! Scripts of commands about files.

texts! {
    batch_line(name, number, cause)
        en "{name}, line {number}: {cause}"
        ja "{name} の {number} 行目: {cause}"
    batch_some_failed
        en "not all of it was done, and the script ends here"
        ja "すべては完了しなかったため、スクリプトをここで終了します"
    batch_usage(form)
        en "it is written: {form}"
        ja "書き方: {form}"
    batch_form_ls
        en "ls [-al] [path]"
        ja "ls [-al] [パス]"
    batch_form_ln
        en "ln [-s] target name"
        ja "ln [-s] リンク先 名前"
    batch_unknown(name)
        en "there is no command \"{name}\""
        ja "コマンド「{name}」はありません"
    batch_unknown_hint
        en "get, put, reget, reput, mget, mput, ls, cd, lcd, pwd, lpwd, mkdir, lmkdir, rmdir, rm, rename, chmod, chown, chgrp, ln, !command and quit are"
        ja "使えるのは get, put, reget, reput, mget, mput, ls, cd, lcd, pwd, lpwd, mkdir, lmkdir, rmdir, rm, rename, chmod, chown, chgrp, ln, !コマンド, quit です"
    batch_several_hint
        en "mget and mput take several sources"
        ja "複数のファイルには mget か mput を使ってください"
    batch_flag(shown)
        en "{shown} has no meaning here"
        ja "{shown} はここでは使えません"
    batch_open_quote
        en "a quotation mark has no second one"
        ja "引用符が閉じていません"
    batch_too_long(name, most)
        en "{name}: a script may have {most} bytes at most"
        ja "{name}: スクリプトは {most} バイトまでです"
    batch_one_place
        en "a script is for one server"
        ja "スクリプトの対象となるサーバーは一つです"
    batch_one_place_hint
        en "tessh files --batch FILE [user@]host[:directory]"
        ja "tessh files --batch ファイル [ユーザー@]ホスト[:ディレクトリ]"
    batch_no_directory
        en "this is no directory"
        ja "これはディレクトリではありません"
    batch_shell_failed(command, status)
        en "the command {command} failed here: {status}"
        ja "手元のコマンド {command} が失敗しました: {status}"
}
