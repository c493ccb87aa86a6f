//! The command line, the environment and the demonstration.

texts! {
    // The command line
    option_unknown_letter(shown)
        en "unknown option -- {shown}"
        ja "存在しないオプションです -- {shown}"
    see_help
        en "see tessh --help"
        ja "tessh --help をご覧ください"
    see_help_of(verb)
        en "see tessh {verb} --help"
        ja "tessh {verb} --help をご覧ください"
    option_letter_without_argument(letter)
        en "option requires an argument -- {letter}"
        ja "オプションに引数が必要です -- {letter}"
    option_unknown(shown)
        en "unknown option --{shown}"
        ja "存在しないオプションです --{shown}"
    option_takes_no_argument(flag)
        en "option takes no argument: {flag}"
        ja "引数を取らないオプションです: {flag}"
    option_without_argument(flag)
        en "option requires an argument: {flag}"
        ja "オプションに引数が必要です: {flag}"
    options_exclude(name, other)
        en "Cannot specify {name} with {other}"
        ja "{name} と {other} は同時に指定できません"
    profile_and_host
        en "--profile names the host, so none is typed beside it"
        ja "--profile が接続先を決めるため、ホストは指定できません"
    profile_and_host_hint
        en "put --profile first; a word after it is the command"
        ja "--profile を先頭に置いてください。その後の語はコマンドになります"
    password_fd_no_number
        en "--password-fd: a descriptor is a number"
        ja "--password-fd: ディスクリプターは番号で指定します"
    password_fd_no_number_hint
        en "such as 3"
        ja "たとえば 3 です"
    argument_not_utf8(what)
        en "{what}: not UTF-8"
        ja "{what}: UTF-8 ではありません"
    terminal_setup_failed(error)
        en "cannot set up the terminal: {error}"
        ja "端末を設定できません: {error}"
    log_file_not_opened(path, error)
        en "Couldn't open logfile {path}: {error}"
        ja "ログファイル {path} を開けません: {error}"
    log_file_not_opened_hint
        en "name another file with -E"
        ja "-E で別のファイルを指定してください"
    log_file_failed(path, reason)
        en "cannot write to the log file {path}: {reason}; messages go to standard error from here on"
        ja "ログファイル {path} に書き込めません: {reason}。以後のメッセージは標準エラー出力に出ます"
    language_unknown(value)
        en "--lang {value}: no such language here"
        ja "--lang {value}: この言語はありません"
    language_unknown_hint
        en "there are en and ja"
        ja "en と ja があります"
    subsystem_missing
        en "You must specify a subsystem to invoke."
        ja "サブシステムを指定してください"
    subsystem_missing_hint
        en "such as -s host sftp"
        ja "たとえば -s host sftp です"
    option_for_sessions(flag)
        en "{flag} is for tessh sessions; connecting is not forced"
        ja "{flag} は tessh sessions のオプションで、接続には使えません"
    two_commands
        en "Cannot execute command-line and remote command."
        ja "コマンドラインと設定の両方にコマンドがあるため、実行できません"
    two_commands_hint
        en "-o RemoteCommand=none leaves the one of the command line"
        ja "-o RemoteCommand=none を付けると、コマンドラインのものだけになります"
    command_not_run(by)
        en "{by}: the command is not run"
        ja "{by}: コマンドは実行されません"
    profile_unknown(name)
        en "no saved session is called '{name}'"
        ja "「{name}」という保存済みセッションはありません"
    profile_unknown_hint
        en "tessh sessions list names them all"
        ja "tessh sessions list で一覧を表示できます"
    sessions_unread(fault)
        en "not all saved sessions could be read: {fault}"
        ja "読み込めない保存済みセッションがあります: {fault}"
    profile_unknown_near(near)
        en "near it: {near}"
        ja "似た名前: {near}"
    profile_not_honoured(name, what)
        en "{name}: {what}"
        ja "{name}: {what}"
    session_of_several(name, names)
        en "'{name}' is the name of several sessions: {names}"
        ja "「{name}」という名前のセッションが複数あります: {names}"
    session_of_several_hint(name)
        en "say which one, for example '{name}'"
        ja "「{name}」のように、どれかを指定してください"
    session_in_several_files(name, places)
        en "the session '{name}' is in several files: {places}"
        ja "セッション「{name}」が複数のファイルにあります: {places}"
    session_in_several_files_hint
        en "take all but one of them out of ~/.config/tessh/config.toml"
        ja "~/.config/tessh/config.toml にはどれか 1 つだけを残してください"
    session_choice(name)
        en "'{name}' is the name of several sessions:"
        ja "「{name}」という名前のセッションが複数あります:"
    session_choice_number
        en "Number (Enter: none): "
        ja "番号 (Enter で中止): "
    session_choice_none
        en "no session was chosen"
        ja "セッションが選ばれませんでした"
    settings_key_unknown(key)
        en "there is no setting {key}"
        ja "{key} という設定はありません"
    settings_wants_flag
        en "it is true or false, without quotes"
        ja "true か false を引用符なしで書いてください"
    settings_wants_paths
        en "it is a path in quotes, from / or ~/, or several in brackets"
        ja "/ か ~/ で始まるパスを引用符で囲んで書くか、複数なら角括弧に並べてください"
    profile_key_unknown(name, line, key)
        en "session {name} line {line}: {key} is not known, and not applied"
        ja "保存済みセッション {name} の {line} 行目: {key} という項目はなく、適用されません"
    command_not_utf8
        en "the command is not UTF-8"
        ja "コマンドが UTF-8 ではありません"
    directory_not_utf8(value)
        en "{value}: the working directory is not UTF-8"
        ja "{value}: 作業ディレクトリの名前が UTF-8 ではありません"
    directory_not_utf8_hint
        en "give the path from the root"
        ja "ルートからのパスで指定してください"
    cannot_start(error)
        en "cannot start: {error}"
        ja "起動できません: {error}"
    stopped_by_fault
        en "tessh stopped because of a fault in it"
        ja "tessh 自身の不具合のため停止しました"
    descriptor_not_open
        en "no such descriptor is open"
        ja "このディスクリプターは開かれていません"
    descriptor_hint(flag)
        en "open the descriptor in the calling shell, for example {flag} 3 3<file"
        ja "呼び出し側のシェルでディスクリプターを開いてください。例: {flag} 3 3<file"
    stdin_not_utf8
        en "what is read is not UTF-8"
        ja "読み取った内容が UTF-8 ではありません"
    query_unsupported(query)
        en "Unsupported query \"{query}\""
        ja "「{query}」という問い合わせはありません"
    query_unsupported_hint
        en "-Q takes cipher, cipher-auth, compression, kex, key, key-cert, key-plain, key-sig, mac, protocol-version, sig, or one of the keywords that take such a list"
        ja "-Q に指定できるのは cipher, cipher-auth, compression, kex, key, key-cert, key-plain, key-sig, mac, protocol-version, sig と、その一覧を取るキーワードです"
    stdout_label
        en "standard output"
        ja "標準出力"
    stderr_label
        en "standard error"
        ja "標準エラー出力"
    stdin_label
        en "standard input"
        ja "標準入力"
    terminal_label
        en "the terminal"
        ja "端末"
    connection_to_host_closed(host)
        en "Connection to {host} closed."
        ja "{host} への接続を終了しました。"
    stream_unusable(what, error)
        en "cannot use {what}: {error}"
        ja "{what}を使えません: {error}"
    pty_not_allocated
        en "Pseudo-terminal will not be allocated because stdin is not a terminal."
        ja "標準入力が端末ではないため、仮想端末は割り当てられません。"
    destination_not_utf8
        en "the destination: not UTF-8"
        ja "接続先が UTF-8 ではありません"
    ssh1_option
        en "SSH protocol v.1 is no longer supported"
        ja "SSH プロトコルのバージョン 1 には対応していません"
    completions_for_what
        en "completions are for a shell"
        ja "補完はシェルごとに作成します"
    completions_for_what_hint
        en "tessh completions bash, zsh or fish"
        ja "tessh completions の後に bash、zsh、fish のいずれかを指定してください"
    usage
        en "usage: tessh [options] [user@]host[:port] [command [argument ...]]"
        ja "使い方: tessh [options] [user@]host[:port] [command [argument ...]]"
    misspelt_verb(word, verb)
        en "'{word}' is no verb and no host that is on record: did you mean `tessh {verb}`?"
        ja "「{word}」という動詞も、記録されたホストもありません。`tessh {verb}` のことですか?"
    misspelt_session(word, name)
        en "'{word}' is no saved session and no host that is on record: did you mean `tessh {name}`?"
        ja "「{word}」という保存されたセッションも、記録されたホストもありません。`tessh {name}` のことですか?"
    misspelt_hint(word)
        en "a host of that name is reached with `tessh -- {word}`"
        ja "その名前のホストには `tessh -- {word}` で接続できます"
    no_host_named
        en "no host is named"
        ja "ホストが指定されていません"
    host_with_port(hostname, port)
        en "{hostname} port {port}"
        ja "{hostname} ポート {port}"

    // The terminal
    typed_not_utf8
        en "what was typed is not UTF-8"
        ja "入力が UTF-8 ではありません"
    typed_too_long
        en "the line is too long"
        ja "入力が長すぎます"

    // The environment
    dns_server_bad(shown)
        en "TESSH_DNS_SERVER: '{shown}' is not an address"
        ja "TESSH_DNS_SERVER: 「{shown}」はアドレスではありません"
    dns_server_bad_hint
        en "write it with its port, as in 192.0.2.1:53 or [2001:db8::1]:53"
        ja "192.0.2.1:53 や [2001:db8::1]:53 のように、ポートを付けて書いてください"

    // The demonstration
    demo_key_not_made(error)
        en "cannot make a key: {error}"
        ja "鍵を作成できません: {error}"
    demo_loopback_only
        en "the demo server listens on loopback only"
        ja "デモのサーバーはループバックでのみ待ち受けます"
    demo_loopback_only_hint
        en "use 127.0.0.1 or ::1"
        ja "127.0.0.1 か ::1 を使ってください"
    demo_cannot_listen(error)
        en "the demo server cannot listen: {error}"
        ja "デモのサーバーは待ち受けできません: {error}"
    demo_cannot_listen_hint
        en "another program may have the port; port 0 takes any free one"
        ja "別のプログラムがそのポートを使っているのかもしれません。ポート 0 なら空いているものを使います"
    demo_takes_no_arguments
        en "tessh demo takes no arguments but --serve"
        ja "tessh demo に指定できるのは --serve だけです"
    demo_needs_terminal
        en "tessh demo needs a terminal"
        ja "tessh demo には端末が必要です"
    demo_needs_terminal_hint
        en "tessh demo --serve runs only the server"
        ja "tessh demo --serve でサーバーだけを動かせます"
    demo_no_directory(error)
        en "no temporary directory: {error}"
        ja "一時ディレクトリを作成できません: {error}"
    demo_as_root
        en "You are root. So that no root shell is handed out, the shells of the\n\
            demonstration are those of the user nobody."
        ja "あなたは root です。root のシェルを渡さないよう、デモのシェルは\n\
            ユーザー nobody で動きます。"
    demo_password_hint(password)
        en "the password of this demonstration: {password}"
        ja "このデモのパスワード: {password}"
    demo_hello
        en "\n\
            This is the demo server: a shell on this machine, in an empty directory.\n\
            Three things to try at the start of a line:\n\
            \n\
            \x20 ~i     who is at both ends of the connection, and why the host is trusted\n\
            \x20 ~d     log in once more on top of this session, perhaps in another way\n\
            \x20 exit   back to your own shell\n"
        ja "\n\
            デモのサーバーです。このマシンの、空のディレクトリーで動くシェルです。\n\
            行の先頭で試せること:\n\
            \n\
            \x20 ~i     接続の両端と、ホストを信頼した理由を表示します\n\
            \x20 ~d     このセッションの上で、もう一度 (別の方法でも) ログインします\n\
            \x20 exit   自分のシェルに戻ります\n"
    demo_over
        en "That was the demonstration, and nothing of it is left. The next step:\n\
            tessh user@host, or tessh alone, which asks where to."
        ja "デモは以上です。何も残っていません。次は tessh ユーザー@ホスト、\n\
            または tessh だけで接続先の画面が開きます。"
    demo_welcome(address, user, password, key, kind, fingerprint, port, ip)
        en "An SSH server of your own runs on {address}, for this demonstration only.\n\
            \n\
            user      {user}\n\
            password  {password}\n\
            key       {key}\n\
            host key  {kind} {fingerprint}\n\
            \n\
            from another window:\n\
            \x20 tessh -p {port} -i {key} {user}@{ip}"
        ja "このデモ専用の SSH サーバーが {address} で動いています。\n\
            \n\
            ユーザー    {user}\n\
            パスワード  {password}\n\
            鍵          {key}\n\
            ホスト鍵    {kind} {fingerprint}\n\
            \n\
            別の画面から:\n\
            \x20 tessh -p {port} -i {key} {user}@{ip}"
}
