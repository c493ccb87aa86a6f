//! Files on the server: what the SFTP server refuses, and what it must not send.

texts! {
    sftp_about(file, cause)
        en "{file}: {cause}"
        ja "{file}: {cause}"
    sftp_from_to(from, to)
        en "{from} to {to}"
        ja "{from} から {to}"
    sftp_end_of_file
        en "the file on the server ends here"
        ja "サーバー上のファイルはここで終わっています"
    sftp_no_such_file
        en "no such file or directory on the server"
        ja "サーバーにそのようなファイルやディレクトリはありません"
    sftp_permission_denied
        en "permission denied by the server"
        ja "サーバーで許可されていません"
    sftp_already_exists
        en "this already exists on the server"
        ja "サーバーにすでに存在します"
    sftp_not_empty
        en "the directory is not empty"
        ja "ディレクトリが空ではありません"
    sftp_no_space
        en "no space left on the server, or a quota is used up"
        ja "サーバーに空き容量がないか、割り当てを使い切っています"
    sftp_failed
        en "the server could not do it and gives no reason (SFTP has no code for most of them)"
        ja "サーバーで失敗しましたが、理由は知らされていません（SFTP では大半の理由にコードがありません）"
    sftp_failed_words(words)
        en "the server could not do it: {words}"
        ja "サーバーで失敗しました: {words}"
    sftp_unsupported
        en "the server cannot do this"
        ja "サーバーはこの操作に対応していません"
    sftp_unsupported_extension(name)
        en "the server cannot do this: it does not offer {name}"
        ja "サーバーはこの操作に対応していません（{name} がありません）"
    sftp_with_words(cause, words)
        en "{cause} (server: {words})"
        ja "{cause}（サーバーの言葉: {words}）"
    sftp_path_nul
        en "a path on the server cannot have a NUL byte in it"
        ja "サーバー上のパスに NUL バイトは使えません"
    sftp_path_too_long(most)
        en "this path is longer than {most} bytes"
        ja "このパスは {most} バイトを超えています"
    sftp_block_too_long(most)
        en "a block to write is longer than {most} bytes"
        ja "書き込むブロックが {most} バイトを超えています"
    sftp_ended
        en "the server ended the file transfer session"
        ja "サーバーがファイル転送のセッションを終了しました"
    sftp_stream_failed(why)
        en "the file transfer session was lost: {why}"
        ja "ファイル転送のセッションが失われました: {why}"
    sftp_stopped
        en "the file transfer session is over"
        ja "ファイル転送のセッションは終わっています"
    sftp_nothing_came
        en "the server ended the session without starting SFTP"
        ja "サーバーが SFTP を始めずにセッションを終了しました"
    sftp_nothing_came_hint
        en "the account may not be allowed to use it, or the server has none (Subsystem in sshd_config)"
        ja "アカウントに許可されていないか、サーバーに SFTP がない可能性があります（sshd_config の Subsystem）"
    sftp_not_sftp(bytes)
        en "this is not an SFTP server: it sent \"{bytes}\""
        ja "SFTP サーバーではありません。受信した内容: 「{bytes}」"
    sftp_not_sftp_hint
        en "if this is text of a startup file of the account, have the file print nothing without a terminal"
        ja "アカウントの起動ファイルが出力する文字なら、端末がないときは何も出力しないようにしてください"
    sftp_version(version)
        en "the server speaks SFTP version {version}, and not 3"
        ja "サーバーの SFTP はバージョン {version} で、3 ではありません"
    sftp_version_hint
        en "OpenSSH's version is the only one that tessh speaks: have the server updated, or use scp -O -S tessh"
        ja "tessh が話すのは OpenSSH と同じ版だけです。サーバーを更新してもらうか、scp -O -S tessh を使ってください"
    sftp_silent(seconds)
        en "the SFTP server has not answered for {seconds} seconds"
        ja "SFTP サーバーが {seconds} 秒間応答していません"
    sftp_silent_hint
        en "it may be overloaded; try again"
        ja "混雑しているのかもしれません。もう一度お試しください"
    sftp_broken_hint
        en "tell the server's administrator; scp -O -S tessh does without SFTP"
        ja "サーバーの管理者に知らせてください。scp -O -S tessh は SFTP を使いません"
    sftp_bad_length(length)
        en "the SFTP server sent a packet of impossible length ({length} bytes)"
        ja "SFTP サーバーからありえない長さのパケットが届きました（{length} バイト）"
    sftp_bad_packet(kind)
        en "the SFTP server sent a packet that cannot be read (type {kind})"
        ja "SFTP サーバーから読み取れないパケットが届きました（種類 {kind}）"
    sftp_unasked(id)
        en "the SFTP server answered a request that was not made (number {id})"
        ja "SFTP サーバーから、していない要求への応答が届きました（番号 {id}）"
    sftp_unfit(kind, id)
        en "the SFTP server sent an answer that does not fit the request (type {kind}, number {id})"
        ja "SFTP サーバーから要求に合わない応答が届きました（種類 {kind}、番号 {id}）"
    sftp_too_much(sent, asked)
        en "the SFTP server sent {sent} bytes where {asked} were asked for"
        ja "SFTP サーバーから、要求した {asked} バイトに対して {sent} バイトが届きました"
    sftp_endless_directory(most)
        en "the server lists more than {most} names, or an endless number"
        ja "サーバーの一覧が {most} 件を超えているか、終わりがありません"
    sftp_endless_answers(most)
        en "the server lists this in more than {most} answers, or without an end"
        ja "サーバーの一覧の応答が {most} 回を超えているか、終わりがありません"
    sftp_names_too_long(most)
        en "the names below this come to more than {most} bytes, or have no end"
        ja "この下の名前が合計 {most} バイトを超えているか、終わりがありません"
}
