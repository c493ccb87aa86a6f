//! Forwarding: in ssh's words, because tools look for them.

texts! {
    forward_bind_failed(ip, port, why)
        en "bind [{ip}]:{port}: {why}"
        ja "[{ip}]:{port} で待ち受けられません: {why}"
    forward_cannot_listen_port(port)
        en "channel_setup_fwd_listener_tcpip: cannot listen to port: {port}"
        ja "ポート {port} で待ち受けられません"
    forward_cannot_resolve_listen(name, why)
        en "channel_setup_fwd_listener_tcpip: getaddrinfo({name}): {why}"
        ja "待ち受けるアドレス {name} を解決できません: {why}"
    forward_cannot_bind_path(path, why)
        en "unix_listener: cannot bind to path {path}: {why}"
        ja "ソケット {path} で待ち受けられません: {why}"
    forward_cannot_accept(why)
        en "accept: {why}"
        ja "接続を受け入れられません: {why}"
    forward_cannot_accept_hint
        en "the forward goes on, and it is tried again in a second"
        ja "転送は続き、一秒後に再び試みます"
    forward_cannot_accept_many_hint
        en "further connections wait until others have ended; for more at a time, raise the limit of open files (ulimit -n)"
        ja "ほかの接続が終わるまで新しい接続は待たされます。同時に増やすには、開けるファイル数の上限 (ulimit -n) を上げてください"
    forward_could_not_request_local
        en "Could not request local forwarding."
        ja "ローカル転送を設定できませんでした。"
    forward_remote_failed_port(port)
        en "Warning: remote port forwarding failed for listen port {port}"
        ja "警告: リモートのポート {port} の転送を設定できませんでした"
    forward_remote_failed_path(path)
        en "Warning: remote port forwarding failed for listen path {path}"
        ja "警告: リモートのソケット {path} の転送を設定できませんでした"
    forward_remote_failed_port_error(port)
        en "Error: remote port forwarding failed for listen port {port}"
        ja "エラー: リモートのポート {port} の転送を設定できませんでした"
    forward_remote_failed_path_error(path)
        en "Error: remote port forwarding failed for listen path {path}"
        ja "エラー: リモートのソケット {path} の転送を設定できませんでした"
    forward_server_may_not_allow
        en "the server may not allow it, or something listens there already; ExitOnForwardFailure=no goes on without"
        ja "サーバーが許可していないか、すでに使われている可能性があります。ExitOnForwardFailure=no なら転送なしで続けます"
    forward_no_answer(seconds)
        en "the server has not answered a request to listen for {seconds} seconds: going on without it"
        ja "サーバーが待ち受けの要求に {seconds} 秒間応答しないので、応答を待たずに続けます"
    forward_allocated_port(port, to)
        en "Allocated port {port} for remote forward to {to}"
        ja "{to} へのリモート転送にポート {port} が割り当てられました"
    forward_no_port_named(to)
        en "the server was to choose a port for the remote forward to {to}, and has not said which"
        ja "{to} へのリモート転送のポートをサーバーに選ばせましたが、選んだポートが知らされませんでした"
    forward_name_a_port
        en "name one: -R PORT:HOST:HOSTPORT"
        ja "ポートを指定してください: -R ポート:ホスト:ホスト側ポート"
    forward_open_failed(id, reason)
        en "channel {id}: open failed: {reason}"
        ja "チャネル {id}: 開けませんでした: {reason}"
    forward_open_failed_why(id, reason, said)
        en "channel {id}: open failed: {reason}: {said}"
        ja "チャネル {id}: 開けませんでした: {reason}: {said}"
    forward_connect_failed(to, why)
        en "connect_to {to}: failed: {why}"
        ja "{to} に接続できません: {why}"
    forward_failures(failure, count)
        en "{failure} ({count} failures so far; most of those to come are told with -v only)"
        ja "{failure} (これまでに {count} 件失敗しました。以後の失敗の多くは -v を付けたときだけ表示します)"
    forward_not_permitted(to)
        en "connect_to {to}: not permitted by PermitRemoteOpen"
        ja "{to} への接続は PermitRemoteOpen で許可されていません"
    forward_stdio_failed
        en "stdio forwarding failed"
        ja "標準入出力を転送できませんでした"
    forward_too_many_connections(most)
        en "a connection was not forwarded: {most} are open already"
        ja "接続を転送しませんでした。すでに {most} 本が開いています"
    forward_too_many_left(most)
        en "a connection was not forwarded: the server did not close {most} before it; connect anew"
        ja "接続を転送しませんでした。サーバーが閉じなかった接続が {most} 本に達しました。SSH 接続をやり直してください"
    forward_too_many(most)
        en "no more than {most} forwards on one connection"
        ja "1 つの接続で転送できるのは {most} 件までです"
    forward_reader_too_slow(id, limit, what)
        en "channel {id}: closed, because its local end did not keep up: more than {limit} MiB were waiting ({what})"
        ja "チャネル {id}: 手元の側の読み取りが追いつかないため閉じました。{limit} MiB を超えるデータが待っていました（{what}）"
    forward_agent_unreachable(why)
        en "cannot forward the agent: {why}"
        ja "エージェントを転送できません: {why}"
    forward_agent_socket(path, why)
        en "Cannot forward agent socket path \"{path}\": {why}"
        ja "エージェントのソケット「{path}」を転送できません: {why}"
    forward_agent_socket_hint
        en "start the agent, or name its socket in ForwardAgent"
        ja "エージェントを起動するか、ForwardAgent にそのソケットを指定してください"
    forward_x11_unreachable(why)
        en "cannot forward X11: the display cannot be reached: {why}"
        ja "X11 を転送できません。ディスプレイに接続できません: {why}"
    forward_x11_wrong_authentication
        en "X11 connection rejected because of wrong authentication."
        ja "X11 の認証情報が正しくないため、接続を拒否しました。"
    forward_x11_untrusted_failed
        en "Warning: untrusted X11 forwarding setup failed: xauth key data not generated"
        ja "警告: 信頼しない X11 転送を準備できませんでした。xauth の鍵が作られていません"
    forward_x11_no_xauth_data
        en "Warning: No xauth data; using fake authentication data for X11 forwarding."
        ja "警告: xauth のデータがありません。X11 転送には仮の認証データを使います。"
    forward_x11_xauth_slow(seconds)
        en "xauth does not answer; it is waited for up to {seconds} seconds: check DISPLAY and XAuthLocation, or leave X11 forwarding out with -x"
        ja "xauth が応答しません。最長 {seconds} 秒待ちます。DISPLAY と XAuthLocation を確認するか、-x で X11 転送をやめてください"
    forward_x11_display_not_usable(display)
        en "Warning: DISPLAY {display} is not usable; X11 is not forwarded"
        ja "警告: DISPLAY {display} は使えません。X11 は転送しません"
    forward_x11_refused
        en "X11 forwarding request failed on channel 0"
        ja "チャネル 0 の X11 転送の要求が断られました"
    forward_restricted
        en "Error: forwarding disabled due to host key check failure"
        ja "エラー: ホスト鍵を確認できないため、転送を無効にしました"
    forward_restricted_ports
        en "Port forwarding is disabled to avoid man-in-the-middle attacks."
        ja "中間者攻撃を避けるため、ポート転送を無効にしています。"
    forward_restricted_agent
        en "Agent forwarding is disabled to avoid man-in-the-middle attacks."
        ja "中間者攻撃を避けるため、エージェントの転送を無効にしています。"
    forward_restricted_x11
        en "X11 forwarding is disabled to avoid man-in-the-middle attacks."
        ja "中間者攻撃を避けるため、X11 転送を無効にしています。"
    forward_command_line_disabled
        en "commandline disabled; it is switched on with -o EnableEscapeCommandline=yes, or that line in ~/.ssh/config"
        ja "コマンドラインは無効です。-o EnableEscapeCommandline=yes か、~/.ssh/config の EnableEscapeCommandline yes で有効になります"
    forward_command_commands
        en "Commands:"
        ja "コマンド:"
    forward_command_help_l
        en "Request local forward"
        ja "ローカル転送を追加"
    forward_command_help_r
        en "Request remote forward"
        ja "リモート転送を追加"
    forward_command_help_d
        en "Request dynamic forward"
        ja "ダイナミック転送を追加"
    forward_command_help_kl
        en "Cancel local forward"
        ja "ローカル転送を取り消し"
    forward_command_help_kr
        en "Cancel remote forward"
        ja "リモート転送を取り消し"
    forward_command_help_kd
        en "Cancel dynamic forward"
        ja "ダイナミック転送を取り消し"
    forward_command_invalid
        en "Invalid command."
        ja "コマンドが正しくありません。"
    forward_command_bad_remote
        en "Bad remote forwarding specification."
        ja "リモート転送の指定が正しくありません。"
    forward_command_bad_local
        en "Bad local forwarding specification."
        ja "ローカル転送の指定が正しくありません。"
    forward_command_bad_close
        en "Bad forwarding close specification."
        ja "取り消す転送の指定が正しくありません。"
    forward_command_forwarding
        en "Forwarding port."
        ja "転送を始めました。"
    forward_command_failed
        en "Port forwarding failed."
        ja "転送を始められませんでした。"
    forward_command_canceled
        en "Canceled forwarding."
        ja "転送を取り消しました。"
    forward_command_unknown
        en "Unknown port forwarding."
        ja "そのような転送はありません。"
}
