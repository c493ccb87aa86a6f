//! A shared connection: its master's words and its clients'.

texts! {
    mux_socket_exists(path)
        en "ControlSocket {path} already exists, disabling multiplexing"
        ja "制御ソケット {path} がすでにあるため、接続を共有しません"
    mux_path_too_long(path)
        en "path \"{path}\" too long for Unix domain socket"
        ja "パス「{path}」は Unix ドメインソケットには長すぎます"
    mux_cannot_bind(path, why)
        en "cannot make the control socket {path}: {why}"
        ja "制御ソケット {path} を作れません: {why}"
    mux_choose_another_path
        en "-S or ControlPath names another place; %C in it is short for user, host and port"
        ja "-S または ControlPath で別の場所を指定してください。%C はユーザー、ホスト、ポートを短くまとめたものです"
    mux_too_many(most)
        en "a client of the shared connection was turned away: there are {most} already"
        ja "共有接続のクライアントを断りました。すでに {most} 個あります"
    mux_cannot_accept(why)
        en "cannot accept a client of the shared connection: {why}"
        ja "共有接続のクライアントを受け付けられません: {why}"
    mux_uid_mismatch(peer, own)
        en "multiplex uid mismatch: peer euid {peer} != uid {own}"
        ja "共有接続のクライアントを断りました。ユーザー ID が {own} ではなく {peer} です"
    mux_version(theirs, ours)
        en "a client of the shared connection speaks version {theirs} of the protocol, not {ours}"
        ja "共有接続のクライアントが使うプロトコルのバージョンは {ours} ではなく {theirs} です"
    mux_not_forwarded(forward)
        en "there is no such forward to cancel: {forward}"
        ja "取り消す転送がありません: {forward}"
    mux_reader_too_slow(limit)
        en "output of this session was not read, and more than {limit} MiB of it came; the session was closed"
        ja "このセッションの出力が読まれないまま {limit} MiB を超えたため、セッションを閉じました"
    mux_session(number)
        en "session of client {number}"
        ja "クライアント {number} のセッション"
    mux_connection(number)
        en "connections through client {number}"
        ja "クライアント {number} 経由の接続"

    // ControlMaster ask
    mux_ask_session(host)
        en "Allow shared connection to {host}?"
        ja "{host} への接続の共有を許可しますか?"
    mux_ask_forward(forward, host)
        en "Open {forward} on {host}?"
        ja "{host} で {forward} を開きますか?"
    mux_ask_stdio(to, host)
        en "Allow forward to {to} through {host}?"
        ja "{host} を経由する {to} への転送を許可しますか?"
    mux_ask_terminate(host)
        en "Terminate shared connection to {host}?"
        ja "{host} への共有接続を終了しますか?"
    mux_ask_stop(host)
        en "Disable further multiplexing on shared connection to {host}?"
        ja "{host} への接続をこれ以上共有しないようにしますか?"
    share_cannot_fork(error)
        en "cannot go to the background: {error}"
        ja "バックグラウンドに移れません: {error}"
    share_cannot_detach(error)
        en "cannot leave the terminal: {error}"
        ja "端末から離れられません: {error}"
    share_no_path
        en "No ControlPath specified for \"-O\" command"
        ja "-O に ControlPath が指定されていません"
    share_path_too_long(path, limit)
        en "ControlPath too long ('{path}' >= {limit} bytes)"
        ja "ControlPath が長すぎます (「{path}」 >= {limit} バイト)"
    share_path_too_long_hint
        en "name a shorter one with -S or ControlPath; %C in it is short and differs for each host"
        ja "-S または ControlPath で短いパスを指定してください。%C は短く、ホストごとに異なります"
    share_no_socket(path, error)
        en "Control socket connect({path}): {error}"
        ja "制御ソケットに接続できません ({path}): {error}"
    share_none_to_end_hint
        en "no master listens there: it has ended, or -S or ControlPath names another socket"
        ja "そこで待ち受けるマスターがありません。終了済みか、-S または ControlPath の指定が違います"
    share_other_path_hint
        en "name a socket of yours with -S or ControlPath"
        ja "-S または ControlPath で自分のソケットを指定してください"
    share_no_socket_hint(path)
        en "no master listens there: tessh -M -S {path} HOST starts one"
        ja "そこで待ち受けるマスターがありません。tessh -M -S {path} HOST で開始できます"
    share_own_connection(what)
        en "{what} needs a connection of its own: the shared one is not used"
        ja "{what} には専用の接続が必要なため、共有接続は使いません"
    share_own_display
        en "X11 forwarding needs a connection of its own: the shared one leads to no display or another one, or trusts it differently"
        ja "X11 転送には専用の接続が必要なため、共有接続は使いません。共有接続の X11 は別のディスプレイにつながるか、信頼の設定が異なります"
    share_proxy_forwards_less
        en "-O proxy forwards neither the agent nor X11: without it they are forwarded"
        ja "-O proxy ではエージェントも X11 も転送されません。-O を付けなければ転送されます"
    share_key_not_told(what, command)
        en "{what} names the host's key, and a shared connection does not tell its own: -O {command} is refused"
        ja "{what} でホスト鍵が指定されていますが、共有接続の鍵は確かめられないため、-O {command} は使えません"
    share_key_not_told_hint
        en "without -O the key is checked, on a connection of its own"
        ja "-O を付けなければ、専用の接続で鍵を確かめます"
    share_greeting_failed
        en "muxclient: master hello exchange failed"
        ja "共有接続のマスターとの最初のやり取りに失敗しました"
    share_no_answer_hint
        en "what has the control socket is no master that works; end it or remove the socket, and connect anew"
        ja "制御ソケットの相手がマスターとして応答しません。それを終了するかソケットを削除して、接続し直してください"
    share_may_still_happen_hint
        en "it may still do what was asked of it; -O check says whether it is there"
        ja "要求したことがこの後で実行されるかもしれません。動いているかどうかは -O check で分かります"
    share_version(version, wanted)
        en "Unsupported multiplexing protocol version {version} (expected {wanted})"
        ja "マスターの多重化プロトコルのバージョン {version} には対応していません (必要なバージョンは {wanted})"
    share_tells_nothing
        en "mux server does not support info request"
        ja "共有接続のマスターは接続の情報を提供していません"
    share_tells_nothing_hint
        en "it is older than this; -O check says whether it is there"
        ja "マスターのバージョンが古いためです。動いているかどうかは -O check で分かります"
    share_information_failed(reason)
        en "mux_client_request_info: master returned error: {reason}"
        ja "共有接続のマスターが情報の要求を断りました: {reason}"
    share_check_failed
        en "muxclient: master alive check failed"
        ja "共有接続のマスターを確認できませんでした"
    share_alive_failed
        en "mux_client_request_session: master alive request failed"
        ja "共有接続のマスターが応答しませんでした"
    share_exit_denied(reason)
        en "Master refused termination request: {reason}"
        ja "マスターが終了の要求を拒否しました: {reason}"
    share_exit_failed(reason)
        en "mux_client_request_terminate: termination request failed: {reason}"
        ja "終了の要求に失敗しました: {reason}"
    share_stop_denied(reason)
        en "Master refused stop listening request: {reason}"
        ja "マスターが受け付け停止の要求を拒否しました: {reason}"
    share_stop_failed(reason)
        en "mux_client_request_stop_listening: stop listening request failed: {reason}"
        ja "受け付け停止の要求に失敗しました: {reason}"
    share_forward_denied(reason)
        en "Master refused forwarding request: {reason}"
        ja "マスターが転送の要求を拒否しました: {reason}"
    share_forward_failed(reason)
        en "mux_client_forward: forwarding request failed: {reason}"
        ja "転送の要求に失敗しました: {reason}"
    share_forwards_failed
        en "muxclient: master forward request failed"
        ja "マスターへの転送の要求に失敗しました"
    share_cancels_failed
        en "muxclient: master cancel forward request failed"
        ja "マスターへの転送取り消しの要求に失敗しました"
    share_session_denied(reason)
        en "Master refused session request: {reason}"
        ja "マスターがセッションの要求を拒否しました: {reason}"
    share_session_failed(reason)
        en "mux_client_request_session: session request failed: {reason}"
        ja "セッションの要求に失敗しました: {reason}"
    share_stdio_denied(reason)
        en "Master refused stdio forwarding request: {reason}"
        ja "マスターが標準入出力の転送の要求を拒否しました: {reason}"
    share_stdio_failed(reason)
        en "Stdio forwarding request failed: {reason}"
        ja "標準入出力の転送の要求に失敗しました: {reason}"
    share_ended_without_status
        en "the shared connection did not say how the command ended; its exit status is not known, and tessh's is 255"
        ja "共有接続がコマンドの終了ステータスを伝えませんでした。不明なため、tessh の終了コードは 255 です"
    share_connection_closed(host)
        en "Shared connection to {host} closed."
        ja "{host} への共有接続を閉じました。"
    share_no_new_master
        en "Failed to connect to new control master"
        ja "新しいマスターに接続できませんでした"
    share_master_says(reason)
        en "the master of the shared connection refused: {reason}"
        ja "共有接続のマスターが拒否しました: {reason}"
    share_master_gone
        en "the master of the shared connection went away"
        ja "共有接続のマスターがいなくなりました"
    share_master_silent
        en "the master of the shared connection does not answer"
        ja "共有接続のマスターが応答しません"
    share_stranger(uid)
        en "the control socket belongs to the user with number {uid}, who would see everything"
        ja "制御ソケットの持ち主は番号 {uid} のユーザーです。すべてを見られてしまうため使いません"
    share_nonsense
        en "what listens on the control socket is not the master of a shared connection"
        ja "制御ソケットで待ち受けているのは共有接続のマスターではありません"
    share_socket_failed(error)
        en "the control socket failed: {error}"
        ja "制御ソケットで障害が起きました: {error}"
    share_hint
        en "-S none connects without it"
        ja "-S none を付けると共有せずに接続します"
    share_no_syslog(error)
        en "there is no system log ({error}): messages go to standard error"
        ja "システムログがないため ({error})、メッセージは標準エラー出力に出します"
}
