//! Files of a server: tessh get, tessh put.

texts! {
    files_flag_without_meaning(flag)
        en "{flag} has no meaning for files"
        ja "{flag} はファイルの転送では意味がありません"
    files_connections_bad(shown, most)
        en "-P {shown}: no number of connections from 1 to {most}"
        ja "-P {shown}: 接続数は 1 から {most} で指定してください"
    files_policy_bad(shown)
        en "--overwrite {shown}: no policy of this name"
        ja "--overwrite {shown}: この方針はありません"
    files_policy_bad_hint(policies)
        en "one of {policies}"
        ja "{policies} のいずれかを指定してください"
    files_links_bad(shown)
        en "--links {shown}: nothing that is done with links"
        ja "--links {shown}: リンクの扱いとして読めません"
    files_limit_bad(shown)
        en "--limit {shown}: no rate"
        ja "--limit {shown}: 速度として読めません"
    files_limit_bad_hint
        en "bytes a second, such as 500K, 20M or 1G"
        ja "1 秒あたりのバイト数を 500K、20M、1G のように指定してください"
    files_no_remote(word)
        en "{word}: no place on a server"
        ja "{word}: サーバー上の場所ではありません"
    files_no_remote_hint
        en "write host:path; host: alone is the home directory"
        ja "ホスト:パス の形で指定してください。ホスト: だけならホームディレクトリです"
    files_profile_and_host(word)
        en "{word}: --profile names the host already"
        ja "{word}: ホストは --profile で指定されています"
    files_profile_and_host_hint
        en "write :path"
        ja ":パス の形で指定してください"
    files_uri_bad(word)
        en "{word}: not a URI of a file"
        ja "{word}: ファイルの URI ではありません"
    files_uri_bad_hint
        en "write sftp://user@host:port/path, with %20 for a space and %25 for %"
        ja "sftp://ユーザー@ホスト:ポート/パス の形で、空白は %20、% は %25 と書いてください"
    files_one_host(first, other)
        en "two servers at once: {first} and {other}"
        ja "サーバーが 2 つ指定されています: {first} と {other}"
    files_one_host_hint
        en "get from one of them at a time"
        ja "1 台ずつ取得してください"
    files_get_usage
        en "tessh get [-r] host:path ... local"
        ja "tessh get [-r] ホスト:パス ... ローカル"
    files_put_usage
        en "tessh put [-r] local ... host:[path]"
        ja "tessh put [-r] ローカル ... ホスト:[パス]"
    files_nothing_to_get
        en "nothing to get"
        ja "取得するものが指定されていません"
    files_nothing_to_put
        en "nothing to put, or no place for it"
        ja "送るもの、または送り先が指定されていません"
    files_last_is_remote(word)
        en "{word}: the last word is the local place, and this one looks like a server's"
        ja "{word}: 最後はローカルの場所ですが、サーバー上の場所のように見えます"
    files_last_is_remote_hint(word)
        en "add . for this directory, or write ./{word} for a file of that name"
        ja "このディレクトリーなら . を加え、その名前のファイルなら ./{word} と書いてください"
    files_no_match(pattern)
        en "{pattern}: nothing matches"
        ja "{pattern}: 一致するものがありません"
    files_no_match_hint
        en "a backslash before *, ? or [ takes it as it is"
        ja "*、?、[ をそのまま使うには前に \\ を付けてください"
    files_too_many_matches(pattern, most)
        en "{pattern}: more than {most} names match"
        ja "{pattern}: 一致する名前が {most} を超えています"
    files_through_master_ended(status)
        en "the shared connection's session ended with status {status}"
        ja "共有接続のセッションがステータス {status} で終了しました"
    files_shared_is_one
        en "a shared connection is used, which is one"
        ja "共有接続を使うため、接続は 1 本です"
    files_login_is_one
        en "this login cannot be repeated without asking again"
        ja "このログインは、もう一度尋ねずには繰り返せません"
    files_directory_not_made(word, reason)
        en "{word}: the directory cannot be made: {reason}"
        ja "{word}: ディレクトリーを作成できません: {reason}"
    files_not_a_directory(word)
        en "{word}: several files go there, and it is no directory"
        ja "{word}: 複数のファイルの送り先ですが、ディレクトリーではありません"
    files_not_a_directory_hint(word)
        en "write {word}/ to have the directory made"
        ja "ディレクトリーを作成するには {word}/ と書いてください"
    files_name_hidden(word)
        en "the server calls this directory {word}, and its copy would be hidden here"
        ja "サーバーはこのディレクトリーを {word} と答えました。コピーが隠しディレクトリーになります"
    files_name_hidden_hint
        en "name the directory itself, or a local one that does not exist yet"
        ja "ディレクトリーの名前を書くか、まだないローカルの名前を指定してください"
    files_same_name(name)
        en "two sources are called {name}, and one copy would replace the other"
        ja "{name} という名前の送り元が 2 つあり、一方が他方を置き換えてしまいます"
    files_same_name_hint
        en "transfer them one by one, to different places"
        ja "別々の場所に 1 つずつ転送してください"
    files_summary(files, bytes, time, rate)
        en "{files}, {bytes} in {time}, {rate}/s"
        ja "{files}、{bytes}、{time}、{rate}/秒"
    files_one_file
        en "1 file"
        ja "1 ファイル"
    files_count(count)
        en "{count} files"
        ja "{count} ファイル"
    files_interrupted
        en "stopped; what is unfinished is kept as NAME.filepart, and --resume continues it"
        ja "中止しました。途中のファイルは NAME.filepart として残り、--resume で続けられます"
    files_summary_skipped(count)
        en ", {count} left out"
        ja "、{count} 件を省略"
    files_summary_failed(count)
        en ", {count} failed"
        ja "、{count} 件が失敗"
    files_overwrite(file, there, new)
        en "{file} is there already ({there}; the source has {new})"
        ja "{file} はすでにあります ({there}、送り元は {new})"
    files_overwrite_newer
        en ", older than the source"
        ja "、送り元より古いファイルです"
    files_overwrite_older
        en ", newer than the source"
        ja "、送り元より新しいファイルです"
    files_overwrite_choice
        en "replace it? y yes, n no, Y all, N none, q quit: "
        ja "置き換えますか? y はい、n いいえ、Y すべて、N すべて残す、q 中止: "
    files_resume(file, have, size)
        en "{file}: an earlier transfer has left {have} of {size}"
        ja "{file}: 以前の転送が {size} のうち {have} を残しています"
    files_resume_choice
        en "continue it? y yes, n anew, Y all, N all anew, q quit: "
        ja "続けますか? y はい、n 最初から、Y すべて続ける、N すべて最初から、q 中止: "
    files_ask_without_terminal
        en "--overwrite ask: nobody can be asked"
        ja "--overwrite ask: 尋ねる相手がいません"
    files_ask_without_terminal_hint
        en "run on a terminal, without BatchMode and --json, or choose another policy"
        ja "BatchMode と --json を使わずに端末で実行するか、別の方針を選んでください"
    files_fewer_connections(have, wanted, why)
        en "{have} of {wanted} connections are used: {why}"
        ja "{wanted} 本のうち {have} 本の接続を使います: {why}"
    files_fewer_channels(why)
        en "fewer channels are used than would be quickest: {why}"
        ja "最速となる数より少ないチャネルを使います: {why}"
    files_lost_hint
        en "the same command with --resume goes on"
        ja "同じコマンドに --resume を付けると続きから再開できます"
    files_no_program
        en "the server does not run programs"
        ja "サーバーはプログラムを実行しません"
}
