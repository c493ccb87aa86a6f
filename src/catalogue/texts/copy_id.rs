//! tessh copy-id: a key for the authorized_keys of a server.

texts! {
    copy_id_usage
        en "usage: tessh copy-id [options] [-i key] [user@]host"
        ja "使い方: tessh copy-id [オプション] [-i 鍵] [ユーザー@]ホスト"
    copy_id_flag_without_meaning(flag)
        en "{flag} means nothing for copy-id"
        ja "copy-id では {flag} は使えません"
    copy_id_one_key
        en "-i is there twice; one key is installed at a time"
        ja "-i が 2 回指定されています。一度に登録できる鍵は 1 つです"
    copy_id_one_host(word)
        en "copy-id takes one host; {word} is one word too many"
        ja "copy-id に指定できるホストは 1 つです。{word} は余分です"
    copy_id_begins(kind, fingerprint, comment, file)
        en "the key: {kind} {fingerprint} {comment} ({file})"
        ja "鍵: {kind} {fingerprint} {comment} ({file})"
    copy_id_in_agent
        en "in the agent"
        ja "エージェント内"
    copy_id_added(login, file)
        en "added to {file} of {login}"
        ja "{login} の {file} に追加しました"
    copy_id_added_folder(login, file, folder)
        en "added to {file} of {login}; {folder} was made for it"
        ja "{folder} を作成し、{login} の {file} に追加しました"
    copy_id_there(login, file)
        en "{file} of {login} has this key already; nothing was changed"
        ja "{login} の {file} にはこの鍵がすでにあります。何も変更していません"
    copy_id_over_sftp
        en "the server runs no commands; this went over SFTP"
        ja "サーバーがコマンドの実行を許可しないため、SFTP で書き込みました"
    copy_id_logs_in
        en "tried it: the key logs in"
        ja "確認: この鍵でログインできます"
    copy_id_refused(why)
        en "tried it: the key does not log in: {why}"
        ja "確認: この鍵ではログインできません: {why}"
    copy_id_refused_writable(names)
        en "others may write to {names} there, and sshd takes no keys from such a place (StrictModes): chmod go-w {names}"
        ja "サーバーの {names} にほかのユーザーが書き込めます。sshd はそのような場所の鍵を使いません (StrictModes)。サーバーで次を実行してください: chmod go-w {names}"
    copy_id_refused_elsewhere
        en "the server may keep its keys elsewhere (AuthorizedKeysFile), or refuse keys of this type"
        ja "サーバーが鍵を別の場所から読んでいる (AuthorizedKeysFile) か、この種類の鍵を受け付けない可能性があります"
    copy_id_not_tried(why)
        en "the key was not tried: {why}"
        ja "この鍵でのログインは確認していません: {why}"
    copy_id_ask(login)
        en "Install it on {login}? Type yes, or press Enter to leave it: "
        ja "{login} に登録しますか。登録するなら yes と入力してください。Enter だけなら何もしません: "
    copy_id_not_wanted
        en "no key was installed"
        ja "鍵は登録していません"
    copy_id_no_shell
        en "the server runs no command beside this session"
        ja "サーバーがこのセッションのほかにコマンドを実行できません"
    copy_id_no_shell_hint
        en "tessh copy-id, with the words that this session was begun with, tries SFTP as well"
        ja "このセッションを始めたときと同じ指定で tessh copy-id を実行すると、SFTP での登録も試みます"
    copy_id_link(name)
        en "{name} on the server is a symbolic link, and links are not followed; nothing was changed"
        ja "サーバーの {name} はシンボリックリンクです。リンクはたどりません。何も変更していません"
    copy_id_no_folder(name)
        en "{name} on the server is no directory; nothing was changed"
        ja "サーバーの {name} はディレクトリーではありません。何も変更していません"
    copy_id_no_file(name)
        en "{name} on the server is no regular file; nothing was changed"
        ja "サーバーの {name} は通常のファイルではありません。何も変更していません"
    copy_id_owner(name)
        en "{name} on the server belongs to another user; nothing was changed"
        ja "サーバーの {name} は別のユーザーのものです。何も変更していません"
    copy_id_busy(name)
        en "another installation of a key is at work on the server, or was cut off: {name} is there"
        ja "サーバーで別の鍵の登録が進行中か、途中で中断されています: {name} があります"
    copy_id_busy_hint(name)
        en "if none is at work, remove {name} there and try again"
        ja "進行中のものがなければ、サーバーの {name} を削除してからやり直してください"
    copy_id_failed(why)
        en "the key was not installed: {why}"
        ja "鍵を登録できませんでした: {why}"
    copy_id_by_hand(line)
        en "the line to add by hand: {line}"
        ja "手動で追加する場合の行: {line}"
    copy_id_no_rename
        en "this SFTP server cannot replace a file in one step (posix-rename@openssh.com)"
        ja "この SFTP サーバーはファイルを一度に置き換えられません (posix-rename@openssh.com)"
    copy_id_changed
        en ".ssh/authorized_keys changed meanwhile"
        ja ".ssh/authorized_keys がその間に変更されました"
    copy_id_too_long
        en ".ssh/authorized_keys is larger than 8 MiB"
        ja ".ssh/authorized_keys が 8 MiB を超えています"
    copy_id_too_slow
        en "the server answers too slowly; the key is not installed"
        ja "サーバーの応答が遅すぎるため、鍵をインストールできませんでした"
    copy_id_several_keys(name, count)
        en "{name} has {count} keys, and one is installed at a time"
        ja "{name} には鍵が {count} 個あります。一度に登録できる鍵は 1 つです"
    copy_id_several_keys_hint
        en "name the file of one key with -i"
        ja "-i で鍵が 1 つのファイルを指定してください"
    copy_id_certificate(name)
        en "{name} is a certificate; a server trusts the authority of certificates (TrustedUserCAKeys), not each of them"
        ja "{name} は証明書です。サーバーは証明書を 1 つずつではなく、その認証局を信頼します (TrustedUserCAKeys)"
    copy_id_certificate_hint
        en "to install the key that it certifies, name the key itself"
        ja "証明された鍵を登録するには、鍵そのものを指定してください"
    copy_id_no_key
        en "there is no key to install"
        ja "登録する鍵がありません"
    copy_id_no_key_hint
        en "make one with tessh keygen, or name one with -i"
        ja "tessh keygen で作成するか、-i で指定してください"
    copy_id_several_held
        en "the agent has several keys, and none was named"
        ja "エージェントに鍵が複数あり、どれも指定されていません"
    copy_id_several_held_hint
        en "name one of their .pub files with -i (ssh-add -L prints the keys)"
        ja "-i でどれかの .pub ファイルを指定してください (ssh-add -L で鍵を表示できます)"
    program_not_over_in_time
        en "the program on the server did not end in time"
        ja "サーバー上のプログラムが時間内に終了しませんでした"
}
