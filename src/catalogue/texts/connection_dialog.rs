//! New connection, on the full screen and in lines.

texts! {
    connection_title
        en "New connection"
        ja "新しい接続"
    connection_host
        en "Host:"
        ja "ホスト:"
    connection_port
        en "TCP port:"
        ja "TCPポート:"
    connection_family
        en "Addresses:"
        ja "アドレス:"
    connection_any_family
        en "Auto"
        ja "自動"
    connection_confirm_paste
        en "Confirm pastes of several lines"
        ja "複数行の貼り付けを確認する"
    connection_connect
        en "Connect"
        ja "接続"
    connection_connect_to(name)
        en "Connect to \"{name}\""
        ja "「{name}」に接続"
    connection_found(found, all)
        en "{found} of {all}"
        ja "{all}件中{found}件"
    connection_no_match
        en "no match"
        ja "一致するものはありません"
    connection_first_run
        en "Type user@host, for example anna@web1. `tessh demo` shows how it goes."
        ja "user@host の形で入力します（例: anna@web1）。`tessh demo` で試せます。"
    connection_options(port, family)
        en "{port}, {family}"
        ja "{port}、{family}"
    connection_options_and_pastes(port, family)
        en "{port}, {family}, pastes lines without asking"
        ja "{port}、{family}、複数行の貼り付けは確認しない"
    connection_port_usual
        en "port 22 unless :port"
        ja "ポートは指定がなければ22"
    connection_port_set(port)
        en "port {port}"
        ja "ポート{port}"
    connection_family_usual
        en "IPv4 or IPv6"
        ja "IPv4またはIPv6"
    connection_save
        en "Save as"
        ja "保存…"
    connection_leave
        en "Leave"
        ja "終了"
    connection_recent
        en "recent"
        ja "履歴"
    connection_just_now
        en "just now"
        ja "たった今"
    connection_minutes_ago(count)
        en "{count} min ago"
        ja "{count}分前"
    connection_hours_ago(count)
        en "{count} h ago"
        ja "{count}時間前"
    connection_days_ago(count)
        en "{count} days ago"
        ja "{count}日前"
    connection_broken(why)
        en "! cannot be used: {why}"
        ja "! 使えません: {why}"
    connection_nothing
        en "Type a host, or choose one from the list."
        ja "ホストを入力するか、一覧から選んでください。"
    connection_gone
        en "The file of this session is gone."
        ja "このセッションのファイルがなくなっています。"
    connection_only_ours
        en "this session belongs to another program: d makes a copy of it that you can change"
        ja "このセッションは別のプログラムのものです。d で変更可能なコピーを作成できます"
    connection_only_sessions
        en "Only a saved session can be edited or duplicated; ^S saves this one as a session."
        ja "編集・複製できるのは保存済みセッションだけです。^S でこのホストをセッションとして保存できます。"
    connection_saved(name)
        en "Saved as {name}."
        ja "{name} として保存しました。"
    connection_removed(name)
        en "{name} was removed."
        ja "{name} を削除しました。"
    connection_hint_edit
        en "edit"
        ja "編集"
    connection_hint_duplicate
        en "duplicate"
        ja "複製"
    connection_hint_remove
        en "remove"
        ja "削除"
    connection_hint_save
        en "save as"
        ja "保存"
    connection_hint_help
        en "help"
        ja "ヘルプ"
    connection_hint_connect
        en "connect"
        ja "接続"
    connection_hint_choose
        en "choose from the list"
        ja "一覧から選択"
    connection_hint_options
        en "options"
        ja "オプション"
    connection_hint_leave
        en "leave"
        ja "終了"
    connection_hint_scroll
        en "scroll"
        ja "スクロール"
    connection_save_title
        en "Save as a session"
        ja "セッションとして保存"
    connection_duplicate_title(name)
        en "Duplicate {name}"
        ja "{name} を複製"
    connection_name
        en "Name:"
        ja "名前:"
    connection_name_taken
        en "There is a saved session of this name already. Choose another one."
        ja "同じ名前のセッションがすでにあります。別の名前を付けてください。"
    connection_save_now
        en "Save"
        ja "保存"
    connection_remove_title
        en "Remove"
        ja "削除"
    connection_remove_session(name)
        en "Remove the saved session {name}? Its file is deleted."
        ja "保存済みセッション「{name}」を削除しますか。ファイルも消えます。"
    connection_remove_recent(name)
        en "Remove {name} from what was connected to before?"
        ja "「{name}」を履歴から削除しますか。"
    connection_remove
        en "Remove"
        ja "削除する"
    connection_edit_title(name)
        en "Edit {name}"
        ja "{name} の編集"
    connection_edit_lists
        en "Several values are separated by blanks; a value with blanks stands in quotes. An empty field is left out of the file."
        ja "複数の値は空白で区切り、空白を含む値は引用符で囲みます。空の項目はファイルに書かれません。"
    connection_field_long
        en "too long to be edited here"
        ja "長すぎるため、ここでは編集できません"
    connection_group_connection
        en "Connection"
        ja "接続"
    connection_group_login
        en "Login"
        ja "ログイン"
    connection_group_trust
        en "Trust"
        ja "ホストの信頼"
    connection_group_proxy
        en "Proxy"
        ja "プロキシ"
    connection_group_log
        en "Log"
        ja "ログ"
    connection_group_terminal
        en "Terminal"
        ja "端末"
    connection_group_forwards
        en "Forwarding"
        ja "転送"
    connection_group_other
        en "Other"
        ja "その他"
    connection_overwrite_title
        en "Changed by somebody else"
        ja "他で変更されています"
    connection_overwrite_question
        en "The file was changed since it was read here, perhaps in another editor. Write over what was changed there? What you typed is still in the form if you answer No."
        ja "このファイルは、ここで読み込んだ後に変更されました（別のエディターかもしれません）。その変更を上書きしますか。「いいえ」を選んでも、入力した内容はこの画面に残ります。"
    connection_overwrite
        en "Overwrite"
        ja "上書きする"
    connection_discard_title
        en "Not saved"
        ja "保存していません"
    connection_discard_question
        en "What you changed has not been saved. Leave without saving?"
        ja "変更した内容はまだ保存していません。保存せずに閉じますか。"
    connection_discard
        en "Leave without saving"
        ja "保存せずに閉じる"
    connection_pty_unset
        en "as usual"
        ja "通常どおり"
    connection_wants_port
        en "a port is a number from 1 to 65535"
        ja "ポートは1から65535までの数です"
    connection_wants_number
        en "it is a whole number"
        ja "整数で入力してください"
    connection_wants_quotes
        en "a quote is not closed"
        ja "引用符が閉じていません"
    connection_wants_yes_or_no
        en "yes or no is wanted"
        ja "yes か no を入力してください"
    connection_wants_pairs
        en "each is written NAME=value"
        ja "それぞれ NAME=value の形で入力してください"
    connection_field_host
        en "Host:"
        ja "ホスト:"
    connection_field_port
        en "Port:"
        ja "ポート:"
    connection_field_user
        en "User:"
        ja "ユーザー名:"
    connection_field_method
        en "Method:"
        ja "認証方式:"
    connection_field_identity
        en "Key files:"
        ja "鍵ファイル:"
    connection_field_certificate
        en "Certificates:"
        ja "証明書:"
    connection_field_known_hosts
        en "known_hosts files:"
        ja "known_hosts:"
    connection_field_fingerprints
        en "Fingerprints:"
        ja "フィンガープリント:"
    connection_field_jump
        en "Jump hosts:"
        ja "踏み台:"
    connection_field_proxy_command
        en "Proxy command:"
        ja "プロキシコマンド:"
    connection_field_command
        en "Remote command:"
        ja "リモートコマンド:"
    connection_field_pty
        en "Terminal:"
        ja "端末:"
    connection_field_options
        en "Other options:"
        ja "その他のオプション:"
    connection_field_encoding
        en "Encoding:"
        ja "文字コード:"
    connection_field_log
        en "Log file:"
        ja "ログファイル:"
    connection_field_log_format
        en "Log format:"
        ja "ログの形式:"
    connection_field_log_timestamp
        en "Log times:"
        ja "ログの時刻:"
    connection_field_confirm_paste
        en "Confirm pastes:"
        ja "貼り付けの確認:"
    connection_field_note
        en "Note:"
        ja "メモ:"
    connection_field_tags
        en "Tags:"
        ja "タグ:"
    connection_field_local
        en "Local forwards:"
        ja "ローカル転送:"
    connection_field_remote
        en "Remote forwards:"
        ja "リモート転送:"
    connection_field_dynamic
        en "Dynamic forwards:"
        ja "ダイナミック転送:"
    connection_field_environment
        en "Environment:"
        ja "環境変数:"
    connection_field_telnet
        en "Proxy Telnet command:"
        ja "Telnet プロキシコマンド:"
    connection_field_host_key_name
        en "Host key name:"
        ja "ホスト鍵の名前:"
    connection_field_terminal_type
        en "Terminal type:"
        ja "端末の種類:"
    connection_field_terminal_modes
        en "Terminal modes:"
        ja "端末のモード:"
    connection_field_teleport_proxy
        en "Teleport proxy:"
        ja "Teleport のプロキシ:"
    connection_field_teleport_cluster
        en "Teleport cluster:"
        ja "Teleport のクラスター:"
    connection_field_teleport_uuid
        en "Teleport UUID:"
        ja "Teleport の UUID:"
    connection_field_imported_from
        en "Imported from:"
        ja "取り込み元:"
    connection_field_interval
        en "Keepalive, seconds:"
        ja "キープアライブ（秒）:"
    connection_field_count
        en "Keepalive, count:"
        ja "キープアライブ（回）:"
    connection_field_kex
        en "Key exchange:"
        ja "鍵交換:"
    connection_field_host_key
        en "Host key types:"
        ja "ホスト鍵の種類:"
    connection_field_cipher
        en "Ciphers:"
        ja "暗号:"
    connection_field_mac
        en "MACs:"
        ja "MAC:"
    connection_help_title
        en "Help: New connection"
        ja "ヘルプ: 新しい接続"
    connection_help_host
        en "The host field"
        ja "ホスト欄"
    connection_help_host_text
        en "takes host, user@host, user@host:port, [IPv6]:port, ssh://user@host:port, the name of a saved session, or a whole line as typed in a shell: ssh -p 2222 -J gate user@host. Enter connects to what is typed, and the button says to what; the list counts once Up, Down or a click has chosen in it. While you type, the list shows the entries with all typed words in their name, host, user, tags or note."
        ja "host、user@host、user@host:port、[IPv6]:port、ssh://user@host:port、保存済みセッションの名前、またはシェルで入力するとおりの1行（例: ssh -p 2222 -J gate user@host）を受け付けます。Enterで、入力したとおりのホストに接続します（接続先はボタンに表示されます）。上下の矢印キーかクリックで一覧から選ぶと、選んだものが優先されます。入力中は、名前・ホスト・ユーザー・タグ・メモに入力した語をすべて含むものが一覧に表示されます。"
    connection_help_list
        en "The list"
        ja "一覧"
    connection_help_list_text(recent, own, config)
        en "has what was connected to before ({recent}), the newest first, then saved sessions by name: {own} tessh's own, {config} hosts of ~/.ssh/config, others with the name of their program. Down goes there; Enter connects to the one chosen. Any letter that is not a key of the list goes on typing in the host field. Port and addresses (^O), where given, count for sessions too."
        ja "以前に接続したもの（{recent}、新しい順）に続いて、保存済みセッションが名前順に並びます。{own} は tessh のセッション、{config} は ~/.ssh/config のホストで、他のプログラムのものにはその名前が付きます。下矢印キーで移動し、Enterで選んだものに接続します。それ以外の文字を入力すると、ホスト欄への入力が続きます。ポートとアドレス（^O）を指定すると、セッションにも適用されます。"
    connection_help_keys
        en "Keys in the list"
        ja "一覧でのキー"
    connection_help_keys_text
        en "^E or e edits a saved session, d duplicates it under another name, Del removes it or what was connected to, ^S or n saves what is in the fields, or the session that is chosen, as a new session, ? shows this help (F1 everywhere). Esc leaves."
        ja "^E または e は保存済みセッションの編集、d は別名での複製、Del はセッションまたは履歴の削除、^S または n は入力内容（または選んだセッション）を新しいセッションとして保存、? はこのヘルプ（F1はどこでも使えます）です。Escで終了します。"
    connection_method_twice(method)
        en "{method} stands there twice"
        ja "{method} が2回あります"
    connection_method_none
        en "none logs in with nothing, and does not go with others"
        ja "none は何も使わずにログインします。他と組み合わせられません"
    connection_method_chain
        en "the file's own chain; it stays until another is chosen"
        ja "ファイルにある組み合わせ。別のものを選ぶまで変わりません"
    connection_help_mouse
        en "The mouse"
        ja "マウス"
    connection_help_mouse_text
        en "A click chooses, a second one in the list connects, the wheel scrolls what is under the pointer. With Shift held, dragging selects text, as the terminal does."
        ja "クリックで選択、一覧でもう一度クリックすると接続、ホイールで下にあるものをスクロールします。Shiftを押しながらドラッグすると、端末の機能で文字を選択できます。"
    connection_help_files
        en "Files"
        ja "ファイル"
    connection_help_files_text
        en "A saved session is a TOML file in ~/.config/tessh/sessions; comments in it are kept. Recent hosts are in ~/.local/state/tessh/history. Neither ever has a password or passphrase."
        ja "保存済みセッションは ~/.config/tessh/sessions のTOMLファイルで、コメントはそのまま残ります。接続履歴は ~/.local/state/tessh/history にあります。パスワードやパスフレーズが書かれることはありません。"
    connection_lines_sessions
        en "Saved sessions (tessh sessions changes them):"
        ja "保存済みセッション（編集は tessh sessions）:"
    connection_lines_recent
        en "Connected to before:"
        ja "接続履歴:"
    connection_lines_more(count)
        en "and {count} more; a name can be typed too"
        ja "…ほかに{count}件あります。名前の入力もできます"
    connection_lines_ask
        en "Host or number (empty to leave): "
        ja "ホストまたは番号（空で終了）: "

    // What cannot be connected with
    connection_terminal_fault(error)
        en "the terminal cannot be used: {error}"
        ja "端末を使えません: {error}"
    connection_open_quote
        en "the line has a quote that is not closed"
        ja "引用符が閉じていません"
    connection_open_quote_hint
        en "close it"
        ja "閉じてください"
    connection_other_verb(verb)
        en "tessh {verb} does not connect"
        ja "tessh {verb} は接続するコマンドではありません"
    connection_other_verb_hint
        en "leave, and type it in the shell"
        ja "ここを終了し、シェルで入力してください"
    connection_no_place(flag)
        en "{flag} has no place here"
        ja "{flag} はここでは使えません"
    connection_no_place_hint
        en "leave, and type the line in the shell"
        ja "ここを終了し、その行をシェルで入力してください"
    connection_two_ports(one, other)
        en "two ports are given, {one} and {other}"
        ja "ポートが {one} と {other} の 2 つ指定されています"
    connection_two_ports_hint
        en "empty the field of the port, or take it out of the host"
        ja "ポート欄を空にするか、ホスト欄から取り除いてください"
    connection_two_families
        en "IPv4 and IPv6 are both asked for alone"
        ja "IPv4 だけ、IPv6 だけの両方が指定されています"
    connection_two_families_hint
        en "Auto takes either"
        ja "「自動」ならどちらも使えます"
    connection_link_nowhere
        en "the file is a link that leads nowhere, or gone"
        ja "ファイルがなくなったか、行き先のないリンクです"
}
