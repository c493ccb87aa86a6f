//! The authentication dialog, the challenge dialog, the file picker, and all three in
//! lines.

texts! {
    login_title
        en "SSH Authentication"
        ja "SSH認証"
    login_to(host)
        en "Logging in to {host}"
        ja "{host} にログインします"
    login_required
        en "Authentication required."
        ja "認証が必要です。"
    login_retry
        en "Authentication failed. Please retry."
        ja "認証に失敗しました。もう一度お試しください。"
    login_refused(what)
        en "The server refused {what}."
        ja "サーバーが拒否しました: {what}"
    login_hung_up(what)
        en "The server ended the connection after {what}."
        ja "サーバーは {what} の後に接続を終了しました。"
    login_hung_up_next
        en "The next attempt connects again."
        ja "次の認証は、接続し直して行います。"
    login_unusable(why)
        en "Nothing was refused, but it could not be used: {why}"
        ja "拒否されたのではなく、使用できませんでした: {why}"
    login_further
        en "Further authentication required."
        ja "さらに認証が必要です。"
    login_so_far(what)
        en "The server took {what} and wants another method after it."
        ja "サーバーは {what} を受け入れ、続けて別の認証方式を求めています。"
    login_user
        en "User name:"
        ja "ユーザー名:"
    login_user_first
        en "Tab or Enter sends the name and asks which methods the server takes."
        ja "TabまたはEnterで名前を送り、サーバーが受け付ける認証方式を問い合わせます。"
    login_user_missing
        en "Type a user name."
        ja "ユーザー名を入力してください。"
    login_password
        en "Password:"
        ja "パスワード:"
    login_passphrase
        en "Passphrase:"
        ja "パスフレーズ:"
    login_none_usable
        en "No method can be used here; what is beside each one says why."
        ja "使える認証方式がありません。理由は各方式の横にあります。"
    login_secret_unused
        en "this method needs none"
        ja "この認証方式では不要"
    login_secret_open
        en "this key needs none"
        ja "この鍵では不要"
    login_user_settled
        en "settled for this connection"
        ja "この接続では変更できません"
    login_nothing_to_remember
        en "this method has nothing to remember"
        ja "この認証方式には記憶するものがありません"
    login_remember_later
        en "later methods would not use it"
        ja "この後の認証では使われません"
    login_show
        en "Show what is typed"
        ja "入力を表示する"
    login_clear
        en "Clear the clipboard after a paste here"
        ja "ここに貼り付けた後、クリップボードを消去する"
    login_method_password
        en "Password"
        ja "パスワード"
    login_method_publickey
        en "Key file"
        ja "鍵ファイル"
    login_method_agent
        en "Agent"
        ja "エージェント"
    login_method_keyboard_interactive
        en "Keyboard-interactive"
        ja "キーボードインタラクティブ"
    login_note_keyboard_interactive
        en "the server asks"
        ja "サーバーが質問します"
    login_note_not_accepted
        en "not accepted by the server"
        ja "サーバーが受け付けません"
    login_note_switched_off(keyword)
        en "switched off by {keyword} no"
        ja "{keyword} no で無効にされています"
    login_note_not_named(keyword)
        en "not in {keyword}"
        ja "{keyword} にありません"
    login_note_host_key_changed
        en "off, since the host key changed"
        ja "ホスト鍵が変わったため使えません"
    login_note_no_agent
        en "no agent is running"
        ja "エージェントが動いていません"
    login_note_agent_silent
        en "the agent does not answer"
        ja "エージェントが応答しません"
    login_note_agent_empty
        en "the agent holds no keys"
        ja "エージェントに鍵がありません"
    login_note_agent_failed(why)
        en "failed: {why}"
        ja "失敗しました: {why}"
    login_note_agent_keys(count)
        en "keys: {count}"
        ja "鍵の数: {count}"
    login_note_handed_over
        en "empty: the password that was handed over"
        ja "空欄なら、渡されたパスワードを使います"
    login_key_file
        en "Key file:"
        ja "鍵ファイル:"
    login_key_file_missing
        en "Name a key file."
        ja "鍵ファイルを指定してください。"
    login_key_certified
        en "with a certificate"
        ja "証明書付き"
    login_key_locked
        en "needs a passphrase"
        ja "パスフレーズが必要です"
    login_key_open
        en "needs no passphrase"
        ja "パスフレーズは不要です"
    login_key_special
        en "it is not a regular file"
        ja "通常のファイルではありません"
    login_empty_password
        en "The password is empty. Enter once more sends it so."
        ja "パスワードが空です。もう一度 Enter を押すと、空のまま送信します。"
    login_key_passphrase
        en "This key needs its passphrase."
        ja "この鍵にはパスフレーズが必要です。"
    login_nothing_sent
        en "Nothing was sent to the server."
        ja "サーバーには何も送っていません。"
    login_unlocking
        en "Unlocking the key"
        ja "鍵を開いています"
    login_again
        en "Use this next time"
        ja "次回もこれを使う"
    login_note_worked
        en "worked last time"
        ja "前回成功"
    login_note_and_worked(note)
        en "{note}, worked last time"
        ja "{note}、前回成功"
    login_remember
        en "Remember in memory for this run"
        ja "tessh を終了するまで記憶する"
    login_forward
        en "Forward the agent"
        ja "エージェントを転送する"
    login_forward_unavailable
        en "Forward the agent (none is running)"
        ja "エージェントを転送する（エージェントがありません）"
    login_browse
        en "Browse"
        ja "参照"
    login_disconnect
        en "Disconnect"
        ja "切断"
    login_lost(why)
        en "The connection was lost: {why}"
        ja "接続が失われました: {why}"

    // The same in lines
    login_line_user(user)
        en "User name [{user}]: "
        ja "ユーザー名 [{user}]: "
    login_line_methods(login)
        en "Log in as {login} with one of:"
        ja "{login} としてログインする認証方式:"
    login_line_method(count, number)
        en "Method (1-{count}) [{number}]: "
        ja "認証方式 (1-{count}) [{number}]: "
    login_line_unusable(method, why)
        en "{method}: {why}."
        ja "{method}: {why}。"
    login_line_password(login)
        en "{login}'s password: "
        ja "{login} のパスワード: "
    login_line_key_file
        en "Key file: "
        ja "鍵ファイル: "
    login_line_key_file_proposed(path)
        en "Key file [{path}]: "
        ja "鍵ファイル [{path}]: "
    login_line_passphrase(path)
        en "Enter passphrase for key '{path}': "
        ja "鍵「{path}」のパスフレーズ: "
    login_line_agent_key(count, number)
        en "Key of the agent (1-{count}) [{number}]: "
        ja "エージェントの鍵 (1-{count}) [{number}]: "
    login_line_again(default)
        en "Use this next time (yes/no) [{default}]? "
        ja "次回もこれを使いますか (yes/no) [{default}]? "
    login_line_type_number(count)
        en "Type a number from 1 to {count}."
        ja "1 から {count} までの番号を入力してください。"
    login_line_type_yes_or_no
        en "Type yes or no."
        ja "yes か no を入力してください。"
    login_line_remember(default)
        en "Remember it in memory for this run (yes/no) [{default}]? "
        ja "tessh を終了するまで記憶しますか (yes/no) [{default}]? "
    challenge_title
        en "SSH Authentication Challenge"
        ja "SSH認証チャレンジ"
    challenge_asks(login)
        en "The server asks {login}:"
        ja "サーバーから {login} への質問です:"
    challenge_says(login)
        en "The server says to {login}:"
        ja "サーバーから {login} へのお知らせです:"
    challenge_answer
        en "Answer:"
        ja "回答:"
    challenge_show
        en "Show what is typed"
        ja "入力を表示する"
    files_title
        en "Choose a key file"
        ja "鍵ファイルの選択"
    files_hidden
        en "Show hidden files"
        ja "隠しファイルを表示する"
    files_open
        en "Open"
        ja "開く"
    files_directory
        en "directory"
        ja "ディレクトリ"
    files_none
        en "There is nothing here."
        ja "何もありません。"
    files_more(count)
        en "Only the first {count} entries are shown."
        ja "最初の {count} 件だけを表示しています。"
    files_unreadable(why)
        en "It cannot be listed: {why}"
        ja "一覧を表示できません: {why}"

    // How it went
    login_with(method, credential)
        en "{method} with {credential}"
        ja "{method} ({credential})"
    login_then
        en ", then "
        ja "、続いて "
    login_lost_meanwhile
        en "the connection was lost while a question was open"
        ja "質問に答えている間に接続が失われました"
    login_dead_end(label)
        en "{label}: no method that the server accepts can be used here"
        ja "{label}: サーバーが受け付ける認証方式は、どれもここでは使えません"
    login_dead_end_accepted(list)
        en "it accepts {list}"
        ja "受け付けるのは {list} です"
    login_off_host_key_changed
        en "the host's key changed"
        ja "ホスト鍵が変わっています"
    login_off_agent_failed
        en "the agent failed"
        ja "エージェントでエラーが起きました"
}
